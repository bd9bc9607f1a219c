from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from desk.calendar import Interval, SpecialDay, WorkingHours, statutory_days
from desk.sla import Kind, MarkName, SlaRules
from desk.sla.fold import Hand, fold
from desk.tickets import TicketEvent

GOLDEN = Path(__file__).parent / "golden.md"
SHANGHAI = ZoneInfo("Asia/Shanghai")
CLOCKS: dict[str, Kind] = {"first": "first_response", "resolution": "resolution", "plan": "plan"}
USUAL = WorkingHours(table=statutory_days())
MIDNIGHT, OWN = time(0), {
    date(2026, 11, 25): SpecialDay("holiday", "年会"),
    date(2026, 11, 28): SpecialDay("workday", "年会"),
    date(2026, 2, 14): SpecialDay("ordinary"),
}  # fmt: skip
NIGHT = (Interval(MIDNIGHT, time(2)), Interval(time(18), MIDNIGHT))
HOURS = {
    "shop": WorkingHours(week=dict.fromkeys(range(7), (Interval(time(9), time(21)),))),
    "always": WorkingHours(week=dict.fromkeys(range(7), (Interval(MIDNIGHT, MIDNIGHT),))),
    "night": WorkingHours(week=dict.fromkeys(range(7), NIGHT)),
    "saturday": replace(USUAL, week={**USUAL.week, 5: (Interval(time(9), time(12)),)}),
    "party": replace(USUAL, own=OWN),
}


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    line: int
    opened: str
    ticket: str
    history: str
    clock: str
    warned: str
    due: str
    breach: str
    end: str

    @property
    def hours(self) -> WorkingHours:
        return next((HOURS[word] for word in self.ticket.split() if word in HOURS), USUAL)

    @property
    def day(self) -> str:
        return self._full(self.opened).split()[0]

    def moment(self, text: str) -> datetime:
        return datetime.strptime(self._full(text), "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)

    def expected(self) -> dict[MarkName, datetime | None]:
        said: dict[MarkName, str] = {"warned": self.warned, "escalated": self.due, "breached": self.breach}
        return {mark: None if text == "-" else self.moment(text) for mark, text in said.items()}

    def events(self) -> Iterator[TicketEvent]:
        words = set(self.ticket.split())
        opened = {
            "to": "new",
            "priority": next(word for word in words if word.startswith("P")),
            "category": "data_loss" if "data_loss" in words else "other",
            "tier": "L3" if "L3" in words else "L1",
        }
        yield TicketEvent(1, "opened", "bot", opened, self.moment(self.opened))
        for number, text in enumerate(filter(None, self.history.split("; ")), 2):
            at, what = re.fullmatch(r"((?:\d\d-\d\d )?\d\d:\d\d) (.+)", text).groups()  # type: ignore[union-attr]
            kind, actor, detail = happened(what)
            yield TicketEvent(number, kind, actor, detail, self.moment(at))

    def _full(self, text: str) -> str:
        if re.fullmatch(r"\d\d:\d\d", text):
            return f"{self.day} {text}"
        return text if text.count("-") == 2 else f"2026-{text}"


def happened(what: str) -> tuple[str, str, dict[str, Any]]:
    """Kind, actor and detail of an event, as desk.tickets writes them."""
    what, _, actor = what.partition(" by ")
    actor = actor or "agent:1"
    if what == "reply":
        return "replied", actor, {"message_id": None}
    if what in ("resolved", "closed"):
        return what, actor, {"to": what}
    if what == "reopened":
        return what, actor, {"to": "assigned"}
    if what == "planned":
        return what, actor, {"text": "换一台服务器"}
    if what.startswith("escalated "):
        return "sla_escalated", "system", {"old": {"tier": "L2"}, "new": {"tier": what.split()[1]}}
    field = {"P": "priority", "L": "tier", "d": "category"}.get(what[0])
    return ("changed", actor, {"new": {field: what}}) if field else ("moved", actor, {"to": what})


def rows() -> list[Row]:
    found = []
    for number, line in enumerate(GOLDEN.read_text(encoding="utf-8").splitlines(), 1):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and cells[0][:1].isdigit():
            found.append(Row(number, *cells[:8]))
    return found


def marked(hand: Hand, hours: WorkingHours) -> dict[MarkName, datetime | None]:
    names: tuple[MarkName, ...] = ("warned", "escalated", "breached")
    return {mark: hand.crossed.get(mark) or hand.reaches(mark, hours) for mark in names}


def test_the_table_has_more_than_a_hundred_rows() -> None:
    assert len(rows()) > 100


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"line {row.line}: {row.opened} {row.ticket} {row.clock}")
def test_a_clock_is_due_when_the_table_says(row: Row) -> None:
    hand = fold(row.events(), SlaRules(), row.hours).hands[CLOCKS[row.clock]]
    assert marked(hand, row.hours) == row.expected()
    if row.end:
        last = list(row.events())[-1].created_at
        assert f"{hand.state} {hand.at(last, row.hours).used / 60:g}" == row.end
