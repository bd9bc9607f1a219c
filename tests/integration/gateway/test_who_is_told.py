"""Whom the team's notices name: the leads, or the administrators of a team that has none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.decisions import Complaint, TicketUrge
from desk import agents, outbox
from desk.agents import Role
from desk.clock import FixedClock
from gateway.notifications.routes import Routes
from gateway.rules import ServiceRules
from tests.integration.gateway.turn_world import HANDOFF, NOW, World, opened

RULES = ServiceRules(routes=Routes.default(["wecom"]))


@pytest.fixture
def office(gateway_template: Path, tmp_path: Path) -> Iterator[World]:
    with opened(gateway_template, tmp_path) as db:
        yield World(db, FixedClock(NOW), rules=RULES)


def named(world: World, event: str) -> set[str]:
    with world.db.write() as session:
        leased = outbox.lease(session, limit=100, now=world.clock())
    return {one["name"] for row in leased if row.payload["event"] == event for one in row.payload["people"]}


@pytest.mark.parametrize(
    ("roles", "leading"),
    [(("agent", "lead", "admin"), ["lead"]), (("agent", "admin"), ["admin"]), (("agent", "editor"), [])],
)
def test_leads_come_before_administrators(office: World, roles: tuple[Role, ...], leading: list[str]) -> None:
    for role in roles:
        office.agent(role, role, role)

    with office.db.read() as session:
        assert [one.login for one in agents.leads(session)] == leading


async def test_a_complaint_to_a_team_of_one_administrator_names_that_one(office: World) -> None:
    office.agent("admin", "值班客服", "admin")
    office.says(Complaint("等了三天没人管，我要投诉"))

    await office.say("等了三天没人管，我要投诉")

    assert named(office, "complaint") == {"值班客服"}


async def test_who_asks_to_hurry_while_nobody_has_the_ticket_reaches_that_one_too(office: World) -> None:
    office.agent("admin", "值班客服", "admin")
    office.says(HANDOFF)
    await office.say("转人工")
    office.says(TicketUrge(None))

    await office.say("催一下")

    assert named(office, "urged") == {"值班客服"}
