"""An entry as it stands in the form: text, as it was typed, whether or not it can be kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gateway.console.forms import Form
from retrieval.knowledge.entry import Entry, Variant
from retrieval.knowledge.unwritten import MARK

FIELDS = (
    "type", "title", "code", "topic", "module", "versions", "audience", "owner", "source", "review", "question",
    "similar", "answer", "workaround",
)  # fmt: skip
MOST_VARIANTS = 12
_NEW: Mapping[str, str] = {"type": "faq", "versions": "*", "audience": "user"}


@dataclass(frozen=True)
class Written:
    """The fields by name, similar questions one on each line; and the answers for some versions."""

    fields: Mapping[str, str]
    variants: tuple[Variant, ...] = field(default=())

    def adding(self, similar: Sequence[str]) -> Written:
        """With more similar questions, at the end."""
        if not similar:
            return self
        lines = [line for line in self.fields["similar"].split("\n") if line.strip()]
        return replace(self, fields={**self.fields, "similar": "\n".join([*lines, *similar])})


def blank(**given: str) -> Written:
    """A new entry's form."""
    return Written({**dict.fromkeys(FIELDS, ""), **_NEW, **given})


def of_content(content: Mapping[str, Any]) -> Written:
    """What the desk keeps, or what a draft begins with. An answer that is only a placeholder is left to be written."""
    values = {name: _text(content.get(name)) for name in FIELDS if name != "similar"}
    values["similar"] = "\n".join(map(str, content.get("similar") or ()))
    if values["answer"].startswith(MARK) and "\n" not in values["answer"].strip():
        values["answer"] = ""
    variants = (Variant(*(_text(one.get(name)) for name in ("versions", "label", "answer"))) for one in _rows(content))
    return Written(values, tuple(variants))


def of_entry(entry: Entry) -> Written:
    """A draft that the program has begun."""
    return of_content(entry.to_json())


def of_form(form: Form) -> Written:
    """What was sent; rows of versions in which nothing was typed are left out."""
    columns = [form.every(f"variant_{name}") for name in ("versions", "label", "answer")]
    rows = (Variant(*(cell.replace("\r\n", "\n") for cell in row)) for row in zip(*columns, strict=False))
    filled = tuple(row for row in rows if any(text.strip() for text in (row.versions, row.label, row.answer)))
    return Written({name: form.raw(name) for name in FIELDS}, filled[: MOST_VARIANTS + 1])


def _rows(content: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    found = content.get("variants") or ()
    return [row for row in found if isinstance(row, Mapping)] if isinstance(found, (list, tuple)) else []


def _text(value: Any) -> str:
    return "" if value is None else str(value)
