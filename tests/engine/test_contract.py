from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import ActionExecuted, ActiveLoop, SessionStarted, SlotSet, deserialise_events

import contract
from contract.decisions import DECISIONS, from_json, to_json
from contract.errors import MalformedDecision, UnknownDecision
from contract.turn import TurnContext

SCHEMAS = Path(contract.__file__).parent
GOLDEN = Path(__file__).parents[1] / "contract" / "golden"
DECISIONS_GIVEN = sorted((GOLDEN / "decisions").glob("*.json"))
TURNS_GIVEN = sorted((GOLDEN / "turns").glob("*.json"))
ACTIONS_GIVEN = sorted((GOLDEN / "actions").glob("*.json"))


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_every_decision_is_among_the_golden_files() -> None:
    assert {read(path)["type"] for path in DECISIONS_GIVEN} == set(DECISIONS)
    assert TURNS_GIVEN
    assert ACTIONS_GIVEN


@pytest.mark.parametrize("path", DECISIONS_GIVEN, ids=lambda path: path.stem)
def test_a_golden_decision_is_the_same_in_this_python(path: Path) -> None:
    data = read(path)

    jsonschema.Draft202012Validator(read(SCHEMAS / "decisions.schema.json")).validate(data)
    assert to_json(from_json(data)) == data


@pytest.mark.parametrize("path", TURNS_GIVEN, ids=lambda path: path.stem)
def test_a_golden_turn_is_the_same_in_this_python(path: Path) -> None:
    data = read(path)

    jsonschema.Draft202012Validator(read(SCHEMAS / "turn.schema.json")).validate(data)
    assert TurnContext.from_json(data).to_json() == data


def test_what_is_not_agreed_is_refused_by_name() -> None:
    with pytest.raises(UnknownDecision):
        from_json({"type": "dance"})
    with pytest.raises(MalformedDecision):
        from_json({"type": "answer"})


@pytest.mark.parametrize("path", ACTIONS_GIVEN, ids=lambda path: path.stem)
def test_rasa_accepts_what_the_action_server_answers(path: Path) -> None:
    jsonschema.validate(read(path), RemoteAction.action_response_format_spec())


@pytest.mark.parametrize("path", ACTIONS_GIVEN, ids=lambda path: path.stem)
def test_rasa_understands_every_event_of_the_action_server(path: Path) -> None:
    data = read(path)

    assert len(deserialise_events(data["events"])) == len(data["events"])


def test_rasa_reads_the_start_of_an_episode_as_it_is_meant() -> None:
    events = deserialise_events(read(GOLDEN / "actions" / "session_start.json")["events"])

    assert [type(event) for event in events] == [SessionStarted, SlotSet, ActiveLoop, SlotSet, ActionExecuted]
    assert (events[2].name, events[3].key, events[3].value) == ("ticket_form", "requested_slot", "phone")
