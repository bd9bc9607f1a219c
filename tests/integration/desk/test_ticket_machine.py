"""Whatever is done to tickets, in whatever order: the events tell how they stand, and what is refused changes nothing."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, get_args

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy.orm import Session

from desk import contacts, promises, tickets
from desk.clock import FixedClock
from desk.database import Database
from desk.errors import DeskError
from desk.tables import AgentRow, IncidentRow
from desk.tickets import Priority, Status, TicketDraft, Tier
from desk.tickets.folding import standing
from desk.tickets.model import KINDS

START = datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc)
ACTORS = st.sampled_from(["agent:1", "agent:2", "bot", "system", "contact:1"])
WHICH = st.integers(0, 2)
AHEAD = st.integers(-30, 40).map(lambda hours: timedelta(hours=hours))


class Tickets(RuleBasedStateMachine):
    template: Path

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(self.template, self.folder / "desk.db")
        self.db = Database(f"sqlite:///{self.folder / 'desk.db'}").open()
        self.clock = FixedClock(START)
        with self.db.write() as session:
            for login in ("a", "b"):
                session.add(AgentRow(login=login, password_hash="-", name=login, role="agent", created_at=START))
            session.add(
                IncidentRow(title="t", category="login", words=[], signature="s", proposed_at=START, updated_at=START)
            )
            contact = contacts.for_identity(session, "web", "v", now=START)
            draft = TicketDraft("crash", "P3", "闪退", handoff=False)
            self.numbers = [
                tickets.open_ticket(session, draft, key=f"{n}", contact_id=contact.id, now=START).ticket.number
                for n in range(3)
            ]

    def teardown(self) -> None:
        if hasattr(self, "db"):
            self.db.close()
            shutil.rmtree(self.folder)

    def do(self, act: Callable[[Session, datetime], Any]) -> None:
        """Refused or not: what was refused has left no trace, and the caller could go on in the same transaction."""
        before = self.seen  # by the invariant, after the step before
        refused = False
        with self.db.write() as session:
            try:
                act(session, self.clock())
            except (DeskError, ValueError):
                refused = True  # and whatever it had done by then is committed
        assert not refused or self.everything() == before

    def everything(self) -> list[Any]:
        with self.db.read() as session:
            return [
                (tickets.get(session, one), tickets.events(session, one), tickets.links(session, one))
                for one in self.numbers
            ]

    @rule(minutes=st.integers(1, 2_000))
    def wait(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))

    @rule(n=WHICH, who=st.integers(1, 3), by=ACTORS)
    def assign(self, n: int, who: int, by: str) -> None:
        self.do(lambda session, now: tickets.assign(session, self.numbers[n], who, by=by, now=now))

    @rule(n=WHICH, to=st.sampled_from(get_args(Status)), by=ACTORS)
    def move(self, n: int, to: Status, by: str) -> None:
        self.do(lambda session, now: tickets.move(session, self.numbers[n], to, by=by, now=now))

    @rule(n=WHICH, to=st.sampled_from(get_args(Tier)), reason=st.sampled_from(["", "难"]))
    def move_tier(self, n: int, to: Tier, reason: str) -> None:
        self.do(lambda session, now: tickets.move_tier(session, self.numbers[n], to, reason=reason, by="bot", now=now))

    @rule(n=WHICH, priority=st.sampled_from([*get_args(Priority), "P9"]), skill=st.sampled_from([None, "", "BIM"]))
    def change(self, n: int, priority: Priority, skill: str | None) -> None:
        self.do(
            lambda session, now: tickets.change(
                session, self.numbers[n], priority=priority, skill=skill, summary=f"{now}", by="bot", now=now
            )
        )

    @rule(n=WHICH, by=ACTORS)
    def reply(self, n: int, by: str) -> None:
        self.do(lambda session, now: tickets.reply(session, self.numbers[n], by=by, now=now))

    @rule(n=WHICH)
    def heard(self, n: int) -> None:
        self.do(lambda session, now: tickets.heard(session, self.numbers[n], by="contact:1", now=now))

    @rule(n=WHICH, by=ACTORS)
    def resolve(self, n: int, by: str) -> None:
        self.do(lambda session, now: tickets.resolve(session, self.numbers[n], solution="好", by=by, now=now))

    @rule(n=WHICH, by=ACTORS)
    def close(self, n: int, by: str) -> None:
        self.do(lambda session, now: tickets.close(session, self.numbers[n], by=by, now=now))

    @rule(n=WHICH)
    def reopen(self, n: int) -> None:
        self.do(lambda session, now: tickets.reopen(session, self.numbers[n], by="contact:1", now=now))

    @rule(days=st.integers(0, 3))
    def settle(self, days: int) -> None:
        self.do(lambda session, now: tickets.close_resolved(session, before=now - timedelta(days=days), now=now))

    @rule(n=WHICH, ahead=st.none() | AHEAD, note=st.sampled_from(["", "问一下"]))
    def schedule(self, n: int, ahead: timedelta | None, note: str) -> None:
        self.do(
            lambda session, now: tickets.schedule(
                session, self.numbers[n], None if ahead is None else now + ahead, note, by="agent:1", now=now
            )
        )

    @rule(n=WHICH)
    def reach(self, n: int) -> None:
        self.do(lambda session, now: tickets.contact_reached(session, self.numbers[n], now=now))

    @rule(n=WHICH, ahead=st.none() | AHEAD, by=ACTORS)
    def consent(self, n: int, ahead: timedelta | None, by: str) -> None:
        until = None if ahead is None else self.clock() + ahead
        self.do(lambda session, now: tickets.consent(session, self.numbers[n], until, by=by, now=now))

    @rule(n=WHICH)
    def expire(self, n: int) -> None:
        self.do(lambda session, now: tickets.expire_consent(session, self.numbers[n], now=now))

    @rule(n=WHICH, incident=st.sampled_from([None, 1, 2]))
    def incident(self, n: int, incident: int | None) -> None:
        self.do(lambda session, now: tickets.set_incident(session, self.numbers[n], incident, by="system", now=now))

    @rule(n=WHICH, m=WHICH, kind=st.sampled_from(["duplicate", "related"]))
    def link(self, n: int, m: int, kind: Any) -> None:
        self.do(
            lambda session, now: tickets.link(session, self.numbers[n], self.numbers[m], kind, by="agent:1", now=now)
        )

    @rule(n=WHICH, m=WHICH)
    def unlink(self, n: int, m: int) -> None:
        self.do(lambda session, now: tickets.unlink(session, self.numbers[n], self.numbers[m], by="agent:1", now=now))

    @rule(n=WHICH, ahead=AHEAD)
    def promise(self, n: int, ahead: timedelta) -> None:
        self.do(lambda session, now: promises.make(session, self.numbers[n], "补丁", now + ahead, by="bot", now=now))

    @rule()
    def decide(self) -> None:
        self.do(lambda session, now: promises.break_due(session, now=now))

    @invariant()
    def the_events_tell_how_tickets_stand(self) -> None:
        if not hasattr(self, "numbers"):
            return
        self.seen = self.everything()
        for ticket, events, links in self.seen:
            assert standing(ticket) == tickets.fold(events)
            assert {event.kind for event in events} <= set(KINDS)
            assert (ticket.closed_at is not None) == (ticket.status == "closed")
            assert (ticket.resolved_at is None) or not ticket.open
            originals = [link for link in links if link.role == "original"]
            assert len(originals) <= 1
            if originals:  # no chains, no circles
                assert ticket.status == "closed"
                assert not any(link.role == "duplicate" for link in links)


def test_the_events_tell_everything(sqlite_template: Path) -> None:
    Tickets.template = sqlite_template
    run_state_machine_as_test(
        Tickets,
        settings=settings(
            max_examples=30, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
