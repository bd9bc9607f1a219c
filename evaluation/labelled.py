"""Labelled questions: JSON Lines files, and Rasa's YAML folders read as the same thing."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import yaml
from opencc import OpenCC

SEED = 20_261_122


@dataclass(frozen=True)
class Question:
    """One message of a question set. `label` is an intent or an entry id, empty when nothing is right; `also` are
    further ones that are right."""

    text: str
    label: str = ""
    script: str = ""
    style: str = ""
    ring: str = ""
    also: tuple[str, ...] = ()

    def takes(self, label: str) -> bool:
        """Whether that is a right answer."""
        return bool(label) and (label == self.label or label in self.also)


def read_questions(path: Path) -> tuple[Question, ...]:
    """The lines `{"text", "label" or "id", "script"?, "style"?, "ring"?}`. Raises ValueError naming the line."""
    questions = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            questions.append(_question(line, f"{path.name} line {number}"))
    return tuple(questions)


def _question(line: str, where: str) -> Question:
    try:
        data = json.loads(line)
        return Question(
            text=str(data["text"]),
            label=str(data.get("label") or data.get("id") or ("request_human" if data.get("wants_human") else "")),
            script=str(data.get("script") or ""),
            style=str(data.get("style") or ""),
            ring=str(data.get("ring") or ""),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{where}: not an object with a text ({error})") from error


def read_training(path: Path) -> tuple[Question, ...]:
    """Training examples: a JSON Lines file, or every `nlu` section of a Rasa folder."""
    if path.is_file() and path.suffix == ".jsonl":
        return read_questions(path)
    files = [path] if path.is_file() else sorted(path.rglob("*.yml"))
    return tuple(question for file in files for question in _rasa_examples(file))


def _rasa_examples(path: Path) -> Iterable[Question]:
    for item in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("nlu") or ():
        if "intent" in item:
            for line in item["examples"].splitlines():
                if line.strip().startswith("- "):
                    yield Question(line.strip()[2:].strip(), item["intent"])


def answering_intents(path: Path, action: str = "action_answer") -> frozenset[str]:
    """The intents whose rule goes straight to the knowledge base, from the rules beside the examples."""
    found = set()
    for file in sorted(path.rglob("*.yml")) if path.is_dir() else ():
        for rule in (yaml.safe_load(file.read_text(encoding="utf-8")) or {}).get("rules") or ():
            steps = rule["steps"]
            if len(steps) == 2 and "intent" in steps[0] and steps[1].get("action") == action:
                found.add(str(steps[0]["intent"]))
    return frozenset(found)


def write_rasa(path: Path, questions: Sequence[Question]) -> Path:
    """The examples as a file that Rasa trains on."""
    by_label: dict[str, list[str]] = defaultdict(list)
    for question in questions:
        by_label[question.label].append(question.text)
    nlu = [{"intent": label, "examples": "".join(f"- {text}\n" for text in texts)} for label, texts in by_label.items()]
    path.parent.mkdir(parents=True, exist_ok=True)
    content = yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True, sort_keys=False, width=4000)
    path.write_text(content, encoding="utf-8")
    return path


def split(questions: Sequence[Question], held_out: float) -> tuple[list[Question], list[Question]]:
    """To train on, and held out: the same share of each label, drawn with a fixed seed."""
    by_label: dict[str, list[Question]] = defaultdict(list)
    for question in questions:
        by_label[question.label].append(question)
    kept: list[Question] = []
    held: list[Question] = []
    draw = random.Random(SEED)  # noqa: S311 - a sample, not a secret
    for label in sorted(by_label):
        shuffled = draw.sample(by_label[label], len(by_label[label]))
        cut = max(1, round(len(shuffled) * held_out))
        held += shuffled[:cut]
        kept += shuffled[cut:]
    return kept, held


def sample(questions: Sequence[Question], per_label: int) -> list[Question]:
    """At most `per_label` of each label, drawn with a fixed seed."""
    by_label: dict[str, list[Question]] = defaultdict(list)
    for question in questions:
        by_label[question.label].append(question)
    draw = random.Random(SEED)  # noqa: S311 - a sample, not a secret
    return [one for label in sorted(by_label) for one in draw.sample(by_label[label], len(by_label[label]))[:per_label]]


def other_script(question: Question) -> Question:
    """The same question in the other script with that region's wording (OpenCC s2twp, tw2sp)."""
    name, script = ("tw2sp", "hans") if question.script == "hant" else ("s2twp", "hant")
    return replace(question, text=_opencc(name).convert(question.text), script=script)


@cache
def _opencc(name: str) -> OpenCC:
    return OpenCC(name)
