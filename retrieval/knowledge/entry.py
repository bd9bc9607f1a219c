"""An approved unit of knowledge, and the JSON Lines file it is read from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from retrieval.errors import BadEntry
from retrieval.knowledge import versions as version_ranges

TYPES = frozenset({"error_code", "faq", "howto", "policy", "runbook", "release", "case", "video"})
_REQUIRED = ("id", "type", "title", "question", "answer")
_VERSION_DIGITS = 12
_VARIANT = ("versions", "label", "answer")


@dataclass(frozen=True)
class Variant:
    """The answer for some versions of the product; `label` is what a customer picks."""

    versions: str
    label: str
    answer: str

    @classmethod
    def from_json(cls, data: Any) -> Variant:
        """Raises BadEntry."""
        if not isinstance(data, Mapping) or not all(str(data.get(key) or "").strip() for key in _VARIANT):
            raise BadEntry(f"a variant needs {', '.join(_VARIANT)}")
        version_ranges.check(str(data["versions"]))
        return cls(*(str(data[key]).strip() for key in _VARIANT))


@dataclass(frozen=True)
class Entry:
    """One entry as approved. `answer` is Markdown; `review` is the ISO date of the next look at it.

    Where the answer depends on the product's version, `variants` hold the answers, and `answer` says that it does.
    """

    id: str
    type: str
    title: str
    question: str
    answer: str
    similar: tuple[str, ...] = ()
    code: str | None = None
    topic: str = ""
    module: str = ""
    versions: str = ""
    audience: str = ""
    owner: str = ""
    source: str = ""
    review: str = ""
    workaround: str | None = None
    variants: tuple[Variant, ...] = ()

    @property
    def version(self) -> str:
        """Twelve hex digits of the SHA-256 of the content: equal content, equal version."""
        canonical = json.dumps(_fields(self), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()[:_VERSION_DIGITS]

    @property
    def questions(self) -> tuple[str, ...]:
        """The entry's own question and its similar ones."""
        return (self.question, *self.similar)

    @property
    def shown(self) -> tuple[str, ...]:
        """Every text that a customer may get to read as the answer."""
        return (self.answer, self.workaround or "", *(variant.answer for variant in self.variants))

    def variant(self, version: str) -> Variant | None:
        """The answer for this version of the product, if there is one of its own."""
        return next((one for one in self.variants if version_ranges.covers(one.versions, version)), None)

    @property
    def content(self) -> dict[str, Any]:
        """What is kept of an entry where its version has a place of its own."""
        return {**_fields(self), "similar": list(self.similar)}

    def to_json(self) -> dict[str, Any]:
        """The object that stands on one line of entries.jsonl; `version` is written for readers only."""
        return {**self.content, "version": self.version}

    @property
    def line(self) -> str:
        """`to_json` as a line of entries.jsonl."""
        return json.dumps(self.to_json(), ensure_ascii=False, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Entry:
        """Unknown keys are ignored. Raises BadEntry when a key is missing or the type is none of ours."""
        for key in _REQUIRED:
            if not isinstance(data.get(key), str) or not data[key].strip():
                raise BadEntry(f"entry {data.get('id', '?')!r}: {key} is missing or empty")
        if data["type"] not in TYPES:
            raise BadEntry(f"entry {data['id']!r}: type {data['type']!r} is none of {', '.join(sorted(TYPES))}")
        similar = data.get("similar") or ()
        if isinstance(similar, str) or not all(isinstance(item, str) for item in similar):
            raise BadEntry(f"entry {data['id']!r}: similar must be a list of texts")
        return cls(
            **{key: data[key] for key in _REQUIRED},
            similar=tuple(similar),
            code=_optional(data.get("code")),
            workaround=_optional(data.get("workaround")),
            variants=_variants(data),
            **{key: _text(data.get(key)) for key in _PLAIN},
        )


_PLAIN = ("topic", "module", "versions", "audience", "owner", "source", "review")


def read_entries(path: Path) -> tuple[Entry, ...]:
    """The entries of a JSON Lines file, in file order. Raises BadEntry with the line number."""
    entries: dict[str, Entry] = {}
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            entry = parse_entry(line, f"{path.name} line {number}")
            if entry.id in entries:
                raise BadEntry(f"{path.name} line {number}: id {entry.id!r} occurs twice")
            entries[entry.id] = entry
    return tuple(entries.values())


def write_entries(path: Path, entries: Iterable[Entry]) -> None:
    """One JSON object per line, UTF-8, keys sorted: equal entries give equal bytes."""
    path.write_text("".join(entry.line for entry in entries), encoding="utf-8")


def parse_entry(line: str, where: str) -> Entry:
    """One line of the file. Raises BadEntry, which says `where` it stands."""
    try:
        data = json.loads(line)
    except json.JSONDecodeError as error:
        raise BadEntry(f"{where}: not JSON ({error.msg})") from error
    if not isinstance(data, dict):
        raise BadEntry(f"{where}: not a JSON object")
    try:
        return Entry.from_json(data)
    except BadEntry as error:
        raise BadEntry(f"{where}: {error}") from error


def _fields(entry: Entry) -> dict[str, Any]:
    """An entry without variants has the same content, and so the same version, as before there were any."""
    fields = dict(vars(entry))
    variants = fields.pop("variants")
    return {**fields, "variants": [asdict(variant) for variant in variants]} if variants else fields


def _variants(data: Mapping[str, Any]) -> tuple[Variant, ...]:
    found = data.get("variants") or ()
    if isinstance(found, (str, Mapping)):
        raise BadEntry(f"entry {data['id']!r}: variants must be a list")
    try:
        return tuple(map(Variant.from_json, found))
    except BadEntry as error:
        raise BadEntry(f"entry {data['id']!r}: {error}") from error


def _text(value: Any) -> str:
    """YAML gives dates, numbers and lists where authors meant text."""
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return str(value)


def _optional(value: Any) -> str | None:
    return _text(value).strip() or None
