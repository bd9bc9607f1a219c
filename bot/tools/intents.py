"""`python -m bot.tools.intents --train F --test F [--oos F] [--config F] [--json OUT]`: any labelled data through a
Rasa pipeline.

The out-of-scope threshold comes from the training file alone: a pipeline whose own gate is set to the budget has
found it by cross-validation there; for any other a tenth of the file is held out and the rest trained on once more.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.tools.errors import BadInput
from bot.tools.guesses import Guess, guess
from bot.tools.intents_report import BUDGET, Asked, Threshold, report
from bot.tools.labelled import Example, Names, hold_out, read_examples, read_to_train, said, write_rasa
from bot.tools.lines import as_line, read_texts
from bot.tools.measures import threshold_for
from bot.tools.parsing import Parsed, Parser
from bot.tools.pipe import Say, answering
from bot.tools.training import Trained, peak_rss_mb, rss_mb, train

ROOT = Path(__file__).resolve().parents[2]
HELD_OUT = 0.1  # of the training examples of each label
_WARM_UP = 20  # first messages fill caches; they are training texts and not counted
_OWN_GATE = "LinearIntentClassifier"
_OWN_THRESHOLD = 0.5  # of its score, by construction


@dataclass(frozen=True)
class Given:
    """What to measure."""

    config: Path
    train: tuple[Example, ...]
    test: tuple[Example, ...]
    oos: tuple[str, ...]


def measure(given: Given, folder: Path) -> dict[str, Any]:
    """Train, ask and count; the report of the command line's contract."""
    names = Names(example.label for example in given.train)
    trained = _trained(given.config, given.train, names, folder / "full")
    parser = Parser(trained.model)
    parser.parse([said(example.text) for example in given.train[:_WARM_UP]])
    test, oos = _ask(parser, [example.text for example in given.test]), _ask(parser, given.oos)
    memory = {"rss_mb": rss_mb(), "peak_rss_mb": peak_rss_mb()}
    found = _threshold(given, names, test[0][1], folder) if given.oos else None
    asked = [
        Asked(example.text, example.label, names.label(answer.intent), answer.score, parsed.cpu_ms)
        for example, (parsed, answer) in zip(given.test, test, strict=True)
    ]
    figures = report(asked, [answer.score for _, answer in oos], found, given.train)
    return {**figures, **_costs(trained, memory), "config": given.config.name}


def _ask(parser: Parser, texts: Sequence[str]) -> list[tuple[Parsed, Guess]]:
    return [(parsed, guess(parsed.data)) for parsed in parser.parse([said(text) for text in texts])]


def _trained(config: Path, examples: Sequence[Example], names: Names, folder: Path) -> Trained:
    folder.mkdir(parents=True, exist_ok=True)
    write_rasa(folder / "nlu.json", examples, names)
    return train(config, folder / "nlu.json", folder)


def _threshold(given: Given, names: Names, answer: Guess, folder: Path) -> Threshold | None:
    """Where `BUDGET` of training messages lie that the model which scored them had not seen."""
    if answer.own_score and _own_budget(given.config) == BUDGET:
        return Threshold(_OWN_THRESHOLD, "cross_validation")
    kept, held = hold_out(given.train, HELD_OUT)
    if not held:
        return None  # every label has a single example
    smaller = Parser(_trained(given.config, kept, names, folder / "held_out").model)
    scores = [answer.score for _, answer in _ask(smaller, [example.text for example in held])]
    return Threshold(threshold_for(scores, BUDGET), "held_out")


def _own_budget(config: Path) -> float | None:
    for part in _pipeline(config):
        if str(part.get("name", "")).endswith(_OWN_GATE):
            return float(part.get("rejection_budget", BUDGET))
    return None


def _pipeline(config: Path) -> list[dict[str, Any]]:
    """The components of a Rasa configuration. Raises BadInput."""
    try:
        data = yaml.safe_load(config.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput(f"没有找到配置文件 {config}") from None
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise BadInput(f"{config.name} 不是可读的 YAML：{' '.join(str(error).split())}") from error
    pipeline = data.get("pipeline") if isinstance(data, dict) else None
    if not isinstance(pipeline, list) or not all(isinstance(part, dict) for part in pipeline) or not pipeline:
        raise BadInput(f"{config.name} 里没有 pipeline，需要一份 Rasa 的配置文件")
    return pipeline


def _costs(trained: Trained, memory: dict[str, float]) -> dict[str, Any]:
    return {
        "train_seconds": trained.seconds,
        "train_cpu_seconds": trained.cpu_seconds,
        "memory": {**memory, "train_peak_rss_mb": trained.peak_rss_mb},
    }


def _read(options: argparse.Namespace) -> Given:
    config = options.config.resolve()
    _pipeline(config)
    oos = tuple(read_texts(options.oos)) if options.oos else ()
    return Given(config, read_to_train(options.train), read_examples(options.test), oos)


def _work(options: argparse.Namespace, say: Say) -> int:
    given = _read(options)
    with tempfile.TemporaryDirectory(prefix="gongda-eval-") as folder:
        figures = measure(given, Path(folder))
    if options.json:
        options.json.write_text(f"{as_line(figures)}\n", encoding="utf-8")
    say(figures)
    return 0


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="python -m bot.tools.intents", description=__doc__)
    options.add_argument("--train", type=Path, required=True, help='lines {"text", "label"}')
    options.add_argument("--test", type=Path, required=True, help='lines {"text", "label"}')
    options.add_argument("--oos", type=Path, help='lines {"text"} that belong to no label')
    options.add_argument("--config", type=Path, default=ROOT / "config.yml", help="a Rasa configuration")
    options.add_argument("--json", type=Path, help="where to write the report; it is printed in any case")
    return options


def main() -> None:
    """The command line."""
    given = _options().parse_args()
    work: Callable[[Say], int] = lambda say: _work(given, say)  # noqa: E731
    sys.exit(answering(work))


if __name__ == "__main__":
    main()
