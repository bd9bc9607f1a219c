from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from desk import agents, contacts, outbox, promises, tickets, viewers
from desk.agents import Agent
from desk.outbox import Delivery, lease
from desk.promises import Promise
from desk.tickets import CareRules, TicketDraft
from gateway.notifications.routes import Routes
from gateway.rules import ServiceRules
from gateway.timers.promises import promises as tick
from gateway.timers.timed_desk import TimedDesk
from tests.integration.gateway.turn_world import WORDING, World

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Watch:
    """A worker that ticks when it is told to, and an agent's ticket."""

    def __init__(self, world: World, care: CareRules | None = None) -> None:
        self.world = world
        self.agent: Agent = world.agent()
        self.lead = agents.create(world.db, "lead", "a long password", name="王组长", role="lead", now=world.clock())
        rules = ServiceRules(routes=Routes.default(("wecom",)), care=care or CareRules())
        self.desk = TimedDesk(
            world.db, world.clock, world.services.hours, WORDING, rules, "secret", world.services.channels
        )
        with world.db.write() as session:
            now = world.clock()
            contact = contacts.for_identity(session, "form", "x", now=now)
            draft = TicketDraft("crash", "P3", "闪退", handoff=False)
            opened = tickets.open_ticket(session, draft, key="k", contact_id=contact.id, now=now)
            self.number = opened.ticket.number
            tickets.assign(session, self.number, self.agent.id, by="system", now=now)

    def promise(self, due: datetime) -> Promise:
        with self.world.db.write() as session:
            by = self.agent.actor
            return promises.make(session, self.number, "给补丁", due, by=by, now=self.world.clock())

    def ticks(self, after: timedelta = timedelta(0), times: int = 1) -> int:
        self.world.clock.advance(after)
        return sum(tick(self.desk) for _ in range(times))

    def told(self) -> list[Delivery]:
        with self.world.db.write() as session:
            return list(lease(session, now=self.world.clock()))

    def events(self, kind: str) -> int:
        with self.world.db.read() as session:
            return [event.kind for event in tickets.events(session, self.number)].count(kind)


@pytest.fixture
def watch(turns_world: World) -> Watch:
    return Watch(turns_world)


def test_the_agent_is_reminded_half_an_hour_before(watch: Watch) -> None:
    watch.promise(watch.world.clock() + HOUR)
    assert watch.ticks(29 * MINUTE) == 0
    assert watch.ticks(MINUTE, times=3) == 1
    (notice,) = watch.told()
    assert notice.payload["event"] == "promise_due"
    assert "11:00" in notice.payload["title"]
    assert "承诺内容：给补丁" in str(notice.payload)


def test_a_broken_promise_is_told_once_however_late_the_timer_is(watch: Watch) -> None:
    made = watch.promise(watch.world.clock() + HOUR)
    assert watch.ticks(4 * HOUR, times=2) == 1
    (notice,) = watch.told()
    assert (notice.payload["event"], watch.events("promise_broken")) == ("promise_broken", 1)
    assert "处理人：李伟" in str(notice.payload)
    with watch.world.db.read() as session:
        assert promises.get(session, made.id).state == "broken"


def test_a_promise_kept_in_time_is_nobodys_worry(watch: Watch) -> None:
    made = watch.promise(watch.world.clock() + HOUR)
    with watch.world.db.write() as session:
        promises.keep(session, made.id, by=watch.agent.actor, now=watch.world.clock())
    assert watch.ticks(2 * HOUR) == 0
    assert watch.told() == []


def test_a_promise_that_its_solution_kept_is_decided_quietly(watch: Watch) -> None:
    watch.promise(watch.world.clock() + HOUR)
    with watch.world.db.write() as session:
        tickets.resolve(session, watch.number, solution="好了", by=watch.agent.actor, now=watch.world.clock())
    assert watch.ticks(2 * HOUR, times=2) == 1
    assert (watch.told(), watch.events("promise_kept")) == ([], 1)


def test_the_next_contact_is_told_once_for_each_time_set(watch: Watch) -> None:
    for n in (1, 2):
        at = watch.world.clock() + HOUR
        with watch.world.db.write() as session:
            tickets.schedule(session, watch.number, at, "问问装好没有", by=watch.agent.actor, now=watch.world.clock())
        assert watch.ticks(59 * MINUTE) == 0
        assert watch.ticks(MINUTE, times=2) == 1
        (notice,) = watch.told()
        assert notice.payload["event"] == "next_contact"
        assert "问问装好没有" in str(notice.payload)
        assert watch.events("next_contact") == n
        with watch.world.db.write() as session:
            outbox.mark_sent(session, notice, now=watch.world.clock())


def test_the_end_of_a_consent_is_noted_once(watch: Watch) -> None:
    now = watch.world.clock()
    with watch.world.db.write() as session:
        tickets.consent(session, watch.number, now + HOUR, by=watch.agent.actor, now=now)
    assert watch.ticks(30 * MINUTE) == 0
    assert watch.ticks(3 * HOUR, times=2) == 1
    assert watch.events("consented") == 2


def test_what_is_settled_is_closed_after_a_week(watch: Watch) -> None:
    with watch.world.db.write() as session:
        tickets.resolve(session, watch.number, solution="好了", by=watch.agent.actor, now=watch.world.clock())
    assert watch.ticks(7 * DAY) == 0
    assert watch.ticks(MINUTE, times=2) == 1
    assert watch.events("closed") == 1


def test_a_vendor_may_leave_them_resolved(turns_world: World) -> None:
    watch = Watch(turns_world, CareRules(close_after_days=0))
    with turns_world.db.write() as session:
        tickets.resolve(session, watch.number, solution="好了", by=watch.agent.actor, now=turns_world.clock())
    assert watch.ticks(100 * DAY) == 0


def test_without_routes_everything_happens_all_the_same(watch: Watch) -> None:
    watch.desk = replace(watch.desk, rules=ServiceRules())
    watch.promise(watch.world.clock() + HOUR)
    assert watch.ticks(2 * HOUR) == 1
    assert (watch.told(), watch.events("promise_broken")) == ([], 1)


def test_viewers_of_yesterday_are_forgotten(watch: Watch) -> None:
    with watch.world.db.write() as session:
        viewers.look(session, 1, watch.agent.id, "reading", now=watch.world.clock())
    watch.ticks(2 * DAY)
    with watch.world.db.write() as session:
        assert viewers.forget(session, before=watch.world.clock() + DAY) == 0


def test_rules_that_cannot_be_meant_are_refused() -> None:
    for wrong in ({"promise_warning": -MINUTE}, {"close_after_days": -1}):
        with pytest.raises(ValueError, match="before a promise"):
            CareRules(**wrong)  # type: ignore[arg-type]
