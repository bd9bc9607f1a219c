"""Labelled texts as Rasa takes them: any text and any label, nothing read as markup."""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.tools.errors import BadInput
from bot.tools.guesses import UNREAL
from bot.tools.lines import read_objects

SEED = 20_261_122
# Rasa reads / in an intent as a retrieval intent and + as two intents; every other label gets a stand-in.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_STAND_IN = re.compile(r"label_\d+")


@dataclass(frozen=True)
class Example:
    """A text and its label."""

    text: str
    label: str


def read_examples(path: Path) -> tuple[Example, ...]:
    """The lines `{"text", "label"}`. Raises BadInput naming the line, or when there are none."""
    examples = tuple(Example(data["text"], data["label"]) for data in read_objects(path, labelled=True, blank=False))
    if not examples:
        raise BadInput(f"{path.name} 里没有一行数据")
    return examples


def read_to_train(path: Path) -> tuple[Example, ...]:
    """Examples of at least two labels. Raises BadInput."""
    examples = read_examples(path)
    if len({example.label for example in examples}) < 2:
        raise BadInput(f"{path.name} 只有一个标签，至少需要两个才能训练")
    return examples


class Names:
    """The labels of a file under names that Rasa takes for one intent each, and back."""

    def __init__(self, labels: Iterable[str]) -> None:
        ordered = sorted(set(labels))
        self._safe = {label: label if _is_plain(label) else f"label_{i}" for i, label in enumerate(ordered)}
        self._label = {safe: label for label, safe in self._safe.items()}

    def safe(self, label: str) -> str:
        """The intent's name in Rasa."""
        return self._safe[label]

    def label(self, safe: str) -> str:
        """The label as the file has it; a name that stands for none, such as the empty one, stays."""
        return self._label.get(safe, safe)


def said(text: str) -> str:
    """The text as both training and service get it: Rasa takes a leading / for one of its own commands."""
    return text.strip().lstrip("/ ") or text


def write_rasa(path: Path, examples: Sequence[Example], names: Names) -> None:
    """Rasa's JSON format: unlike its YAML it holds any text, brackets and line ends included, without markup."""
    rows = [{"text": said(e.text), "intent": names.safe(e.label), "entities": []} for e in examples]
    path.write_text(json.dumps({"rasa_nlu_data": {"common_examples": rows}}), encoding="utf-8")


def hold_out(examples: Sequence[Example], part: float) -> tuple[list[Example], list[Example]]:
    """To train on, and held out: `part` of each label, at least one, drawn with a fixed seed; a label's only example
    is trained on."""
    by_label: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        by_label[example.label].append(example)
    kept: list[Example] = []
    held: list[Example] = []
    draw = random.Random(SEED)  # noqa: S311 - a sample, not a secret
    for label in sorted(by_label):
        shuffled = draw.sample(by_label[label], len(by_label[label]))
        cut = min(max(1, round(len(shuffled) * part)), len(shuffled) - 1)
        held += shuffled[:cut]
        kept += shuffled[cut:]
    return kept, held


def _is_plain(label: str) -> bool:
    return bool(_PLAIN.fullmatch(label)) and label not in UNREAL and not _STAND_IN.fullmatch(label)
