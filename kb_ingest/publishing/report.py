"""What a publication did or would have done, for people and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from kb_ingest.changes import Changes
from kb_ingest.lint.finding import Finding
from kb_ingest.publishing.gate import Objection
from kb_ingest.publishing.replay import Change, Replayed

# Rows kept of each list: a report is read by people and stored in the database.
MOST = 200


@dataclass(frozen=True)
class Report:
    """`objections` speak against serving; `overruled` is the reason given for serving all the same."""

    build_id: str
    former: str | None
    entries: int
    difference: Changes
    findings: tuple[Finding, ...]
    replayed: Replayed
    objections: tuple[Objection, ...]
    overruled: str
    refitted: bool
    seconds: Mapping[str, float]  # of building, checking, replaying

    def to_json(self) -> dict[str, Any]:
        """Lists are cut at `MOST` rows; the counts are of everything."""
        return {
            "build_id": self.build_id,
            "former": self.former,
            "entries": self.entries,
            "new": self.difference.new[:MOST],
            "changed": self.difference.changed[:MOST],
            "gone": self.difference.gone[:MOST],
            "counts": {
                "new": len(self.difference.new),
                "changed": len(self.difference.changed),
                "gone": len(self.difference.gone),
                "findings": len(self.findings),
                "answers": len(self.replayed.changes),
                "pinned": self.replayed.pinned,
                "recent": self.replayed.recent,
            },
            "findings": [finding.to_json() for finding in self.findings[:MOST]],
            "answers": [_row(change) for change in self.replayed.changes[:MOST]],
            "objections": [asdict(objection) for objection in self.objections],
            "overruled": self.overruled,
            "refitted": self.refitted,
            "seconds": {name: round(value, 2) for name, value in self.seconds.items()},
        }


def _row(change: Change) -> dict[str, Any]:
    return {
        "question": change.question.text,
        "pinned": change.question.entry_id,
        "verdict": change.verdict,
        "before": asdict(change.before) if change.before else None,
        "after": asdict(change.after),
    }
