"""`python -m bot.tools.lint [--data nlu_data] [--questions evaluation/questions] [--json OUT]`: is the training data
fit to train and to measure with?

Errors, exit 1: one sentence in two intents, a sentence of the question sets in the data, too few patterns.
Everything else is a warning.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.tools import findings
from bot.tools.confusing import CrossValidation, cross_validate
from bot.tools.findings import Finding
from bot.tools.lines import as_line
from bot.tools.pipe import Say, answering
from bot.tools.training_data import Data, Row, read_data, read_lines

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Checked:
    """What was found, and the counts beside it."""

    data: Data
    patterns: dict[str, int]
    crossed: CrossValidation
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        return not any(finding.level == "error" for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        counted: dict[str, int] = {}
        for row in self.data.examples:
            counted[row.label] = counted.get(row.label, 0) + 1
        return {
            "ok": self.ok,
            "examples": len(self.data.examples),
            "intents": {
                name: {"examples": counted[name], "patterns": count} for name, count in sorted(self.patterns.items())
            },
            "cross_validation": {"accuracy": self.crossed.accuracy, "macro_f1": self.crossed.macro_f1},
            "findings": [finding.to_json() for finding in self.findings],
        }


def check(data: Data, questions: Sequence[Row], modules: Sequence[str] = ()) -> Checked:
    """Every check, errors first; `modules` are names that only fill a slot of a pattern."""
    patterns = findings.count_patterns(data.examples, modules)
    crossed = cross_validate(data.examples)
    found = (
        findings.twice_across(data.examples),
        findings.claimed_and_foreign(data),
        findings.too_few(patterns),
        *findings.leaks(data, questions),
        findings.twice_within(data.examples),
        findings.nearly_across(data.examples),
        findings.nearly_within(data.examples),
        findings.markup(data),
        findings.confused(crossed),
    )
    ordered = sorted((finding for finding in found if finding.items), key=lambda finding: finding.level != "error")
    return Checked(data, patterns, crossed, tuple(ordered))


def module_names(file: Path) -> tuple[str, ...]:
    """The canonical names in the first column of the product's module table; none without the table."""
    if not file.exists():
        return ()
    lines = file.read_text(encoding="utf-8").splitlines()
    names = (line.split("\t")[0].strip("~!-") for line in lines if line and not line.startswith("#"))
    return tuple(dict.fromkeys(name for name in names if name))


def _work(options: argparse.Namespace, say: Say) -> int:
    questions = tuple(read_lines(sorted(options.questions.glob("*.jsonl"))))
    checked = check(read_data(options.data), questions, module_names(options.modules))
    if options.json:
        options.json.write_text(f"{as_line(checked.to_json())}\n", encoding="utf-8")
    say(checked.to_json())
    return 0 if checked.ok else 1


def main() -> None:
    """The command line."""
    options = argparse.ArgumentParser(prog="python -m bot.tools.lint", description=__doc__)
    options.add_argument("--data", type=Path, default=ROOT / "nlu_data")
    options.add_argument("--questions", type=Path, default=ROOT / "evaluation" / "questions")
    options.add_argument("--modules", type=Path, default=ROOT / "zhtext" / "dictionary" / "modules.tsv")
    options.add_argument("--json", type=Path, help="where to write the report; it is printed in any case")
    given = options.parse_args()
    sys.exit(answering(lambda say: _work(given, say)))


if __name__ == "__main__":
    main()
