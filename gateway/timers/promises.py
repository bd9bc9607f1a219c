"""Promises and appointments: reminded of in time, called broken when they are, and what is over is called over."""

from __future__ import annotations

from datetime import datetime, timedelta

from desk import agents, tickets, viewers
from desk import promises as kept
from desk.promises import Promise
from desk.session import Session
from gateway.notifications.staff import StaffNotice, tell, told_already
from gateway.timers.timed_desk import TimedDesk

FORGET_VIEWERS = timedelta(days=1)


def promises(desk: TimedDesk) -> int:
    """Remind of promises, decide those that are due, say when to write to a customer, end consents, close what is
    settled; how many things were done. Each is a transaction of its own."""
    done = _remind(desk) + _decide(desk) + _reach(desk) + _end_consents(desk) + _close(desk)
    _forget(desk)
    return done


def _remind(desk: TimedDesk) -> int:
    now = desk.clock()
    with desk.db.read() as session:
        near = kept.soon(session, now=now, within=desk.rules.care.promise_warning)
        known = {one.id for one in near if told_already(session, f"promise_due:{one.id}")}
    told = 0
    for promise in near:
        if promise.id in known:
            continue
        notice = StaffNotice(
            "promise_due",
            key=f"promise_due:{promise.id}",
            title=desk.wording.text("care.promise_due.title", time=_time(desk, promise.due_at)),
            lines=(
                desk.wording.text("care.promise_due.text", text=promise.text),
                desk.wording.text("care.promise_due.remedy"),
            ),
            number=promise.number,
            agents=_keeper(promise),
        )
        with desk.db.write() as session:
            told += bool(tell(session, notice, desk.rules.routes, now=now))
    return told


def _decide(desk: TimedDesk) -> int:
    now = desk.clock()
    with desk.db.read() as session:
        due = kept.due(session, now=now)
    done = 0
    for one in due:
        with desk.db.write() as session:
            promise = kept.decide(session, one.id, now=now)
            if promise is not None:
                done += 1
            if promise is not None and promise.state == "broken":
                tell(session, _broken(desk, session, promise), desk.rules.routes, now=now)
    return done


def _reach(desk: TimedDesk) -> int:
    now = desk.clock()
    with desk.db.read() as session:
        due = tickets.contacts_due(session, now=now)
    done = 0
    for one in due:
        with desk.db.write() as session:
            ticket = tickets.contact_reached(session, one.number, now=now)
            if ticket is None or ticket.next_contact_at is None:
                continue
            at, note = ticket.next_contact_at, ticket.next_contact_note
            lines: tuple[str, ...] = (desk.wording.text("care.next_contact.time", time=_time(desk, at)),)
            if note:
                lines += (desk.wording.text("care.next_contact.note", note=note),)
            who = (ticket.assignee_id,) if ticket.assignee_id is not None else _leads(session)
            title = desk.wording.text("care.next_contact.title")
            key = f"next_contact:{ticket.id}:{at.isoformat()}"
            notice = StaffNotice("next_contact", key=key, title=title, lines=lines, number=ticket.number, agents=who)
            tell(session, notice, desk.rules.routes, now=now)
            done += 1
    return done


def _end_consents(desk: TimedDesk) -> int:
    now, done = desk.clock(), 0
    with desk.db.read() as session:
        over = tickets.consents_over(session, now=now)
    for one in over:
        with desk.db.write() as session:
            done += tickets.expire_consent(session, one.number, now=now)
    return done


def _close(desk: TimedDesk) -> int:
    days, now = desk.rules.care.close_after_days, desk.clock()
    if not days:
        return 0
    before = now - timedelta(days=days)
    with desk.db.read() as session:  # writing takes turns: not for nothing
        if not tickets.settled(session, before=before):
            return 0
    with desk.db.write() as session:
        return len(tickets.close_resolved(session, before=before, now=now))


def _forget(desk: TimedDesk) -> None:
    before = desk.clock() - FORGET_VIEWERS
    with desk.db.read() as session:
        there = viewers.stale(session, before=before)
    if there:
        with desk.db.write() as session:
            viewers.forget(session, before=before)


def _broken(desk: TimedDesk, session: Session, promise: Promise) -> StaffNotice:
    names = {agent.id: agent.name for agent in agents.listing(session, active=None)}
    name = names.get(promise.assignee_id or 0) or desk.wording.text("care.nobody")
    return StaffNotice(
        "promise_broken",
        key=f"promise_broken:{promise.id}",
        title=desk.wording.text("care.promise_broken.title"),
        lines=(
            desk.wording.text("care.promise_broken.text", text=promise.text),
            desk.wording.text("care.promise_broken.due", time=_time(desk, promise.due_at), name=name),
            desk.wording.text("care.promise_broken.remedy"),
        ),
        number=promise.number,
        agents=tuple(dict.fromkeys((*_leads(session), *_keeper(promise)))),
    )


def _keeper(promise: Promise) -> tuple[int, ...]:
    """Who has the ticket, or, when nobody has it, the agent who promised."""
    if promise.assignee_id is not None:
        return (promise.assignee_id,)
    kind, _, number = promise.made_by.partition(":")
    return (int(number),) if kind == "agent" and number.isdigit() else ()


def _leads(session: Session) -> tuple[int, ...]:
    return tuple(one.id for one in agents.leads(session))


def _time(desk: TimedDesk, moment: datetime) -> str:
    local, today = moment.astimezone(desk.hours.tz), desk.clock().astimezone(desk.hours.tz).date()
    return f"{local:%H:%M}" if local.date() == today else f"{local:%m-%d %H:%M}"
