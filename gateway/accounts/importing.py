"""One run over a sheet, and its report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from desk import accounts
from desk.accounts import Clash, Counts, Taken
from desk.accounts.incoming import KINDS
from desk.database import Database
from gateway.accounts.reading import Mistake, Sheet

State = Literal["written", "rehearsed", "refused"]
KIND_NAMES: Mapping[str, str] = {"accounts": "公司", "sites": "工地", "licences": "授权号", "contacts": "联系人"}


@dataclass(frozen=True)
class Report:
    """What came of it. `refused`: there were mistakes, nothing was written."""

    file: str
    state: State
    lines: int
    counts: Mapping[str, Counts]
    mistakes: tuple[Mistake, ...]
    notes: tuple[str, ...]
    names: tuple[str, ...]  # of the companies that are new

    @property
    def changes(self) -> int:
        """How many things are new or different."""
        return sum(one.created + one.changed for one in self.counts.values())

    def to_json(self) -> dict[str, Any]:
        """For a file, and for programs."""
        return {
            "file": self.file,
            "state": self.state,
            "lines": self.lines,
            "changes": self.changes,
            "counts": {kind: asdict(counts) for kind, counts in self.counts.items()},
            "refused": [asdict(mistake) for mistake in self.mistakes],
            "notes": list(self.notes),
            "new_accounts": list(self.names),
        }


class _Undone(Exception):
    """Takes a rehearsal back."""

    def __init__(self, taken: Taken) -> None:
        super().__init__()
        self.taken = taken


def run(db: Database, sheet: Sheet, *, skip_bad: bool, rehearse: bool, by: str, now: datetime) -> Report:
    """With mistakes nothing is written unless they are to be skipped; a rehearsal never writes. Raises StoreError."""
    lenient = skip_bad or rehearse  # a rehearsal tells all: what would change, and what is wrong
    taken = Taken()
    if lenient or not sheet.mistakes:
        taken = _take(db, sheet, skip_bad=lenient, rehearse=rehearse, by=by, now=now)
    else:  # what clashes with the desk is told at the same time
        taken = Taken(clashes=_take(db, sheet, skip_bad=True, rehearse=True, by=by, now=now).clashes)
    mistakes = tuple(sorted((*sheet.mistakes, *map(_mistake, taken.clashes)), key=lambda one: one.line))
    state: State = "rehearsed" if rehearse else "refused" if mistakes and not skip_bad else "written"
    counts: dict[str, Counts] = {kind: taken.counts.get(kind, Counts()) for kind in KINDS}
    return Report(sheet.name, state, sheet.lines, counts, mistakes, sheet.notes, taken.names)


def _take(db: Database, sheet: Sheet, *, skip_bad: bool, rehearse: bool, by: str, now: datetime) -> Taken:
    try:
        with db.write() as session:
            taken = accounts.take(session, sheet.rows, skip_bad=skip_bad, by=by, now=now)
            if rehearse:
                raise _Undone(taken)
            return taken
    except _Undone as undone:
        return undone.taken


def _mistake(clash: Clash) -> Mistake:
    told = f"授权号 {clash.number} 已经是“{clash.owner}”的；先在客户页面里把它从那家公司去掉，或改正这一行"
    return Mistake(clash.line, told)
