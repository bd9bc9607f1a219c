"""解决了吗, a day after a ticket was resolved: asked once, by day, where and when the customer can hear it.

Whoever cannot be reached is asked with their next turn: see `gateway.care.asking.with_turn`.
"""

from __future__ import annotations

from datetime import datetime

from desk import asks as desk_asks
from desk import conversations
from desk.asks import Ask
from desk.conversations import Change
from desk.session import Session
from gateway import render
from gateway.care import asking
from gateway.care.notices import Reachable
from gateway.care.telling import say
from gateway.render import Voice
from gateway.timers.one_by_one import one_by_one
from gateway.timers.timed_desk import TimedDesk

_AT_ONCE = 50


def asks(desk: TimedDesk) -> int:
    """Plan, ask and expire; how many customers were asked, each in a transaction of their own. Raises StoreError."""
    now, rules = desk.clock(), desk.rules.asks
    _prepare(desk, now)
    if not rules.awake(now, desk.hours.tz):
        return 0
    channels = desk.channels.reachable(now)
    with desk.db.read() as session:
        due = desk_asks.due(session, channels, now=now, limit=_AT_ONCE)
    return one_by_one(
        desk.db, due, lambda session, one: _asked(session, desk, one, channels, desk.clock()), "not asked"
    )


def _prepare(desk: TimedDesk, now: datetime) -> None:
    """Each in a transaction of its own, and only where there is something: what is expired is held by nobody who waits
    for a conversation."""
    rules = desk.rules.asks
    with desk.db.read() as session:
        old = desk_asks.to_expire(session, rules, now=now)
        new = desk_asks.to_plan(session, rules, now=now)
    if old:
        with desk.db.write() as session:
            desk_asks.expire(session, rules, now=now)
    if new:
        with desk.db.write() as session:
            desk_asks.plan(session, rules, now=now)


def _asked(session: Session, desk: TimedDesk, one: Ask, channels: Reachable, now: datetime) -> bool:
    conversation = conversations.update(session, one.conversation_id, {}, now=now)  # locks; turns lock it first, too
    if not desk_asks.due(session, channels, ask_id=one.id, now=now) or not desk_asks.ask(session, one.id, now=now):
        return False
    if conversation.state == "closed":  # the answer is to be understood as one
        conversation = conversations.update(session, conversation.id, Change(state="bot"), now=now)
    voice = Voice(conversation.script, conversation.region)
    reply = asking.question(voice, desk.wording, one, desk_asks.ticket_of(session, one))
    say(session, conversation, reply, key=f"ask:{one.id}", channels=desk.channels, now=now)
    offered = Change(choices=render.options_of([reply]), choices_until=now + asking.ANSWERABLE)
    conversations.update(session, conversation.id, offered, now=now)
    return True
