"""From the form to an entry: what cannot be kept is said beside its field, and nothing is thrown away."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gateway.console.knowledge.written import MOST_VARIANTS, Written
from gateway.console.labels import Labels
from retrieval.errors import BadEntry
from retrieval.knowledge import versions
from retrieval.knowledge.entry import TYPES, Entry, Variant
from retrieval.knowledge.unwritten import MARK, placeholder
from zhtext.contacts import AllowList, strangers

LIMITS: Mapping[str, int] = {
    "title": 100, "code": 64, "topic": 64, "module": 40, "versions": 60, "audience": 40, "owner": 40, "source": 200,
    "question": 200, "answer": 8_000, "workaround": 2_000,
}  # fmt: skip
LONGEST_LINE, MOST_LINES = 200, 100  # of similar questions
_UNKEEPABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff]")  # control characters and halves of characters
_REQUIRED = ("title", "question")
_VARIANT = {"versions": 60, "label": 40, "answer": 8_000}
_SEARCHED = ("title", "source", "question", "similar", "answer", "workaround")


@dataclass(frozen=True)
class Checked:
    """The entry, or why there is none: sentences by field."""

    entry: Entry | None
    mistakes: Mapping[str, str] = field(default_factory=dict)


def check(
    written: Written,
    entry_id: str,
    labels: Labels,
    allow: AllowList,
    *,
    complete: bool,
    before: Mapping[str, Any] | None = None,
) -> Checked:
    """A draft may still lack its answer, a `complete` entry nothing.

    `before` is the content that was edited: what differs from it in white space only stays as it was there.
    """
    checker = _Checker(written, labels, allow, before or {})
    checker.look(complete)
    if checker.mistakes:
        return Checked(None, checker.mistakes)
    try:
        return Checked(Entry.from_json({"id": entry_id, **checker.content()}))
    except BadEntry as error:
        return Checked(None, {"form": labels.wording.text("console.mistake.other", problem=error)})


def incomplete(content: Mapping[str, Any], written: Written, labels: Labels, allow: AllowList) -> Mapping[str, str]:
    """What still keeps a draft from being submitted, by field."""
    return check(written, str(content.get("id", "")), labels, allow, complete=True, before=content).mistakes


class _Checker:
    """Collects the first mistake of each field."""

    def __init__(self, written: Written, labels: Labels, allow: AllowList, before: Mapping[str, Any]) -> None:
        self._fields = {name: value.strip() for name, value in written.fields.items()}
        self._variants = written.variants
        self._labels = labels
        self._allow = allow
        self._before = before
        self.mistakes: dict[str, str] = {}

    def look(self, complete: bool) -> None:
        self._lengths()
        for name in _REQUIRED:
            if not self._fields[name]:
                self._wrong(name, "empty")
        if self._fields["type"] not in TYPES:
            self._wrong("type", "choose")
        if self._fields["type"] == "error_code" and not self._fields["code"]:
            self._wrong("code", "code_needed")
        self._ranges()
        self._review()
        self._each_variant()
        self._strangers()
        if complete:
            self._unwritten()

    def content(self) -> dict[str, Any]:
        """The entry as JSON, once there are no mistakes."""
        said = {name: self._kept(name) for name in self._fields if name != "similar"}
        said["answer"] = said["answer"] or placeholder(self._labels.wording.text("console.hint.answer"))
        similar = self._similar()
        former = list(self._before.get("similar") or ())
        kept = former if [str(text).strip() for text in former] == similar else similar
        rows = [{"versions": one.versions, "label": one.label, "answer": one.answer} for one in self._variants]
        return {**said, "similar": kept, "variants": rows}

    def _kept(self, name: str) -> str:
        former = self._before.get(name)
        typed = self._fields[name]
        return former if isinstance(former, str) and former.strip() == typed else typed

    def _similar(self) -> list[str]:
        lines = (line.strip() for line in self._fields["similar"].split("\n"))
        return [line for line in dict.fromkeys(lines) if line and line != self._fields["question"]]

    def _lengths(self) -> None:
        for name, limit in LIMITS.items():
            self._fits(name, self._fields[name], limit)
        lines = self._similar()
        if len(lines) > MOST_LINES:
            self._wrong("similar", "too_many_lines", n=len(lines), limit=MOST_LINES)
        for number, line in enumerate(lines, 1):
            if len(line) > LONGEST_LINE:
                self._wrong("similar", "long_line", n=number, limit=LONGEST_LINE, length=len(line))

    def _fits(self, name: str, text: str, limit: int) -> None:
        if len(text) > limit:
            self._wrong(name, "too_long", limit=limit, length=len(text))
        if _UNKEEPABLE.search(text):
            self._wrong(name, "unkeepable")

    def _ranges(self) -> None:
        if not _is(versions.check, self._fields["versions"]):
            self._wrong("versions", "versions", text=self._fields["versions"])

    def _review(self) -> None:
        if self._fields["review"] and not _is(date.fromisoformat, self._fields["review"]):
            self._wrong("review", "date")

    def _each_variant(self) -> None:
        if len(self._variants) > MOST_VARIANTS:
            self._wrong("variants", "too_many_variants", limit=MOST_VARIANTS)
        for number, one in enumerate(self._variants, 1):
            self._variant(number, one)

    def _variant(self, number: int, one: Variant) -> None:
        said = {name: str(getattr(one, name)).strip() for name in _VARIANT}
        for name, limit in _VARIANT.items():
            self._fits("variants", said[name], limit)
        if not all(said.values()):
            self._wrong("variants", "variant", n=number)
        elif not _is(versions.check, said["versions"]):
            self._wrong("variants", "variant_versions", n=number, text=said["versions"])

    def _strangers(self) -> None:
        texts = [(name, self._fields[name]) for name in _SEARCHED]
        texts += [("variants", text) for one in self._variants for text in (one.label, one.answer)]
        for name, text in texts:
            found = dict.fromkeys(contact.text.strip() for contact in strangers(text, self._allow))
            if found:
                self._wrong(name, "strangers", text="、".join(found))

    def _unwritten(self) -> None:
        if not self._fields["answer"]:
            self._wrong("answer", "empty")
        for name, text in self._shown():
            if MARK in text:
                self._wrong(name, "unwritten", mark=MARK)

    def _shown(self) -> Iterator[tuple[str, str]]:
        yield from ((name, self._fields[name]) for name in _SEARCHED)
        yield from (("variants", one.answer) for one in self._variants)

    def _wrong(self, name: str, mistake: str, **values: object) -> None:
        label = self._labels.name("field", name)
        sentence = self._labels.wording.text(f"console.mistake.{mistake}", field=label, **values)
        self.mistakes.setdefault(name, sentence)


def _is(read: Callable[[str], object], text: str) -> bool:
    """Whether `text` can be read so."""
    try:
        read(text)
    except (BadEntry, ValueError):
        return False
    return True
