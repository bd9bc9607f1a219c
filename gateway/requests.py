"""What the bodies of our JSON requests have in common."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator


class RequestBody(BaseModel):
    """Knows every key it takes, and takes only text that can be stored and sent on.

    JSON may spell half a surrogate pair; pydantic lets it through, and the database, the engine and our own
    answers would fail on it one by one. NUL is refused for PostgreSQL's sake.
    """

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _only_text(cls, data: Any) -> Any:
        if not _usable(data):
            raise ValueError("a text holds half a surrogate pair or a NUL character")
        return data


def _usable(data: Any) -> bool:
    """Every text in it, at any depth; without recursion, which deep nesting would exhaust."""
    left = [data]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            left += [*value, *value.values()]
        elif isinstance(value, list):
            left += value
        elif isinstance(value, str) and any(char == "\0" or "\ud800" <= char <= "\udfff" for char in value):
            return False
    return True
