"""What customers and the team are told about incidents.

A turn calls `greet` before its own replies and `attach` once it has a ticket; the timer and the console call the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

from contract.decisions import Option
from desk import incidents
from desk.errors import IllegalMove
from desk.incidents import Incident, IncidentRules
from desk.session import Session
from desk.tickets import Ticket
from desk.turns import Reply
from gateway import render
from gateway.notifications.routes import Routes
from gateway.notifications.staff import StaffNotice, tell
from gateway.render import Voice
from gateway.wording import Wording

INCIDENT = "incident"  # key of the payload: the incident that a message is about
Step = Literal["proposed", "confirmed", "closed"]
_CHINA = ZoneInfo("Asia/Shanghai")
_EVENTS: Mapping[Step, Literal["incident_proposed", "incident_confirmed", "incident_closed"]] = {
    "proposed": "incident_proposed", "confirmed": "incident_confirmed", "closed": "incident_closed",
}  # fmt: skip


@dataclass(frozen=True)
class Desk:
    """What is needed to write to the team; `public_url` is where the console is reached, without a slash at its end."""

    wording: Wording
    routes: Routes
    public_url: str = ""


def known(
    session: Session,
    question: str,
    slots: Mapping[str, str],
    codes: Iterable[str],
    now: datetime,
    rules: IncidentRules | None = None,
) -> Incident | None:
    """The running incident that a question is about; see `desk.incidents.matching`."""
    return incidents.matching(session, question, slots, codes, now, rules) if question.strip() else None


def card(voice: Voice, incident: Incident, wording: Wording, *, tz: tzinfo = _CHINA) -> Reply:
    """That it is known, what to do meanwhile, since when, what happens next; a human stays one word away."""
    sentences = [_text(wording, "card", title=_bare(incident.title), message=incident.message)]
    if incident.workaround:
        sentences.append(_text(wording, "card_workaround", workaround=incident.workaround))
    local = incident.since.astimezone(tz)
    since = _text(wording, "since", month=local.month, day=local.day, time=f"{local:%H:%M}")
    sentences.append(_text(wording, "card_next", since=since))
    said = render.text(voice, "\n".join(sentences), (_human(wording),))
    return Reply(said.text, said.kind, {**said.payload, INCIDENT: incident.id})


def again(voice: Voice, incident: Incident, wording: Wording) -> Reply:
    """The short line for whoever has seen the card."""
    said = render.text(voice, _text(wording, "again", title=_bare(incident.title)), (_human(wording),))
    return Reply(said.text, said.kind, {**said.payload, INCIDENT: incident.id})


def greet(
    session: Session,
    incident: Incident,
    conversation_id: int,
    voice: Voice,
    wording: Wording,
    *,
    tz: tzinfo = _CHINA,
    now: datetime,
) -> Reply:
    """The card, once for each conversation and incident; the short line from then on. Writes who has seen it."""
    fresh = incidents.shown(session, incident.id, conversation_id, now=now)
    return card(voice, incident, wording, tz=tz) if fresh else again(voice, incident, wording)


def attach(
    session: Session, ticket: Ticket, question: str, now: datetime, rules: IncidentRules | None = None
) -> Incident | None:
    """Link a ticket that has just been opened to the running incident that it, or the question before it, is about.

    In the transaction that opens it; a ticket that reports one already is left alone.
    """
    if ticket.incident_id is not None or not ticket.open:
        return None
    code = ticket.slots.get("error_code")
    texts = dict.fromkeys((question, ticket.slots.get("phenomenon") or "", ticket.summary))
    for text in texts:
        found = known(session, text, ticket.slots, (code,) if code else (), now, rules)
        if found is not None:
            return found if _linked(session, found, ticket, now) else None
    return None


def _linked(session: Session, incident: Incident, ticket: Ticket, now: datetime) -> bool:
    """Whether it could be: the incident may have ended a moment ago, and the ticket is opened all the same."""
    try:
        incidents.link_ticket(session, incident.id, ticket.number, by="bot", now=now)
    except IllegalMove:
        return False
    return True


def announce(session: Session, incident: Incident, step: Step, desk: Desk, *, now: datetime) -> int:
    """Tell the team, once for each incident and step; how many deliveries are new."""
    notice = StaffNotice(
        event=_EVENTS[step],
        key=f"incident:{incident.id}:{step}",
        title=_text(desk.wording, f"staff.{step}", title=incident.title),
        lines=tuple(_lines(incident, step, desk)),
        urgent=step == "proposed",
    )
    return tell(session, notice, desk.routes, now=now)


def over(voice: Voice, incident: Incident, wording: Wording) -> str:
    """What the customers hear in the end."""
    key = "over_resolved" if incident.resolves else "over"
    return voice.say(_text(wording, key, title=_bare(incident.title), resolution=_bare(incident.resolution)))


def _lines(incident: Incident, step: Step, desk: Desk) -> Iterable[str]:
    counts = {"tickets": incident.tickets, "contacts": incident.contacts, "companies": incident.companies}
    yield _text(desk.wording, "staff.reports", **counts)
    if incident.code:
        yield _text(desk.wording, "staff.about", code=incident.code)
    if incident.module:
        yield _text(desk.wording, "staff.module", module=incident.module)
    for name in ("message", "workaround", "resolution"):
        value = getattr(incident, name)
        if value and (name == "resolution") == (step == "closed"):
            yield _text(desk.wording, f"staff.{name}", **{name: value})
    link = f"{desk.public_url}/console/incidents/{incident.id}"
    yield _text(desk.wording, "staff.decide" if step == "proposed" else "staff.look", link=link)


def _human(wording: Wording) -> Option:
    label = _text(wording, "human")
    return Option(f"say:{label}", label)


def _bare(text: str) -> str:
    """Without the full stop that the sentence around it brings."""
    return text.rstrip("。.;；! ！\n")


def _text(wording: Wording, key: str, **values: object) -> str:
    return wording.text(f"incidents.{key}", **values)
