"""The route class of the API: who comes in, how often, and how errors are told."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Security
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import Request
from starlette.responses import Response

from desk.errors import ConflictingRepeat, IllegalMove, MalformedNumber, NotFound
from gateway.errors import GatewayError, Missing, NotSignedIn, TooMany
from gateway.limits import Limits

PER_MINUTE = 600  # requests of one key
_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}")
_BEARER = HTTPBearer(auto_error=False, description="The key in var/secrets/api_key")


class Refused(GatewayError):
    """Understood, but not possible now."""

    status = 409
    key = "illegal_move"


class Unreadable(GatewayError):
    """Fields that are missing, unknown or of the wrong kind."""

    status = 422
    key = "invalid_fields"


class ApiRoute(APIRoute):
    """Tells errors as a program's author needs them: which field, which number, which key."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                raise Unreadable(fields="、".join(_fields(error)) or "JSON") from error
            except MalformedNumber as error:
                raise Missing("ticket_number") from error
            except NotFound as error:
                raise Missing("no_ticket") from error
            except ConflictingRepeat as error:
                raise Refused("key_used") from error
            except IllegalMove as error:
                raise Refused from error

        return told


def gate(key: str, per_minute: int) -> Any:
    """A dependency: the right key, not too often. Wrong keys are not counted: it is random and long, and nobody
    should be able to lock others out."""
    limits = Limits()

    def authorised(given: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)]) -> None:
        if given is None or not hmac.compare_digest(given.credentials.strip().encode(), key.encode()):
            raise NotSignedIn("api_key")
        try:
            limits.spend("api", "key", per_minute)
        except TooMany as slow:
            raise TooMany("api_limit", retry_after=slow.retry_after, limit=per_minute) from None

    return Depends(authorised)


def _fields(error: RequestValidationError) -> list[str]:
    """Their names, as far as they look like names: what was sent is not echoed."""
    named = (".".join(str(part) for part in problem["loc"][1:] if _named(part)) for problem in error.errors()[:5])
    return list(dict.fromkeys(name for name in named if name))


def _named(part: object) -> bool:
    return isinstance(part, str) and _FIELD.fullmatch(part) is not None
