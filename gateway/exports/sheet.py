"""Tickets as a workbook: one row for each, with its promised times and how its customer liked it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from desk import sla, tickets
from desk.calendar import WorkingHours
from desk.session import Session
from desk.sla import Clock, SlaRules
from desk.tickets import Filter, Link, TicketEvent
from desk.tickets.records import Record, records
from gateway.exports.cells import clean

if TYPE_CHECKING:  # the console has the page, and so imports this
    from gateway.console.labels import Labels

_COLUMNS = (
    ("number", 22), ("created", 17), ("contact", 14), ("company", 24), ("channel", 8), ("category", 12),
    ("priority", 10), ("tier", 6), ("skill", 12), ("status", 10), ("assignee", 12), ("summary", 60), ("responded", 17),
    ("resolved", 17), ("sla_response", 10), ("sla_resolution", 10), ("csat", 8), ("reason", 14), ("incident", 8),
    ("links", 40),
)  # fmt: skip
_BOLD = Font(bold=True)
Value = str | int | datetime | None


@dataclass(frozen=True)
class _About:
    """What else is known about one ticket."""

    clocks: Sequence[Clock]
    links: Sequence[Link]
    scored: Sequence[TicketEvent]


def ticket_sheet(
    session: Session, where: Filter, labels: Labels, rules: SlaRules, hours: WorkingHours, *, now: datetime
) -> bytes:
    """An .xlsx, oldest ticket first. Every text is a text, whatever it begins with; times are the team's."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(labels.name("export", "sheet"))
    _head(sheet, labels)
    for batch in records(session, where):
        ids = [one.ticket.id for one in batch]
        clocks = sla.clocks(session, ids, rules, hours, now)
        links, scored = tickets.links_of(session, ids), tickets.events_of(session, ids, ("scored",))
        for one in batch:
            known = one.ticket.id
            row = _row(one, _About(clocks.get(known, ()), links[known], scored[known]), labels)
            sheet.append([_cell(sheet, value) for value in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _head(sheet: WriteOnlyWorksheet, labels: Labels) -> None:
    sheet.freeze_panes = "B2"
    names = []
    for place, (column, width) in enumerate(_COLUMNS):
        sheet.column_dimensions[chr(ord("A") + place)].width = width  # type: ignore[attr-defined]  # stubs lack it
        names.append(WriteOnlyCell(sheet, labels.name("export_column", column)))
        names[-1].font = _BOLD
    sheet.append(names)


def _row(one: Record, about: _About, labels: Labels) -> tuple[Value, ...]:
    ticket = one.ticket
    return (
        ticket.number,
        _local(ticket.created_at, labels),
        clean(one.contact),
        clean(one.company),
        labels.name("channel", one.channel or "none"),
        labels.name("category", ticket.category),
        labels.name("priority", ticket.priority),
        ticket.tier,
        clean(ticket.skill),
        labels.name("status", ticket.status),
        clean(one.assignee),
        clean(ticket.summary),
        _local(ticket.first_response_at, labels),
        _local(ticket.resolved_at, labels),
        _kept(about.clocks, "first_response", labels),
        _kept(about.clocks, "resolution", labels),
        about.scored[-1].detail.get("score") if about.scored else None,
        labels.name("reason", ticket.reason),
        ticket.incident_id,
        _linked(about.links, labels),
    )


def _kept(clocks: Iterable[Clock], kind: str, labels: Labels) -> str:
    """Kept, late (after the target, before the promise is broken), broken, or still to be seen."""
    clock = next((one for one in clocks if one.kind == kind), None)
    if clock is None:
        return ""
    if clock.used > clock.breach:
        return labels.name("export_sla", "broken")
    if clock.used > clock.target:
        return labels.name("export_sla", "late")
    return labels.name("export_sla", "kept" if clock.state == "stopped" else clock.state)


def _linked(links: Iterable[Link], labels: Labels) -> str:
    return "；".join(f"{labels.name('link_role', link.role)} {link.number}" for link in links)


def _local(moment: datetime | None, labels: Labels) -> datetime | None:
    """A sheet's times have no offset."""
    return None if moment is None else moment.astimezone(labels.tz).replace(tzinfo=None, microsecond=0)


def _cell(sheet: WriteOnlyWorksheet, value: Value) -> object:
    """What openpyxl would take for a formula (=) or an error (#N/A) is made a text; the rest it sees by itself."""
    if not isinstance(value, str) or value[:1] not in ("=", "#"):
        return value
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    return cell
