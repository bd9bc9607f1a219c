"""Incidents that time brings: similar reports propose one, and what is over is told to everybody who asked."""

from __future__ import annotations

from desk import conversations, messages, tickets
from desk.conversations import Conversation
from desk.incidents import Incident, Untold, claim, due, get, propose_due, untold
from desk.session import Session
from desk.tickets import Filter, Ticket
from gateway.care.incidents import INCIDENT, Desk, announce, over
from gateway.render import Voice
from gateway.timers.one_by_one import one_by_one
from gateway.timers.timed_desk import TimedDesk

_AT_ONCE = 100  # customers told in one tick, each in a transaction of its own
_LOOKED_AT = 500  # so that some that fail every time do not stop the rest


def incidents(desk: TimedDesk) -> int:
    """Propose, link, tell; how many incidents, tickets and customers it dealt with. Raises StoreError."""
    return _proposed(desk) + _told(desk)


def _proposed(desk: TimedDesk) -> int:
    rules = desk.rules.incidents
    with desk.db.read() as session:
        if not due(session, rules, desk.clock()):
            return 0
    with desk.db.write() as session:
        now = desk.clock()
        found = propose_due(session, rules, now)
        for one in found.proposed:
            announce(session, one, "proposed", Desk(desk.wording, desk.rules.routes, desk.public_url), now=now)
    return len(found.proposed) + found.linked


def _told(desk: TimedDesk) -> int:
    """One customer after the other: five hundred tickets never hold the store for more than one of them."""
    with desk.db.read() as session:
        waiting = untold(session, limit=_LOOKED_AT)
    return one_by_one(desk.db, waiting, lambda session, one: tell(session, one, desk), "end not told", at_most=_AT_ONCE)


def tell(session: Session, one: Untold, desk: TimedDesk) -> bool:
    """That it is over, once: the message, its delivery, the note on the ticket and (if so closed) its resolution."""
    now = desk.clock()
    claimed = claim(session, one, now=now)
    if claimed is None:
        return False
    incident = get(session, one.incident_id)
    if claimed.speak and one.conversation_id is not None:
        _say(session, incident, conversations.get(session, one.conversation_id), desk)
    if one.number is not None:
        _settle(session, incident, tickets.get(session, one.number), desk)
    return True


def _say(session: Session, incident: Incident, conversation: Conversation, desk: TimedDesk) -> None:
    voice = Voice(conversation.script, conversation.region)
    said = messages.add(
        session,
        conversation.id,
        "system",
        over(voice, incident, desk.wording),
        kind="notice",
        payload={INCIDENT: incident.id},
        external_id=f"incident:{incident.id}:{conversation.id}",
        now=desk.clock(),
    )
    desk.channels.record(session, conversation, [said], key=f"message:{said.id}", now=desk.clock())


def _settle(session: Session, incident: Incident, ticket: Ticket, desk: TimedDesk) -> None:
    now, by = desk.clock(), incident.closed_by or "system"
    key = "told_note" if ticket.conversation_id is not None else "untold_note"
    note = desk.wording.text(f"incidents.{key}", title=incident.title, resolution=incident.resolution)
    tickets.note(session, ticket.number, note, by="system", now=now)
    if not incident.resolves or not ticket.open:
        return
    tickets.resolve(session, ticket.number, solution=incident.resolution, by=by, now=now)
    if ticket.conversation_id is not None:
        _release(session, ticket, conversations.get(session, ticket.conversation_id), desk)


def _release(session: Session, ticket: Ticket, conversation: Conversation, desk: TimedDesk) -> None:
    """The bot answers again, unless somebody talks to the customer about something else."""
    if conversation.state not in ("waiting", "human") or conversation.owner_id not in (None, ticket.assignee_id):
        return
    others = Filter(conversation_id=conversation.id, handoff=True, open=True)
    if not tickets.listing(session, others, limit=1):
        conversations.release(session, conversation.id, now=desk.clock())
