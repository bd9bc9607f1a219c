"""Form bodies: read with limits, refused in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from starlette.requests import Request

from gateway.console.errors import Invalid
from gateway.console.labels import console_text
from gateway.console.services import services_of
from gateway.wording import Wording

Value = TypeVar("Value", bound=str)

LONGEST = {
    "text": 2_000, "note": 2_000, "solution": 500, "reason": 200, "question": 2_000, "login": 64, "name": 40,
    "password": 200, "current": 200, "key": 64, "overrule": 500, "comment": 500, "title": 100, "owner": 40,
    "entry_id": 100, "promise": 200, "shortcut": 20, "reply": 1_000, "plan": 2_000,
}  # fmt: skip
_MANY = 2_000  # fields of one form; a long list of entries to tick is the largest


@dataclass(frozen=True)
class Form:
    """The fields of one submission; of a name that comes several times, `fields` has the last value."""

    fields: Mapping[str, str]
    wording: Wording
    items: tuple[tuple[str, str], ...] = ()  # every field in order

    def every(self, field: str) -> tuple[str, ...]:
        """All values of a name, in order."""
        return tuple(value for name, value in self.items if name == field)

    def raw(self, field: str) -> str:
        """As it was typed but for the ends of lines; empty when it is missing. Somebody else checks it."""
        return self.fields.get(field, "").replace("\r\n", "\n")

    def text(self, field: str) -> str:
        """A field that must not be empty, without surrounding white space. Raises Invalid."""
        value = self.optional(field)
        if not value:
            raise Invalid("empty", field=self._label(field))
        return value

    def optional(self, field: str) -> str:
        """A field that may be empty. Raises Invalid when it is too long."""
        value = self.fields.get(field, "").strip().replace("\r\n", "\n")
        limit = LONGEST.get(field, 64)
        if len(value) > limit:
            raise Invalid("too_long", field=self._label(field), limit=limit, length=len(value))
        return value

    def secret(self, field: str) -> str:
        """A password, untouched; its length is the desk's business."""
        return self.fields.get(field, "")

    def option(self, field: str, allowed: Iterable[Value]) -> Value:
        """One of the allowed values. Raises Invalid."""
        value = self.optional(field)
        for one in allowed:
            if one == value:
                return one
        raise Invalid("unknown_value", field=self._label(field))

    def number(self, field: str) -> int:
        """A positive number. Raises Invalid."""
        value = self.optional(field)
        if not (value.isascii() and value.isdigit() and len(value) <= 18):
            raise Invalid("unknown_value", field=self._label(field))
        return int(value)

    def _label(self, field: str) -> str:
        return console_text(self.wording, f"field.{field}")


async def read_form(request: Request) -> Form:
    """The submitted form; uploaded files are ignored."""
    async with request.form(max_files=0, max_fields=_MANY) as data:
        # No database keeps a NUL, and nobody has typed one.
        items = tuple((name, value.replace("\0", "")) for name, value in data.multi_items() if isinstance(value, str))
    return Form(dict(items), services_of(request).wording, items)
