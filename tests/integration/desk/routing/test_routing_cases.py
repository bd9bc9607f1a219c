from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from desk.clock import FixedClock
from desk.database import Database
from tests.integration.desk.routing.routing_world import built, moment, name_of

CASES = yaml.safe_load((Path(__file__).parent / "routing_cases.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_ticket_goes_where_the_table_says(db: Database, case: Mapping[str, Any]) -> None:
    desk, number = built(db, FixedClock(moment(case.get("now", "mo 10:00"))), case)

    routed = desk.dispatch(number)

    assert (name_of(routed), routed.reason.code) == (case["gets"], case["because"])
    if "woken" in case:
        assert [agent.name for agent in routed.wake] == case["woken"]
    holder = desk.of(number).assignee_id
    assert holder == (desk.id_of(case["gets"]) if case["gets"] else None)


def test_the_table_is_long_enough_and_says_each_thing_once() -> None:
    names = [case["name"] for case in CASES]
    assert len(set(names)) == len(names) >= 60
