"""Intent pipelines side by side: the same data, the same messages, interleaved blocks, one process each.

`.venv-engine/bin/python -m evaluation.intents --train nlu_data --test evaluation/questions/intents.jsonl
--oos evaluation/questions/out_of_scope.jsonl --knowledge evaluation/questions/kb_?.jsonl
--wishes evaluation/questions/human_wish.jsonl --configs config.yml evaluation/configs/diet.yml`
"""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from evaluation import intents_report
from evaluation.engine_models import ROOT, Served, train
from evaluation.intents_figures import REJECTED, Guess, Pipeline, Sets, figures, routing, wishes
from evaluation.labelled import Question, answering_intents, read_questions, read_training, sample, split, write_rasa
from evaluation.measures import threshold_for
from evaluation.overlap import seen_before
from evaluation.report import surroundings, write

BLOCK = 20
HELD_OUT = 0.1  # of the training examples, to choose the threshold of a pipeline that has none
SCRATCH = ROOT / "var" / "evaluation"
_FALLBACK = ("nlu_fallback", "out_of_scope")


def run(
    configs: Sequence[Path], data: Path, sets: Sets, as_is: Collection[str] = (), per_label: int | None = None
) -> dict[str, Any]:
    """Train, serve, ask and measure every pipeline; the report's data. Pipelines named in `as_is` are spared the
    second training that choosing a threshold takes, and are judged by what they decline themselves. `per_label`
    examples of each label, drawn with a fixed seed, are trained on; all of them without it."""
    folder = SCRATCH / "models"
    examples = sample(read_training(data), per_label) if per_label else read_training(data)
    source = write_rasa(SCRATCH / "sample" / "nlu.yml", examples) if per_label else _as_rasa(data)
    pipelines = [Pipeline(_name(config), config, train(config, source, folder)) for config in configs]
    _ask_all(pipelines, sets)
    for pipeline in pipelines:
        if pipeline.name not in as_is and not pipeline.guesses["test"][0].own_score:
            pipeline.threshold = _held_out_threshold(pipeline, examples, folder)
    training = [question.text for question in examples]
    seen = seen_before([question.text for question in sets.test], training)
    answering = answering_intents(data)
    return {
        "surroundings": surroundings(),
        "train": len(training),
        "test": len(sets.test),
        "test_seen_before": sum(seen),
        "oos": len(sets.oos),
        "knowledge": len(sets.knowledge),
        "pipelines": {
            pipeline.name: {
                **figures(pipeline, sets, seen),
                "knowledge": routing(pipeline, sets, answering),
                "wishes": wishes(pipeline, sets),
            }
            for pipeline in pipelines
        },
    }


def _ask_all(pipelines: Sequence[Pipeline], sets: Sets) -> None:
    """All pipelines are up at once and take turns, so that a noisy neighbour hits all alike."""
    with ExitStack() as stack:
        served = [stack.enter_context(Served(pipeline.trained.model)) for pipeline in pipelines]
        for child, pipeline in zip(served, pipelines, strict=True):
            child.parse([question.text for question in sets.test[:BLOCK]])  # first calls fill caches
            pipeline.load_cpu_seconds = child.started["load_cpu_seconds"]
        for name, questions in sets.named().items():
            for block in _blocks([question.text for question in questions]):
                for child, pipeline in zip(served, pipelines, strict=True):
                    pipeline.guesses.setdefault(name, []).extend(map(_guess, child.parse(block)))
        for child, pipeline in zip(served, pipelines, strict=True):
            pipeline.memory = child.memory


def _held_out_threshold(pipeline: Pipeline, examples: Sequence[Question], folder: Path) -> float:
    """Where `REJECTED` of training messages lie that a model of the rest has not seen."""
    kept, held = split(examples, HELD_OUT)
    smaller = train(pipeline.config, write_rasa(SCRATCH / "held_out" / "nlu.yml", kept), folder)
    with Served(smaller.model) as child:
        guesses = [_guess(parsed) for parsed in child.parse([question.text for question in held])]
    return threshold_for([guess.score for guess in guesses], REJECTED)


def _guess(parsed: dict[str, Any]) -> Guess:
    intent: dict[str, Any] = parsed.get("intent") or {}
    ranking = [entry for entry in parsed.get("intent_ranking") or () if entry["name"] not in _FALLBACK]
    own = parsed.get("out_of_scope")
    best: dict[str, Any] = ranking[0] if ranking else {"name": "", "confidence": 0.0}
    declined = not intent.get("name") or intent["name"] in _FALLBACK
    return Guess(
        intent=str(best["name"] if declined else intent["name"]),
        score=float(own["score"]) if own else 1.0 - float(best["confidence"]),
        declined=declined,
        own_score=own is not None,
        cpu_ms=parsed["cpu_ms"],
        wall_ms=parsed["wall_ms"],
    )


def _blocks(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(texts), BLOCK):
        yield texts[start : start + BLOCK]


def _name(config: Path) -> str:
    return "gongda" if config.resolve() == ROOT / "config.yml" else config.stem


def _as_rasa(data: Path) -> Path:
    """What Rasa can train on: the folder itself, or JSON Lines rewritten."""
    return write_rasa(SCRATCH / "given" / "nlu.yml", read_questions(data)) if data.suffix == ".jsonl" else data


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.intents", description=__doc__)
    parser.add_argument("--train", type=Path, required=True, help="a Rasa folder, or lines {text, label}")
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--oos", type=Path, required=True)
    parser.add_argument("--knowledge", type=Path, nargs="*", default=[], help="questions to the knowledge base")
    parser.add_argument("--wishes", type=Path, help="lines {text, wants_human}")
    parser.add_argument("--configs", type=Path, nargs="+", default=[ROOT / "config.yml"])
    parser.add_argument("--no-held-out", nargs="*", default=[], metavar="NAME", help="no threshold chosen for these")
    parser.add_argument(
        "--per-label", type=int, help="train on so many examples of each label (DIET takes hours on all)"
    )
    parser.add_argument("--out", type=Path, help="the JSON file; the Markdown lies beside it")
    given = parser.parse_args()
    knowledge = tuple(question for path in given.knowledge for question in read_questions(path))
    wished = read_questions(given.wishes) if given.wishes else ()
    sets = Sets(read_questions(given.test), read_questions(given.oos), knowledge, wished)
    configs = [config.resolve() for config in given.configs]
    data = run(configs, given.train.resolve(), sets, given.no_held_out, given.per_label)
    markdown = intents_report.markdown(data)
    print(markdown)
    print(write(given.out, "intents", data, markdown))


if __name__ == "__main__":
    main()
