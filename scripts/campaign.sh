#!/bin/sh
# The long measurements, one after the other; each writes its dated result under evaluation/results/.
# About half an hour on two cores: the stock DIET pipeline alone trains for several minutes.
set -eu
cd "$(dirname "$0")/.."
.venv-engine/bin/python -m evaluation.intents
.venv/bin/python -m evaluation.retrieval
.venv/bin/python -m evaluation.chain
