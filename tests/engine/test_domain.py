from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FORM = "ticket_form"
RASA = {"action_listen", "action_deactivate_loop"}  # actions that Rasa brings along


def read(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob("*.yml")):
        yield yaml.safe_load(path.read_text(encoding="utf-8"))


def rules() -> list[dict[str, Any]]:
    return [rule for data in read(ROOT / "nlu_data" / "rules") for rule in data["rules"]]


def domain(part: str) -> Any:
    (found,) = [data[part] for data in read(ROOT / "bot" / "domain") if part in data]
    return found


INTENTS = sorted(name for intent in domain("intents") for name in intent)


def said(rule: dict[str, Any]) -> list[str]:
    return [step["intent"] for step in rule["steps"] if "intent" in step]


def inside(rule: dict[str, Any]) -> bool:
    return {"active_loop": FORM} in rule.get("condition", [])


def mapped(slot: str) -> set[str]:
    """The intents whose messages fill a slot that the form has just asked for."""
    found: set[str] = set()
    for mapping in domain("slots")[slot]["mappings"]:
        asked = {"active_loop": FORM, "requested_slot": slot} in mapping.get("conditions", [])
        if mapping["type"] == "from_intent" and asked:
            found |= {mapping["intent"]} if isinstance(mapping["intent"], str) else set(mapping["intent"])
        if mapping["type"] == "from_text" and asked:
            found |= set(INTENTS) - set(mapping["not_intent"])
    return found


# Whoever repeats the wish fills the slot by the action server: `actions.ticket_form` skips what was asked.
INSISTING = {"request_human", "ticket_create"}


@pytest.mark.parametrize("slot", ["phenomenon", "phone"])
def test_whatever_is_said_to_the_form_is_dealt_with(slot: str) -> None:
    ruled = {intent for rule in rules() if inside(rule) for intent in said(rule)}

    assert set(INTENTS) - ruled - mapped(slot) - INSISTING == set()


@pytest.mark.parametrize("intent", INTENTS)
def test_outside_the_form_every_intent_has_its_rule(intent: str) -> None:
    assert [rule["rule"] for rule in rules() if not inside(rule) and said(rule)[:1] == [intent]]


def test_no_two_rules_of_one_place_begin_with_the_same_intent() -> None:
    begun = [(inside(rule), said(rule)[0]) for rule in rules() if said(rule)]

    assert len(begun) == len(set(begun))


def test_rules_have_names_of_their_own() -> None:
    names = [rule["rule"] for rule in rules()]

    assert len(names) == len(set(names))


def test_every_intent_and_action_of_a_rule_is_in_the_domain() -> None:
    actions = {*domain("actions"), *domain("responses"), *domain("forms"), *RASA}

    assert {intent for rule in rules() for intent in said(rule)} <= set(INTENTS)
    assert {step["action"] for rule in rules() for step in rule["steps"] if "action" in step} <= actions
    assert {step["active_loop"] for rule in rules() for step in rule["steps"] if step.get("active_loop")} == {FORM}


def test_a_question_inside_the_form_leads_back_to_it_and_what_ends_it_ends_it() -> None:
    for rule in (rule for rule in rules() if inside(rule) and said(rule)):
        actions = [step["action"] for step in rule["steps"] if "action" in step]
        loops = [step["active_loop"] for step in rule["steps"] if "active_loop" in step]
        assert loops == ([FORM] if actions[-1] == FORM else [None])
        assert actions[-1] == FORM or actions[0] == "action_deactivate_loop"


def test_every_slot_the_form_asks_has_its_question_and_can_be_skipped() -> None:
    for slot in domain("forms")[FORM]["required_slots"]:
        (question,) = domain("responses")[f"utter_ask_{slot}"]
        assert question["custom"] == {"type": "asking", "form": FORM, "slot": slot}
        assert "跳过" in [button["payload"] for button in question["buttons"]]
        assert "skip" in mapped(slot)


def test_intents_of_a_mapping_exist() -> None:
    for slot in domain("slots").values():
        for mapping in slot.get("mappings", []):
            named = mapping.get("intent", []), mapping.get("not_intent", [])
            assert {name for group in named for name in ([group] if isinstance(group, str) else group)} <= set(INTENTS)
