"""What the API does: each function is one transaction."""

from __future__ import annotations

from collections.abc import Callable

from desk import contacts, conversations, tickets
from desk.conversations import Conversation
from desk.session import Session
from desk.tickets import Filter, Ticket, TicketDraft, TicketEvent
from gateway.api.bodies import Change, NewTicket, Note
from gateway.care.solved import Solved
from gateway.services import Services
from zhtext.severity import assess

CHANNEL = ACTOR = "api"


def open_ticket(services: Services, body: NewTicket, key: str) -> tuple[Ticket, bool]:
    """The ticket, and whether it is new. Raises ConflictingRepeat."""
    now = services.clock()
    judged = assess(body.summary)
    draft = TicketDraft(
        category=body.category or judged.category,
        priority=body.priority or judged.priority,
        summary=body.summary,
        slots=body.slots,
        reason="api",
        handoff=False,
    )
    with services.db.write() as session:
        contact = contacts.for_identity(session, CHANNEL, body.contact.id, now=now)
        contacts.describe(session, contact.id, name=body.contact.name, phone=body.contact.phone)
        opened = tickets.open_ticket(session, draft, key=f"api:{key}", contact_id=contact.id, by=ACTOR, now=now)
    return opened.ticket, opened.fresh


def one(services: Services, number: str, *, events: bool) -> tuple[Ticket, tuple[TicketEvent, ...] | None]:
    """Raises NotFound, MalformedNumber."""
    with services.db.read() as session:
        return tickets.get(session, number), tickets.events(session, number) if events else None


def page(services: Services, where: Filter, cursor: str | None, limit: int) -> tuple[tuple[Ticket, ...], str | None]:
    """Some tickets, and the cursor of the next ones: the number of the last. Raises NotFound, MalformedNumber."""
    with services.db.read() as session:
        after = None if cursor is None else tickets.get(session, cursor).id
        found = tickets.page(session, where, after=after, limit=limit + 1)
    return found[:limit], found[limit - 1].number if len(found) > limit else None


def note(services: Services, number: str, body: Note, key: str) -> Ticket:
    """Once for each key. Raises NotFound, MalformedNumber, ConflictingRepeat."""
    now = services.clock()
    with services.db.write() as session:
        if tickets.once(session, number, f"api:note:{key}", body.model_dump(), now=now):
            return tickets.note(session, number, body.text, by=ACTOR, now=now)
        return tickets.get(session, number)


def change(services: Services, number: str, body: Change, key: str) -> Ticket:
    """All of it or nothing, once for each key; the customer is told a solution. Raises NotFound, MalformedNumber,
    ConflictingRepeat, IllegalMove."""
    now = services.clock()
    with services.db.write() as session:
        conversation = _held(session, services, number)
        if tickets.once(session, number, f"api:change:{key}", body.model_dump(), now=now):
            tickets.change(session, number, priority=body.priority, category=body.category, by=ACTOR, now=now)
            if body.status is not None:
                _STEPS[body.status](session, services, number, body)
            if body.status == "resolved" and conversation is not None:
                told = Solved(services.wording, services.rules.asks, services.channels)
                told.tell(session, conversation, tickets.get(session, number), body.solution or "", now=now)
        ticket = tickets.get(session, number)
    if conversation is not None:
        services.hub.notify(conversation.id)
    return ticket


def _move(session: Session, services: Services, number: str, body: Change) -> None:
    to = body.status
    if to in ("in_progress", "waiting", "on_site") and tickets.get(session, number).status != to:
        tickets.move(session, number, to, by=ACTOR, now=services.clock())


_STEPS: dict[str, Callable[[Session, Services, str, Change], object]] = {
    "in_progress": _move,
    "waiting": _move,
    "on_site": _move,
    "resolved": lambda session, services, number, body: tickets.resolve(
        session, number, solution=body.solution or "", by=ACTOR, now=services.clock()
    ),
    "closed": lambda session, services, number, body: tickets.close(
        session, number, reason=body.reason or "", by=ACTOR, now=services.clock()
    ),
    "reopened": lambda session, services, number, body: tickets.reopen(
        session, number, reason=body.reason or "", by=ACTOR, now=services.clock()
    ),
}


def _held(session: Session, services: Services, number: str) -> Conversation | None:
    """The ticket's conversation, locked before the ticket, as everywhere."""
    found = tickets.get(session, number).conversation_id
    return None if found is None else conversations.update(session, found, {}, now=services.clock())
