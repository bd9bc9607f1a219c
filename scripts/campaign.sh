#!/bin/sh
# The long measurements, one after the other; each writes its dated result under evaluation/results/.
# About an hour on two cores the first time: the stock DIET pipeline alone trains for 20 minutes.
set -eu
cd "$(dirname "$0")/.."
questions=evaluation/questions
.venv-engine/bin/python -m evaluation.intents --train nlu_data --test $questions/intents.jsonl \
    --oos $questions/out_of_scope.jsonl --knowledge $questions/kb_b.jsonl --wishes $questions/human_wish.jsonl \
    --no-held-out diet --configs config.yml evaluation/configs/diet.yml evaluation/configs/logistic.yml
.venv/bin/python -m evaluation.retrieval --entries kb --queries $questions/kb_b.jsonl --oos $questions/kb_unanswerable.jsonl
.venv/bin/python -m evaluation.chain --limit 300
