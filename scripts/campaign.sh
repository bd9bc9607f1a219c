#!/bin/sh
# The long measurements, one after the other; each writes its dated result under evaluation/results/.
# The property tests look for new examples here; `make test` takes the same ones each time.
# About two hours on two cores the first time: each of the two DIET pipelines trains for some 20 minutes on 30 examples
# of each intent, and would for hours on all of them.
set -eu
cd "$(dirname "$0")/.."
questions=evaluation/questions
today=$(date -u +%F)
.venv-engine/bin/python -m evaluation.intents --train nlu_data --per-label 30 --test $questions/intents_c.jsonl \
    --oos $questions/out_of_scope_c.jsonl --knowledge $questions/kb_b.jsonl --no-held-out diet diet_ours \
    --configs config.yml evaluation/configs/diet.yml evaluation/configs/diet_ours.yml evaluation/configs/logistic.yml \
    --out "evaluation/results/$today-intents-30.json"
.venv-engine/bin/python -m evaluation.intents --train nlu_data --test $questions/intents_c.jsonl \
    --oos $questions/out_of_scope_c.jsonl --knowledge $questions/kb_b.jsonl \
    --configs config.yml evaluation/configs/logistic.yml --out "evaluation/results/$today-intents-all.json"
.venv/bin/python -m pytest tests/unit tests/integration -q -n auto --dist loadfile --hypothesis-profile=roaming
.venv/bin/python -m evaluation.understanding
.venv/bin/python -m evaluation.retrieval --entries kb --queries $questions/kb_c.jsonl --oos $questions/kb_c_unanswerable.jsonl
.venv/bin/python -m evaluation.encoders
.venv/bin/python -m evaluation.codes
.venv/bin/python -m evaluation.corruption --builds 3000
.venv/bin/python -m evaluation.scale
.venv/bin/python -m evaluation.chain --limit 300
.venv/bin/python -m evaluation.gap_clusters
.venv/bin/python -m evaluation.hygiene
.venv/bin/python -m evaluation.publications
.venv/bin/python -m evaluation.desk_outage
.venv/bin/python -m evaluation.desk_speed
.venv/bin/python -m evaluation.writers
.venv/bin/python -m evaluation.wechat_forged --requests 100000
.venv/bin/python -m evaluation.wechat_kills --rounds 200
.venv/bin/python -m evaluation.wechat_load --messages 10000 --factor 4
