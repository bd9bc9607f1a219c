"""What every timer has in common: with nothing to do it takes no lock, whatever the calendar says it does not fall over,
and a ticket without a conversation is one like any other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from desk import contacts, conversations, incidents, promises, tickets
from desk.calendar import WorkingHours
from desk.clock import FixedClock
from desk.database import Database
from desk.errors import StoreBusy
from desk.incidents import Wanted
from desk.session import Session
from desk.tables import AgentRow
from desk.tickets import TicketDraft
from gateway.channels.known import all_channels
from gateway.notifications.routes import Routes
from gateway.rules import ServiceRules
from gateway.timers import TimedDesk
from gateway.timers.schedule import EVERY, Look
from gateway.wording import Wording
from tests.integration.gateway.turn_world import NOW, migrated

HOUR = timedelta(hours=1)
LOOKS = sorted(EVERY, key=lambda look: look.__name__)
RULES = ServiceRules(routes=Routes.default(["wecom"]))
UGLY = "𠮷野家👩‍👩‍👧 $number ${x} {{ 7*7 }} <script>alert(1)</script>=1+1\n" + "很长" * 900


class Watched(Database):
    """Counts the transactions that write; `busy`: there are none to be had."""

    written = 0
    busy = False

    @contextmanager
    def write(self) -> Iterator[Session]:
        if self.busy:
            raise StoreBusy("somebody else is writing")
        self.written += 1
        with super().write() as session:
            yield session


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Watched]:
    migrated(tmp_path / "desk.db")
    opened = Watched(f"sqlite:///{tmp_path}/desk.db")
    opened.open()
    yield opened
    opened.close()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def timed(db: Watched, clock: FixedClock) -> TimedDesk:
    said = Wording.load()
    channels = all_channels(said, pushes=True)
    return TimedDesk(db, clock, WorkingHours(), said, RULES, secret="s", channels=channels, webhook=True)


def agent(db: Database, now: datetime) -> int:
    with db.write() as session:
        row = AgentRow(
            login="an", password_hash="none", name=UGLY[:20], role="lead", active=True, created_at=now, presence="online",
            seen_at=now,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def busy_desk(db: Database, now: datetime, *, talk: bool) -> str:
    """A ticket with everything that timers look after: promises, consent, appointments, an incident that has ended."""
    lead = agent(db, now)
    by = f"agent:{lead}"
    with db.write() as session:
        draft = TicketDraft("crash", "P2", UGLY[:2000], {"error_code": "ERR-1"}, handoff=talk)
        if talk:
            conversation = conversations.open_for(session, "wechat", "o-1", now=now)
            owner, where = conversation.contact_id, conversation.id
            conversations.update(session, where, {"state": "waiting"}, now=now)
        else:
            owner, where = contacts.for_identity(session, "api", "crm-1", now=now).id, None
        contacts.describe(session, owner, name=UGLY[:40])
        number = tickets.open_ticket(
            session, draft, key="k", contact_id=owner, conversation_id=where, now=now
        ).ticket.number
        promises.make(session, number, UGLY[:200], now + 2 * HOUR, by=by, now=now)
        tickets.schedule(session, number, now + HOUR, UGLY[:200], by=by, now=now)
        tickets.consent(session, number, now + HOUR, by=by, now=now)
        wanted = Wanted(UGLY[:100], "crash", code="ERR-1", message=UGLY[:500])
        incident = incidents.propose(session, wanted, by=by, now=now)
        incidents.link_ticket(session, incident.id, number, by=by, now=now)
        incidents.confirm(session, incident.id, wanted, by=by, now=now)
        incidents.close(session, incident.id, UGLY[:500], by=by, now=now)
    return number


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.__name__)
def test_with_nothing_to_do_nothing_is_locked(look: Look, db: Watched, clock: FixedClock, timed: TimedDesk) -> None:
    busy_desk(db, clock(), talk=True)
    for _ in range(3):
        for each in LOOKS:
            each(timed)
    db.written = 0

    look(timed)

    assert db.written == 0


@pytest.mark.parametrize("talk", [True, False], ids=["with a conversation", "without one"])
@pytest.mark.parametrize("week", ["ordinary", "nobody works"])
def test_days_of_timers_go_through(
    talk: bool, week: str, db: Watched, clock: FixedClock, timed: TimedDesk, caplog: Any
) -> None:
    number = busy_desk(db, clock(), talk=talk)
    desk = timed if week == "ordinary" else replace(timed, hours=WorkingHours(week={}))
    for hours in range(40):
        for look in LOOKS:
            look(desk)
        if hours == 20:
            with db.write() as session:
                tickets.resolve(session, number, solution=UGLY[:500], by="agent:1", now=clock())
        clock.advance(3 * HOUR)

    assert not [line for line in caplog.records if line.levelname == "ERROR"]
    with db.read() as session:
        kinds = {event.kind for event in tickets.events(session, number)}
    assert {"promise_broken", "next_contact", "consented", "noted"} <= kinds


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.__name__)
def test_a_busy_store_is_said_and_made_up_for(look: Look, db: Watched, clock: FixedClock, timed: TimedDesk) -> None:
    busy_desk(db, clock(), talk=True)
    clock.advance(30 * HOUR)
    db.busy = True
    with suppress(StoreBusy):
        look(timed)
    db.busy = False
    for _ in range(2):
        for each in LOOKS:
            each(timed)
    with db.read() as session:
        assert promises.listing(session)[0].state == "broken"


def test_a_year_without_data_stops_nothing(db: Watched, clock: FixedClock, timed: TimedDesk) -> None:
    clock.advance(timedelta(days=365 * 12))
    busy_desk(db, clock(), talk=False)
    for look in LOOKS:
        look(timed)
