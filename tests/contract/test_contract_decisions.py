from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import contract
from contract.decisions import DECISIONS, Decision, from_json, to_json
from contract.errors import ContractError, MalformedDecision, UnknownDecision
from contract.turn import TurnContext

SCHEMAS = Path(contract.__file__).parent
GOLDEN = Path(__file__).parent / "golden"
DECISION_FILES = sorted((GOLDEN / "decisions").glob("*.json"))
TURN_FILES = sorted((GOLDEN / "turns").glob("*.json"))


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


DECISION = Draft202012Validator(read(SCHEMAS / "decisions.schema.json"))
TURN = Draft202012Validator(read(SCHEMAS / "turn.schema.json"))


@pytest.mark.parametrize("schema", [DECISION.schema, TURN.schema], ids=["decisions", "turn"])
def test_the_schemas_are_schemas(schema: Any) -> None:
    Draft202012Validator.check_schema(schema)


def test_every_decision_has_a_golden_example_and_a_line_in_the_schema() -> None:
    written = {read(path)["type"] for path in DECISION_FILES}
    agreed = {ref["$ref"].removeprefix("#/$defs/") for ref in DECISION.schema["oneOf"]}

    assert written == agreed == set(DECISIONS)


@pytest.mark.parametrize("path", DECISION_FILES, ids=lambda path: path.stem)
def test_a_golden_decision_is_valid_and_comes_back_unchanged(path: Path) -> None:
    data = read(path)

    DECISION.validate(data)
    assert to_json(from_json(data)) == data


@pytest.mark.parametrize("path", TURN_FILES, ids=lambda path: path.stem)
def test_a_golden_turn_is_valid_and_comes_back_unchanged(path: Path) -> None:
    data = read(path)

    TURN.validate(data)
    assert TurnContext.from_json(data).to_json() == data


def test_a_message_of_a_tool_has_no_context() -> None:
    context = TurnContext.from_json({})

    assert (context.turn_id, context.channel, context.misses, context.choice) == ("", "web", 0, None)


def test_a_turn_of_a_newer_release_is_read_all_the_same() -> None:
    data = {**read(TURN_FILES[0]), "mood": "sunny"}

    assert TurnContext.from_json(data) == TurnContext.from_json(read(TURN_FILES[0]))


WORD = st.text(min_size=1, max_size=8)
# What the type of a field does not say.
FIELDS = {"slots": st.dictionaries(WORD, WORD, max_size=3), "probability": st.floats(0, 1)}


def made(kind: Any) -> st.SearchStrategy[Any]:
    return st.builds(kind, **{f.name: FIELDS[f.name] for f in fields(kind) if f.name in FIELDS})


DECIDED = st.sampled_from(tuple(DECISIONS.values())).flatmap(made)


@given(DECIDED)
def test_every_decision_survives_the_wire(decision: Decision) -> None:
    assert from_json(json.loads(json.dumps(to_json(decision)))) == decision


@given(st.sampled_from(DECISION_FILES).map(read))
def test_keys_nobody_knows_are_ignored(data: dict[str, Any]) -> None:
    assert from_json({**data, "added_later": [1, 2]}) == from_json(data)


@pytest.mark.parametrize("data", [{}, {"type": "dance"}, {"type": None}, {"type": ["answer"]}, {"kind": "answer"}])
def test_a_type_nobody_agreed_on_is_refused_by_name(data: dict[str, Any]) -> None:
    with pytest.raises(UnknownDecision, match="is none of answer"):
        from_json(data)


@pytest.mark.parametrize("data", ["answer", None, [], 3])
def test_what_is_no_object_is_refused(data: Any) -> None:
    with pytest.raises(MalformedDecision):
        from_json(data)


def _without_each_required_field() -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{path.stem}-{name}", {key: value for key, value in read(path).items() if key != name})
        for path in DECISION_FILES
        for name in sorted(DECISION.schema["$defs"][read(path)["type"]]["required"])
        if name != "type"
    ]


@pytest.mark.parametrize("data", [pytest.param(data, id=name) for name, data in _without_each_required_field()])
def test_a_missing_field_is_refused_by_name_and_by_the_schema(data: dict[str, Any]) -> None:
    with pytest.raises(MalformedDecision, match=data["type"]):
        from_json(data)
    assert not DECISION.is_valid(data)


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("answer", "blocks", "一段话"),
        ("answer", "blocks", [1]),
        ("answer", "probability", "high"),
        ("answer", "probability", True),
        ("answer", "title", None),
        ("answer", "code", 403),
        ("choices", "options", [{"id": "entry:1"}]),
        ("choices", "options", ["entry:1"]),
        ("choices", "options", [{"id": 1, "label": "一"}]),
        ("choices", "options", {}),
        ("decline", "codes", "E1001"),
        ("handoff", "slots", ["phone"]),
        ("handoff", "slots", {"phone": 138}),
        ("feedback", "helpful", "no"),
        ("feedback", "helpful", 1),
        ("survey", "score", "5"),
        ("survey", "score", True),
        ("survey", "score", 4.5),
        ("asking", "slot", None),
    ],
)
def test_a_field_of_the_wrong_shape_is_refused_by_name_and_by_the_schema(name: str, field: str, value: Any) -> None:
    data = {**read(GOLDEN / "decisions" / f"{name}.json"), field: value}

    with pytest.raises(MalformedDecision):
        from_json(data)
    assert not DECISION.is_valid(data)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), st.lists, max_leaves=5))
def test_junk_raises_only_errors_of_the_contract(junk: Any) -> None:
    for name, path in ((name, GOLDEN / "decisions" / f"{name}.json") for name in DECISIONS):
        for key in read(path):
            try:
                from_json({**read(path), key: junk})
            except ContractError:
                continue
            assert key != "type" or junk == name
