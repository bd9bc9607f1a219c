from __future__ import annotations

from typing import Any

import pytest

from bot.tools.guesses import best_intent, guess
from bot.tools.understand import understood

DECLINED: dict[str, Any] = {
    "text": "今天天气怎么样",
    "script": {"name": "hans", "region": "cn"},
    "intent": {"name": "out_of_scope", "confidence": 0.9},
    "intent_ranking": [{"name": "greet", "confidence": 0.3}, {"name": "bye", "confidence": 0.1}],
    "out_of_scope": {"score": 0.9, "decision": True},
    "entities": [],
    "codes": [],
}
EMPTY: dict[str, Any] = {"text": "", "intent": {"name": None, "confidence": 0.0}, "entities": []}


def said(intent: str, **more: Any) -> dict[str, Any]:
    return {**DECLINED, "intent": {"name": intent, "confidence": 1.0}, **more}


def test_a_declined_message_keeps_its_best_real_intent() -> None:
    result = understood(DECLINED)

    assert result["intent"] == {"name": "greet", "confidence": 0.3}
    assert result["out_of_scope"] == {"score": 0.9, "decision": True}


def test_what_a_rule_is_certain_of_is_in_scope() -> None:
    result = understood(said("ticket_status"))

    assert result["intent"] == {"name": "ticket_status", "confidence": 1.0}
    assert result["out_of_scope"]["decision"] is False


def test_an_empty_message_is_all_nulls() -> None:
    assert understood(EMPTY) == {
        "normalized": "",
        "script": "none",
        "region": None,
        "intent": {"name": None, "confidence": None},
        "out_of_scope": {"score": None, "decision": False},
        "wants_human": False,
        "priority": None,
        "category": None,
        "emotion": {"negative": False, "complaint": False},
        "slots": {},
        "codes": [],
    }


def test_the_first_value_of_an_entity_fills_the_slot() -> None:
    entities = [
        {"entity": "version", "value": "6.2", "start": 9, "end": 12},
        {"entity": "version", "value": "3.2", "start": 2, "end": 5},
        {"entity": "os", "value": "Windows 10", "start": 0, "end": 2},
    ]

    assert understood({**EMPTY, "entities": entities})["slots"] == {"os": "Windows 10", "version": "3.2"}


def test_codes_are_canonical_and_named_once() -> None:
    codes = [{"text": text, "canonical": "ERROR_403", "codes": ["ERROR_403"]} for text in ("403", "error 403")]
    unknown = {"text": "zz-99", "canonical": "ZZ-99", "codes": []}

    assert understood({**EMPTY, "codes": [*codes, unknown]})["codes"] == ["ERROR_403", "ZZ-99"]


def test_the_situation_fills_priority_category_and_emotion() -> None:
    situation = {"priority": "P1", "category": "crash", "negative": True, "complaint": False, "wants_human": True}

    result = understood({**EMPTY, "situation": situation})

    assert (result["priority"], result["category"], result["wants_human"]) == ("P1", "crash", True)
    assert result["emotion"] == {"negative": True, "complaint": False}


@pytest.mark.parametrize(
    ("intent", "heard", "wants"),
    [
        ("request_human", False, True),
        ("cancel_human", True, False),
        ("crash", True, True),
        ("crash", False, False),
        ("callback_request", None, True),
        ("crash", None, False),
    ],
)
def test_a_wish_for_a_human_is_what_the_engine_acts_on(intent: str, heard: bool | None, wants: bool) -> None:
    situation = {} if heard is None else {"situation": {"wants_human": heard}}

    assert understood(said(intent, **situation))["wants_human"] is wants


def test_a_pipeline_without_a_gate_is_scored_by_its_doubt() -> None:
    parsed = {
        "intent": {"name": "nlu_fallback", "confidence": 0.7},
        "intent_ranking": [{"name": "nlu_fallback", "confidence": 0.7}, {"name": "greet", "confidence": 0.25}],
    }

    found = guess(parsed)

    assert (found.intent, found.score, found.own_score, found.declined) == ("greet", 0.75, False, True)


def test_a_pipeline_with_a_gate_is_scored_by_it() -> None:
    assert guess(DECLINED).score == 0.9
    assert guess(said("ticket_status")).score == 0.0


def test_a_pipeline_without_a_ranking_still_has_its_intent() -> None:
    assert best_intent({"intent": {"name": "greet", "confidence": 0.4}}) == ("greet", 0.4)
    assert guess(EMPTY).intent == ""
