from __future__ import annotations

import shutil
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from desk import conversations, sla, tickets
from desk.calendar import SpecialDay, WorkingHours, own, read_hours, statutory_days
from desk.clock import FixedClock
from desk.database import Database
from desk.errors import IllegalMove
from desk.sla import SlaRules
from desk.sla.storing import columns, marks_of
from desk.tables import AgentRow, SlaClockRow, SlaRow
from desk.tickets import TicketDraft
from tests.integration.desk.test_sla_marks import at

priorities = st.sampled_from(["P1", "P2", "P3", "P4"])
actors = st.sampled_from(["agent:1", "bot", "system"])
RULES = SlaRules()


class Life(RuleBasedStateMachine):
    """Whatever happens to a ticket, in whatever order and at whatever time: what is stored is what comes out of its
    events alone, and what a page reads is the same."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="sla-"))
        shutil.copy(self.template, self.folder / "desk.db")
        self.db = Database(f"sqlite:///{self.folder}/desk.db").open()
        self.clock = FixedClock(at("02-13T15:00"))  # the Friday before the worked Saturday before 春节
        self.hours = WorkingHours(table=statutory_days())
        self.marks: list[tuple[int, str, str]] = []
        self.numbers: list[str] = []
        with self.db.write() as session:
            session.add(AgentRow(login="li", password_hash="-", name="李", role="agent", created_at=self.clock()))
            self.contact = conversations.open_for(session, "web", "visitor", now=self.clock()).contact_id

    def teardown(self) -> None:
        self.db.close()
        shutil.rmtree(self.folder)

    @initialize(priority=priorities)
    def first(self, priority: str) -> None:
        self.open(priority, "other", "L1")

    @rule(priority=priorities, category=st.sampled_from(["other", "data_loss"]), tier=st.sampled_from(["L1", "L3"]))
    def open(self, priority: str, category: str, tier: str) -> None:
        if len(self.numbers) < 3:
            draft = TicketDraft(category, priority, "闪退", tier=tier, handoff=False)
            key = f"key-{len(self.numbers)}"
            with self.db.write() as session:
                made = tickets.open_ticket(session, draft, key=key, contact_id=self.contact, now=self.clock())
            self.numbers.append(made.ticket.number)

    @rule(minutes=st.integers(0, 300), seconds=st.floats(0, 59))
    def wait(self, minutes: int, seconds: float) -> None:
        self.clock.advance(timedelta(minutes=minutes, seconds=seconds))

    @rule(days=st.integers(1, 5))
    def wait_long(self, days: int) -> None:
        self.clock.advance(timedelta(days=days))

    @rule(which=st.integers(0, 2), to=st.sampled_from(["in_progress", "waiting", "on_site"]))
    def move(self, which: int, to: Any) -> None:
        self.do(tickets.move, which, to, by="agent:1")

    @rule(which=st.integers(0, 2), by=actors)
    def reply(self, which: int, by: str) -> None:
        self.do(tickets.reply, which, by=by)

    @rule(which=st.integers(0, 2), priority=priorities, category=st.sampled_from(["other", "data_loss"]))
    def change(self, which: int, priority: str, category: str) -> None:
        self.do(tickets.change, which, priority=priority, category=category, by="agent:1")

    @rule(which=st.integers(0, 2), tier=st.sampled_from(["L1", "L2", "L3"]))
    def move_tier(self, which: int, tier: Any) -> None:
        self.do(tickets.move_tier, which, tier, reason="要看代码", by="agent:1")

    @rule(which=st.integers(0, 2))
    def plan(self, which: int) -> None:
        self.do(tickets.plan, which, "换一台服务器", by="agent:1")

    @rule(which=st.integers(0, 2), by=actors)
    def resolve(self, which: int, by: str) -> None:
        self.do(tickets.resolve, which, solution="重装", by=by)

    @rule(which=st.integers(0, 2), by=actors)
    def close(self, which: int, by: str) -> None:
        self.do(tickets.close, which, by=by)

    @rule(which=st.integers(0, 2))
    def reopen(self, which: int) -> None:
        self.do(tickets.reopen, which, by="system")

    @rule(which=st.integers(0, 2))
    def assign(self, which: int) -> None:
        self.do(tickets.assign, which, 1, by="system")

    @rule(
        day=st.dates(date(2026, 2, 13), date(2026, 3, 10)),
        special=st.builds(SpecialDay, st.sampled_from(["holiday", "workday", "ordinary"])),
    )
    def edit_calendar(self, day: date, special: SpecialDay) -> None:
        with self.db.write() as session:
            own.decide(session, day, special, by="agent:1", now=self.clock())
            self.hours = read_hours(session, self.hours)

    @rule()
    def tick(self) -> None:
        with self.db.write() as session:
            while sla.project(session, RULES, self.hours, now=self.clock()):
                pass
            found = sla.mark_due(session, RULES, self.hours, now=self.clock())
            self.marks += [(mark.ticket.id, mark.kind, mark.name) for mark in found]
            assert sla.mark_due(session, RULES, self.hours, now=self.clock()) == ()
        self.compare()

    @invariant()
    def no_mark_twice(self) -> None:
        assert len(self.marks) == len(set(self.marks))

    @invariant()
    def pages_read_what_the_events_say(self) -> None:
        with self.db.read() as session:
            for number in self.numbers:
                ticket = tickets.get(session, number)
                row = session.get(SlaRow, ticket.id)
                if row is not None and not ticket.open and row.calendar != self.hours.version:
                    continue  # what is done is not counted anew for an edited calendar
                read = sla.clocks(session, (ticket.id,), RULES, self.hours, self.clock())[ticket.id]
                marks = marks_of(session, (ticket.id,)).get(ticket.id, {})
                hands = sla.recompute(session, ticket.id, RULES, self.hours).hands
                told = [
                    hand.clock(self.clock(), self.hours, marks.get(kind, frozenset())) for kind, hand in hands.items()
                ]
                assert list(read) == told

    def compare(self) -> None:
        with self.db.read() as session:
            for number in self.numbers:
                ticket = tickets.get(session, number)
                kept = session.get_one(SlaRow, ticket.id)
                if kept.calendar != self.hours.version:
                    assert not ticket.open
                    continue
                marks = marks_of(session, (ticket.id,)).get(ticket.id, {})
                counted = sla.recompute(session, ticket.id, RULES, self.hours)
                assert kept.last_event_id == counted.last_event_id
                for kind, hand in counted.hands.items():
                    row = session.get_one(SlaClockRow, (ticket.id, kind))
                    wanted = columns(hand, self.hours, marks.get(kind, frozenset()))
                    assert {name: getattr(row, name) for name in wanted} == wanted
                    assert row.next_at is None or row.next_at > self.clock()

    def do(self, act: Any, which: int, *args: Any, **values: Any) -> None:
        number = self.numbers[which % len(self.numbers)]
        try:
            with self.db.write() as session:
                act(session, number, *args, **values, now=self.clock())
        except IllegalMove:
            pass


def test_what_is_stored_is_what_the_events_say_whatever_happens(sqlite_template: Path) -> None:
    Life.template = sqlite_template
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
