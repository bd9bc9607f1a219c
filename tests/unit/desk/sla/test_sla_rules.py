from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from desk.sla import Kind, SlaRules

HOUR = 3600
RULES = SlaRules()


@pytest.mark.parametrize(
    ("kind", "priority", "category", "minutes", "limit", "wall"),
    [
        ("first_response", "P1", "other", 15, 15, True),
        ("first_response", "P2", "other", 60, 60, False),
        ("first_response", "P3", "other", 60, 60, False),
        ("first_response", "P4", "other", 120, 120, False),
        ("resolution", "P1", "other", 240, 240, True),
        ("resolution", "P1", "data_loss", 360, 360, True),
        ("resolution", "P2", "data_loss", 240, 1440, False),
        ("resolution", "P4", "other", 240, 1440, False),
        ("plan", "P1", "other", 1440, 1440, True),
        ("plan", "P3", "other", 1440, 1440, False),
    ],
)
def test_the_product_promises(kind: Kind, priority: str, category: str, minutes: int, limit: int, wall: bool) -> None:
    target = RULES.target(kind, priority, category)
    assert (target.seconds, target.breach, target.wall) == (minutes * 60, limit * 60, wall)
    assert target.warn == minutes * 48


def test_terms_are_json_and_come_back_as_they_were() -> None:
    assert SlaRules.of_terms(json.loads(json.dumps(RULES.terms()))).terms() == RULES.terms()


def test_terms_of_an_older_version_lack_what_was_added_since() -> None:
    old = {name: value for name, value in RULES.terms().items() if name != "plan"}
    assert SlaRules.of_terms({**old, "gone": 1}).plan == RULES.plan


def test_a_promise_is_never_broken_before_its_target() -> None:
    slow = replace(RULES, resolution={**RULES.resolution, "P3": 40 * HOUR})
    assert slow.target("resolution", "P3", "other").breach == 40 * HOUR


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"warn": 1.0}, "between 0 and 1, not 1"),
        ({"first_response": {"P1": 900}}, "first_response needs at least 60 seconds for P2, P3, P4"),
        ({"resolution": {**RULES.resolution, "P2": 0}}, "resolution needs at least 60 seconds for P2"),
        ({"plan": 5}, "plan needs at least 60 seconds, not 5"),
    ],
)
def test_rules_that_contradict_themselves_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(RULES, **change)
