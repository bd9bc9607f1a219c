"""Who waits for a human for too long hears how things are, once for each wait; meanwhile the bot answers again."""

from __future__ import annotations

from desk import agents, conversations, queueing, sla, tickets
from desk.queueing import Waiting
from desk.session import Session
from desk.tickets import Ticket
from gateway import render
from gateway.care import promises
from gateway.care.telling import say
from gateway.notifications.staff import StaffNotice, tell
from gateway.render import Voice
from gateway.timers.one_by_one import one_by_one
from gateway.timers.timed_desk import TimedDesk


def queue(desk: TimedDesk) -> int:
    """Tell those whose queue has timed out, each in its own transaction; how many were told. Raises StoreError.

    Working time only: a worker that was down over night finds nobody late in the morning.
    """
    with desk.db.read() as session:
        late = queueing.overdue(session, desk.rules.queue, desk.hours, now=desk.clock())
    return one_by_one(desk.db, late, lambda session, one: _timed_out(session, desk, one), "queue not timed out")


def _timed_out(session: Session, desk: TimedDesk, one: Waiting) -> bool:
    """Back to the bot, with one honest sentence; the ticket stays open and where it is."""
    now = desk.clock()
    conversations.update(session, one.conversation_id, {}, now=now)  # locks: nobody takes it meanwhile
    rules = desk.rules.queue
    still = queueing.overdue(session, rules, desk.hours, now=now, conversation_id=one.conversation_id)
    if one.number not in [each.number for each in still]:
        return False
    conversation = conversations.release(session, one.conversation_id, now=now)
    ticket = tickets.get(session, one.number)
    sentence = desk.wording.text(
        "waiting.time_out", number=ticket.number, who=_who(session, desk, ticket), when=_when(session, desk, ticket)
    )
    reply = render.text(Voice(conversation.script, conversation.region), sentence)
    key = f"queue:{ticket.number}:{one.event_id}"
    say(session, conversation, reply, key=key, channels=desk.channels, now=now)
    _remind(session, desk, ticket, key)
    return True


def _who(session: Session, desk: TimedDesk, ticket: Ticket) -> str:
    if ticket.assignee_id is None:
        return ""
    return desk.wording.text("turn.ticket.who", name=agents.get(session, ticket.assignee_id).name)


def _when(session: Session, desk: TimedDesk, ticket: Ticket) -> str:
    """The promise, or that it is broken; nothing once somebody has answered."""
    now = desk.clock()
    found = sla.clocks(session, [ticket.id], desk.rules.sla, desk.hours, now).get(ticket.id, ())
    first = next((clock for clock in found if clock.kind == "first_response"), None)
    if first is None or first.state == "stopped" or first.due_at is None:
        return ""
    due = promises.moment(desk.wording, first.due_at, desk.hours)
    return desk.wording.text("waiting.late" if first.remaining < 0 else "waiting.due", due=due)


def _remind(session: Session, desk: TimedDesk, ticket: Ticket, key: str) -> None:
    people = (ticket.assignee_id,) if ticket.assignee_id is not None else tuple(one.id for one in agents.leads(session))
    notice = StaffNotice(
        "queued",
        key,
        desk.wording.text("waiting.staff_title", number=ticket.number),
        (desk.wording.text("turn.staff.summary_line", summary=ticket.summary),),
        ticket.number,
        people,
    )
    tell(session, notice, desk.rules.routes, now=desk.clock())
