"""Rasa's check of every action answer against its schema, with the schema compiled once.

Rasa 3.6 builds the constant schema and checks the schema itself at every action call: 22 CPU ms of a
turn, measured, against 0.9 ms for the answer alone (decision 0008). The check stays exactly the same.
"""

from __future__ import annotations

from typing import Any, Dict

from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction


def compile_action_schema() -> None:
    """Replace `RemoteAction._validate_action_result` in this process; once or many times makes no difference."""
    schema = RemoteAction.action_response_format_spec()
    validator = validator_for(schema)(schema)

    def validated(_: RemoteAction, result: Dict[str, Any]) -> bool:
        validator.validate(result)  # raises ValidationError like Rasa's own
        return True

    RemoteAction._validate_action_result = validated
