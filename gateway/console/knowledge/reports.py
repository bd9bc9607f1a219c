"""Reports of the worker, read leniently: keys that are missing are shown as empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from desk import entries
from desk.entries import EntryRecord
from desk.errors import NotFound
from desk.session import Session


@dataclass(frozen=True)
class Outcome:
    """What a build makes of a question."""

    decision: str
    title: str
    shown: tuple[str, ...]


@dataclass(frozen=True)
class Changed:
    """A question that the new build answers otherwise."""

    question: str
    pinned: str  # the entry that is right
    verdict: str
    before: Outcome | None
    after: Outcome | None


@dataclass(frozen=True)
class Objection:
    """What speaks against serving."""

    reason: str
    count: int
    limit: int


@dataclass(frozen=True)
class Finding:
    """What lint says about entries."""

    check: str
    level: str
    entry_ids: tuple[str, ...]
    message: str


@dataclass(frozen=True)
class Published:
    """The report of a publication, real or rehearsed."""

    published: bool
    rehearsed: bool
    build_id: str
    former: str
    entries: int
    counts: Mapping[str, int]
    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]
    answers: tuple[Changed, ...]
    findings: tuple[Finding, ...]
    objections: tuple[Objection, ...]
    overruled: str
    refitted: bool
    seconds: float
    error: str

    @property
    def outcome(self) -> str:
        """Names the sentence that sums it up."""
        if self.error:
            return "failed"
        if self.rehearsed:
            return "would_be_refused" if self.objections else "would_pass"
        if not self.published:
            return "refused"
        return "overruled" if self.objections else "published"


@dataclass(frozen=True)
class Lost:
    """A line that was taken out."""

    place: str
    line: int
    text: str
    reason: str


@dataclass(frozen=True)
class Mistake:
    """What is wrong with a row; 0 for none."""

    sheet: str
    row: int
    message: str


@dataclass(frozen=True)
class File:
    """What an import made of one document."""

    name: str
    status: str
    reason: str
    repaired: tuple[tuple[str, int], ...]
    quarantined: tuple[Lost, ...]
    contacts: tuple[str, ...]
    dropped: tuple[str, ...]
    mistakes: tuple[Mistake, ...]
    notes: tuple[str, ...]
    entries: int

    @property
    def remarks(self) -> int:
        """How much there is to be looked at."""
        return sum(map(len, (self.repaired, self.quarantined, self.contacts, self.dropped, self.mistakes, self.notes)))


@dataclass(frozen=True)
class Imported:
    """The report of an import. `drafts` are entries that got one, as they stand now."""

    files: tuple[File, ...]
    drafts: tuple[EntryRecord, ...]
    conflicts: tuple[str, ...]

    @property
    def waiting(self) -> tuple[EntryRecord, ...]:
        """Drafts that nobody has submitted yet."""
        return tuple(one for one in self.drafts if one.state == "draft" and not one.retired)


def published(report: Mapping[str, Any], *, state: str | None = None) -> Published:
    """`state` is that of the publication's row, where there is one."""
    counts = report.get("counts")
    return Published(
        published=bool(report.get("published")) if state is None else state == "published",
        rehearsed=bool(report.get("rehearsed")),
        build_id=_text(report, "build_id"),
        former=_text(report, "former"),
        entries=_number(report, "entries"),
        counts={str(name): int(value) for name, value in counts.items()} if isinstance(counts, Mapping) else {},
        new=_texts(report, "new"),
        changed=_texts(report, "changed"),
        gone=_texts(report, "gone"),
        answers=tuple(map(_changed, _rows(report, "answers"))),
        findings=tuple(map(_finding, _rows(report, "findings"))),
        objections=tuple(
            Objection(_text(one, "reason"), _number(one, "count"), _number(one, "limit"))
            for one in _rows(report, "objections")
        ),
        overruled=_text(report, "overruled"),
        refitted=bool(report.get("refitted")),
        seconds=sum(map(float, (report.get("seconds") or {}).values())),
        error=_text(report, "error"),
    )


def imported(session: Session, report: Mapping[str, Any]) -> Imported:
    """Names instead of paths: where the documents were put is nobody's business."""
    drafts = (_record(session, entry_id) for entry_id in _texts(report, "drafts"))
    return Imported(
        files=tuple(map(_file, _rows(report, "files"))),
        drafts=tuple(one for one in drafts if one is not None),
        conflicts=_texts(report, "conflicts"),
    )


def _record(session: Session, entry_id: str) -> EntryRecord | None:
    try:
        return entries.get(session, entry_id)
    except NotFound:
        return None


def _changed(data: Mapping[str, Any]) -> Changed:
    before, after = (_outcome(data.get(side)) for side in ("before", "after"))
    return Changed(_text(data, "question"), _text(data, "pinned"), _text(data, "verdict"), before, after)


def _outcome(data: Any) -> Outcome | None:
    if not isinstance(data, Mapping):
        return None
    return Outcome(_text(data, "decision"), _text(data, "title"), _texts(data, "shown"))


def _finding(data: Mapping[str, Any]) -> Finding:
    return Finding(_text(data, "check"), _text(data, "level"), _texts(data, "entry_ids"), _text(data, "message"))


def _file(data: Mapping[str, Any]) -> File:
    repaired = data.get("repaired")
    return File(
        name=PurePath(_text(data, "path")).name,
        status=_text(data, "status"),
        reason=_text(data, "reason"),
        repaired=tuple((str(what), int(n)) for what, n in repaired.items()) if isinstance(repaired, Mapping) else (),
        quarantined=tuple(map(_lost, _rows(data, "quarantined"))),
        contacts=_texts(data, "refused_contacts"),
        dropped=_texts(data, "dropped"),
        mistakes=tuple(map(_mistake, _rows(data, "mistakes"))),
        notes=_texts(data, "notes"),
        entries=_number(data, "entries"),
    )


def _lost(data: Mapping[str, Any]) -> Lost:
    return Lost(_text(data, "place"), _number(data, "line"), _text(data, "text"), _text(data, "reason"))


def _mistake(data: Mapping[str, Any]) -> Mistake:
    return Mistake(_text(data, "sheet"), _number(data, "row"), _text(data, "message"))


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    return "" if value is None else str(value)


def _number(data: Mapping[str, Any], key: str) -> int:
    value = data.get(key)
    return int(value) if isinstance(value, (int, float)) else 0


def _texts(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = data.get(key)
    return tuple(map(str, value)) if isinstance(value, (list, tuple)) else ()


def _rows(data: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    value = data.get(key)
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, (list, tuple)) else []
