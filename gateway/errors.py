"""Errors of the gateway; each carries the status and the code an HTTP client sees.

GatewayError
├── NoReply              the engine said nothing, said it too late or not at all (handled in turn.py)
├── NoDirectAnswer       the action server could not be asked either
├── BadRequest           400: the request itself is broken
├── NotSignedIn          401: no session, or one that has ended
├── Forbidden            403
├── Missing              404
├── TooLarge             413: the body or the text is over its limit
├── Unusable             422: understood, but of no use (empty text, lone surrogate)
└── TooMany              429: slow down
"""

from __future__ import annotations


class GatewayError(Exception):
    """Something the gateway could not do. `key` names the sentence in `wording/errors.yml`; `retry_after` are the
    seconds after which it is worth trying again, None where nobody knows."""

    status = 500
    key = "internal"
    retry_after: int | None = None

    def __init__(self, key: str | None = None, **values: object) -> None:
        super().__init__(key or self.key)
        self.key = key or self.key
        self.values = values


class NoReply(GatewayError):
    """The engine has no answer for this turn; the reason is for the log and the trace."""


class NoDirectAnswer(GatewayError):
    """The action server is not there, or not in time."""


class BadRequest(GatewayError):
    status = 400
    key = "bad_request"


class NotSignedIn(GatewayError):
    status = 401
    key = "not_signed_in"


class Forbidden(GatewayError):
    status = 403
    key = "forbidden"


class Missing(GatewayError):
    status = 404
    key = "missing"


class TooLarge(GatewayError):
    status = 413
    key = "too_large"


class Unusable(GatewayError):
    status = 422
    key = "unusable"


class TooMany(GatewayError):
    status = 429
    key = "too_many"

    def __init__(self, key: str | None = None, *, retry_after: int | None = None, **values: object) -> None:
        super().__init__(key, **values)
        self.retry_after = retry_after
