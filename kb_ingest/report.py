"""What became of each file: the report of an ingest, as JSON with the keys of the contract and as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Literal

from rich.markup import escape
from rich.table import Table

from kb_ingest.sheets.mistake import Mistake

Status = Literal["kept", "repaired", "quarantined", "refused"]
_STATUS = {"kept": "原样收入", "repaired": "修复后收入", "quarantined": "部分隔离", "refused": "拒绝"}


@dataclass(frozen=True)
class Line:
    """A line that was taken out, with its place in the file and why."""

    line: int
    text: str
    reason: str = ""
    place: str = ""


@dataclass(frozen=True)
class FileReport:
    """One file. `repaired` counts each repair by what stood there; `entries` how many it gave.

    `refused`: nothing went in, `reason` says why. `quarantined`: lines were taken out that nobody can repair.
    `repaired`: something was put right, dropped, or a stranger's contact taken out. `kept`: as it came.
    """

    path: str
    status: Status
    reason: str = ""
    repaired: Mapping[str, int] = field(default_factory=dict)
    quarantined: tuple[Line, ...] = ()
    refused_contacts: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    notes: tuple[str, ...] = ()
    entries: int = 0

    def to_json(self) -> dict[str, Any]:
        """The object that stands under `files`."""
        return {
            "path": self.path,
            "status": self.status,
            "reason": self.reason,
            "repaired": dict(sorted(self.repaired.items())),
            "quarantined": [vars(line) for line in self.quarantined],
            "refused_contacts": list(self.refused_contacts),
            "dropped": list(self.dropped),
            "mistakes": [vars(mistake) for mistake in self.mistakes],
            "notes": list(self.notes),
            "entries": self.entries,
        }


def table(files: Sequence[FileReport]) -> Table:
    """The report for a terminal, a row a file."""
    shown = Table("文件", "结果", "条目", "修复", "隔离", "联系", "误行")
    for file in files:
        shown.add_row(
            escape(PurePath(file.path).name),
            _STATUS[file.status],
            str(file.entries),
            str(sum(file.repaired.values()) + len(file.dropped)),
            str(len(file.quarantined)),
            str(len(file.refused_contacts)),
            str(len(file.mistakes)),
        )
    return shown


def remarks(file: FileReport) -> list[str]:
    """What an editor has to look at: why it was refused, every mistake with sheet and row, and what was left out."""
    said = (f"{file.path}：{remark}" for remark in (file.reason, *file.notes) if remark)
    return [*(mistake.sentence(file.path) for mistake in file.mistakes), *said]
