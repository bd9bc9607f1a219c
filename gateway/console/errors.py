"""Errors of the console, and what the agent reads about each error that can reach a page.

GatewayError
├── Forbidden
│   └── ForeignOrigin     a state-changing request that no page of ours sent
├── Unusable
│   └── Invalid           a form field is empty, too long or no option
├── NotYours              409: the conversation is not in this agent's hands
├── Answered              409: a colleague has answered since the agent looked
└── Unread                409: the customer has written since the agent looked
"""

from __future__ import annotations

from dataclasses import dataclass

from fastapi.exceptions import RequestValidationError

from desk import errors as desk
from gateway import errors as gateway
from gateway.attachments.errors import AttachmentError
from gateway.attachments.limits import AttachmentLimits
from gateway.attachments.telling import sentence
from gateway.console.labels import console_text
from gateway.wording import Wording


class ForeignOrigin(gateway.Forbidden):
    """Cross-site request forgery, or a proxy that changes the Host header."""

    key = "foreign"


class Invalid(gateway.Unusable):
    """A field of a form cannot be used."""


class NotYours(gateway.GatewayError):
    """Take the conversation over first."""

    status = 409
    key = "take_first"


class Answered(gateway.GatewayError):
    """Look at what was said, then send it all the same or not."""

    status = 409
    key = "answered"


class Unread(gateway.GatewayError):
    """The customer has written since the agent looked: no ticket waits for somebody who waits."""

    status = 409
    key = "unread"


@dataclass(frozen=True)
class Problem:
    """An error as the agent reads it."""

    status: int
    code: str
    sentence: str


# The first that fits; subclasses before their parents.
_KNOWN: tuple[tuple[type[Exception], int, str], ...] = (
    (gateway.NoDirectAnswer, 502, "knowledge"),
    (desk.NotFound, 404, "missing"),
    (desk.MalformedNumber, 404, "number"),
    (desk.AlreadyExists, 409, "taken_login"),
    (desk.NotAllowed, 403, "forbidden"),
    (desk.IllegalMove, 409, "stale"),
    (desk.EditConflict, 409, "stale"),
    (desk.ConflictingRepeat, 409, "repeat"),
    (desk.StoreFull, 503, "full"),
    (desk.StoreError, 503, "busy"),
    (desk.DeskError, 500, "internal"),
    (RequestValidationError, 400, "bad_request"),
)
HANDLED = (gateway.GatewayError, desk.DeskError, RequestValidationError)


def problem(error: Exception, wording: Wording, limits: AttachmentLimits | None = None) -> Problem:
    """Status, code and Chinese sentence of one of the HANDLED errors."""
    for kind, status, key in _KNOWN:
        if isinstance(error, kind):
            return Problem(status, key, console_text(wording, f"error.{key}"))
    if isinstance(error, AttachmentError):
        return Problem(error.status, error.key, sentence(error, wording, limits or AttachmentLimits()))
    if isinstance(error, gateway.GatewayError):
        return Problem(error.status, error.key, console_text(wording, f"error.{error.key}", **error.values))
    raise error
