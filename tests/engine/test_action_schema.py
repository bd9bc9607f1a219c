import jsonschema
import pytest
from rasa.core.actions.action import RemoteAction

from bot.action_schema import compile_action_schema

GOOD = {"events": [{"event": "slot", "name": "phone", "value": "1"}], "responses": [{"text": "好"}]}


@pytest.fixture
def compiled(monkeypatch):
    # Rasa's own method comes back after the test.
    monkeypatch.setattr(RemoteAction, "_validate_action_result", RemoteAction._validate_action_result)
    compile_action_schema()


def validate(result):
    return RemoteAction("action_answer", None)._validate_action_result(result)


def test_a_good_answer_of_an_action_passes(compiled):
    assert validate(GOOD) is True


@pytest.mark.parametrize(
    "bad",
    [
        {"events": [{"event": "nonsense"}], "responses": []},
        {"events": [], "responses": "none"},
        {"events": "none", "responses": []},
    ],
)
def test_a_bad_answer_is_refused_as_rasa_itself_refuses_it(bad, compiled):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(bad, RemoteAction.action_response_format_spec())
    with pytest.raises(jsonschema.ValidationError):
        validate(bad)
