from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from desk import sla, tickets
from desk.agents import Agent
from desk.calendar import SpecialDay, WorkingHours, statutory_days
from desk.clock import FixedClock
from desk.conversations import Conversation
from desk.database import Database
from desk.sla import Clock, Mark, SlaRules
from desk.tables import SlaClockRow, SlaMarkRow
from desk.tickets import Ticket, TicketDraft

RULES = SlaRules()
HOURS = WorkingHours(table=statutory_days())
MINUTES, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def desk(db: Database, clock: FixedClock, conversation: Conversation, agent: Agent) -> Desk:
    return Desk(db, clock, conversation, agent)


class Desk:
    """A desk, its clock (Monday 10:00) and its timer."""

    def __init__(self, db: Database, clock: FixedClock, conversation: Conversation, agent: Agent) -> None:
        self.db, self.clock, self.conversation, self.agent = db, clock, conversation, agent
        self.opened = 0

    def ticket(self, priority: str = "P3", tier: str = "L1", category: str = "other") -> Ticket:
        self.opened += 1
        draft = TicketDraft(category, priority, "闪退", tier=tier, handoff=False)
        with self.db.write() as session:
            return tickets.open_ticket(
                session, draft, key=f"key-{self.opened}", contact_id=self.conversation.contact_id, now=self.clock()
            ).ticket

    def tick(self, rules: SlaRules = RULES, hours: WorkingHours = HOURS) -> tuple[Mark, ...]:
        with self.db.write() as session:
            sla.project(session, rules, hours, now=self.clock())
            return sla.mark_due(session, rules, hours, now=self.clock())

    def after(self, time: timedelta) -> tuple[Mark, ...]:
        self.clock.advance(time)
        return self.tick()

    def clocks(self, ticket: Ticket, hours: WorkingHours = HOURS) -> dict[str, Clock]:
        with self.db.read() as session:
            found = sla.clocks(session, (ticket.id,), RULES, hours, self.clock())
        return {clock.kind: clock for clock in found[ticket.id]}

    def kinds(self, ticket: Ticket) -> list[str]:
        with self.db.read() as session:
            return [event.kind for event in tickets.events(session, ticket.number)]


def said(marks: tuple[Mark, ...]) -> list[tuple[str, str]]:
    return [(mark.kind, mark.name) for mark in marks]


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def test_a_first_response_is_warned_of_then_escalated_and_broken(desk: Desk) -> None:
    ticket = desk.ticket()
    assert said(desk.after(47 * MINUTES)) == []
    assert said(desk.after(MINUTES)) == [("first_response", "warned")]
    assert said(desk.after(11 * MINUTES)) == []
    marks = desk.after(MINUTES)
    assert said(marks) == [("first_response", "escalated"), ("first_response", "breached")]
    assert [(mark.tier, mark.ticket.tier) for mark in marks] == [("L1", "L2"), ("L2", "L2")]
    assert desk.kinds(ticket) == ["opened", "sla_warned", "sla_escalated", "sla_breached"]


def test_what_was_recorded_is_never_recorded_again(desk: Desk) -> None:
    desk.ticket()
    assert len(desk.after(2 * HOUR)) == 3
    assert desk.tick() == ()
    assert desk.after(MINUTES) == ()


def test_each_clock_escalates_by_one_tier_and_l3_stays(desk: Desk) -> None:
    ticket = desk.ticket()
    desk.after(2 * HOUR)
    marks = desk.after(6 * HOUR)  # 18:00: resolution was due at 15:30, and warned of at 14:42
    assert said(marks) == [("resolution", "warned"), ("resolution", "escalated")]
    assert marks[-1].ticket.tier == "L3"
    assert desk.clocks(ticket)["plan"].state == "running"
    desk.after(timedelta(days=7))
    with desk.db.read() as session:
        assert tickets.get(session, ticket.number).tier == "L3"


def test_a_timer_that_was_dead_for_three_hours_records_all_of_it_in_order_with_the_times_it_was_due(desk: Desk) -> None:
    desk.ticket("P1")
    marks = desk.after(3 * HOUR + 15 * MINUTES)  # 13:15
    assert [(mark.kind, mark.name, mark.due_at) for mark in marks] == [
        ("first_response", "warned", at("11-23T10:12")),
        ("first_response", "escalated", at("11-23T10:15")),
        ("first_response", "breached", at("11-23T10:15")),
        ("resolution", "warned", at("11-23T13:12")),
    ]


def test_a_dead_timer_does_not_warn_of_what_was_done_meanwhile_but_keeps_what_was_broken(desk: Desk) -> None:
    late, in_time = desk.ticket("P1"), desk.ticket("P1")
    desk.clock.advance(13 * MINUTES)
    with desk.db.write() as session:
        tickets.reply(session, in_time.number, by=desk.agent.actor, now=desk.clock())
    desk.clock.advance(HOUR)
    with desk.db.write() as session:
        tickets.reply(session, late.number, by=desk.agent.actor, now=desk.clock())
    marks = desk.after(HOUR)
    assert [(mark.ticket.id, mark.kind, mark.name) for mark in marks] == [(late.id, "first_response", "breached")]


def test_a_warning_is_due_when_it_should_have_been_even_if_the_ticket_waits_by_now(desk: Desk) -> None:
    ticket = desk.ticket()
    desk.clock.advance(5 * HOUR)  # 15:00, 18 minutes after the warning
    with desk.db.write() as session:
        tickets.reply(session, ticket.number, by=desk.agent.actor, now=at("11-23T10:10"))
        tickets.move(session, ticket.number, "waiting", by=desk.agent.actor, now=desk.clock())
    marks = desk.after(timedelta(days=3))
    assert [(mark.name, mark.due_at) for mark in marks] == [("warned", at("11-23T14:42"))]


def test_a_raised_priority_that_is_over_by_now_is_escalated_at_once(desk: Desk) -> None:
    ticket = desk.ticket()
    assert desk.after(30 * MINUTES) == ()
    with desk.db.write() as session:
        tickets.change(session, ticket.number, priority="P1", by=desk.agent.actor, now=desk.clock())
    assert said(desk.tick()) == [
        ("first_response", "warned"),
        ("first_response", "escalated"),
        ("first_response", "breached"),
    ]


def test_two_machines_record_each_mark_once(desk: Desk) -> None:
    for _ in range(20):
        desk.ticket("P1")
    desk.clock.advance(5 * HOUR)
    barrier = Barrier(2)

    def machine(_: int) -> tuple[Mark, ...]:
        barrier.wait()
        return tuple(mark for _ in range(6) for mark in desk.tick())

    with ThreadPoolExecutor(2) as pool:
        marks = [(mark.ticket.id, mark.kind, mark.name) for found in pool.map(machine, range(2)) for mark in found]

    assert len(marks) == len(set(marks)) == 20 * 6
    with desk.db.read() as session:
        assert session.scalar(select(func.count()).select_from(SlaMarkRow)) == 20 * 6
        kinds = [event.kind for one in tickets.listing(session) for event in tickets.events(session, one.number)]
        assert {one.tier for one in tickets.listing(session)} == {"L3"}
    assert [kinds.count(f"sla_{name}") for name in ("warned", "escalated", "breached")] == [40, 40, 40]


def test_a_transaction_that_is_undone_leaves_its_marks_to_the_next(desk: Desk) -> None:
    desk.ticket("P1")
    desk.clock.advance(HOUR)

    def killed() -> None:
        with desk.db.write() as session:
            sla.project(session, RULES, HOURS, now=desk.clock())
            assert len(sla.mark_due(session, RULES, HOURS, now=desk.clock())) == 3
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        killed()
    assert len(desk.tick()) == 3


def test_changed_rules_do_not_rewrite_the_terms_of_tickets_that_were_counted_before(desk: Desk) -> None:
    old = desk.ticket()
    desk.tick()
    strict = replace(RULES, first_response={**RULES.first_response, "P3": 10 * 60})
    new = desk.ticket()
    desk.clock.advance(10 * MINUTES)
    assert [mark.ticket.id for mark in desk.tick(strict)] == [new.id] * 3
    assert desk.clocks(old)["first_response"].target == 3600
    assert desk.clocks(new)["first_response"].target == 600


def test_an_edited_calendar_moves_the_clocks_of_open_tickets_and_leaves_done_ones(desk: Desk) -> None:
    done, still_open = desk.ticket(), desk.ticket()
    desk.clock.advance(2 * HOUR)
    with desk.db.write() as session:
        tickets.resolve(session, done.number, solution="重装", by=desk.agent.actor, now=desk.clock())
    desk.tick()
    free = replace(HOURS, own={date(2026, 11, 23): SpecialDay("holiday", "停电")})
    with desk.db.write() as session:
        assert sla.reproject_open(session, RULES, free, now=desk.clock()) == 1
        assert sla.reproject_open(session, RULES, free, now=desk.clock()) == 0
    assert desk.clocks(still_open, free)["resolution"].due_at == at("11-24T14:00")


def test_clocks_count_what_the_timer_has_not_counted_yet_and_write_nothing(desk: Desk) -> None:
    ticket = desk.ticket()
    desk.clock.advance(30 * MINUTES)
    before = desk.clocks(ticket)
    assert (before["first_response"].used, before["first_response"].share) == (1800, 0.5)
    assert before["first_response"].remaining == 1800
    desk.tick()
    assert desk.clocks(ticket) == before
    with desk.db.write() as session:
        tickets.reply(session, ticket.number, by=desk.agent.actor, now=desk.clock())
    assert (desk.clocks(ticket)["first_response"].state, desk.clocks(ticket)["first_response"].met) == ("stopped", True)


def test_an_unknown_ticket_has_no_clocks(desk: Desk) -> None:
    with desk.db.read() as session:
        assert sla.clocks(session, (), RULES, HOURS, desk.clock()) == {}
        assert sla.clocks(session, (404,), RULES, HOURS, desk.clock()) == {}


def test_many_tickets_are_counted_some_at_a_time(desk: Desk) -> None:
    for _ in range(5):
        desk.ticket()
    with desk.db.write() as session:
        done = [sla.project(session, RULES, HOURS, now=desk.clock(), limit=2) for _ in range(4)]
    assert done == [2, 2, 1, 0]


def test_a_ticket_reopened_and_solved_again_while_the_timer_was_dead_for_weeks_is_counted(desk: Desk) -> None:
    ticket = desk.ticket()
    with desk.db.write() as session:
        tickets.resolve(session, ticket.number, solution="重装", by=desk.agent.actor, now=desk.clock())
    desk.after(MINUTES)
    with desk.db.write() as session:
        tickets.reopen(session, ticket.number, by="system", now=desk.clock())
        desk.clock.advance(HOUR)
        tickets.resolve(session, ticket.number, solution="再装", by=desk.agent.actor, now=desk.clock())
    desk.after(timedelta(weeks=5))
    with desk.db.read() as session:
        (row,) = session.scalars(select(SlaClockRow).where(SlaClockRow.kind == "resolution"))
    assert (row.state, row.used) == ("stopped", 3600)


def test_what_was_due_more_than_a_week_ago_is_kept_and_nobody_is_woken_for_it(desk: Desk) -> None:
    ticket = desk.ticket("P1")
    assert desk.after(timedelta(days=8)) == ()
    assert desk.kinds(ticket) == ["opened"]
    assert [(clock.warned, clock.escalated, clock.breached) for clock in desk.clocks(ticket).values()] == [
        (True, True, True),
        (True, True, True),
    ]
    assert desk.tick() == ()
