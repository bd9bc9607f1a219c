"""What every request passes first: size, encoding, security headers. And one body for every error."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desk.errors import ConflictingRepeat, DeskError, NotFound, StoreBusy, StoreError, StoreFull
from gateway.errors import GatewayError
from gateway.wording import Wording

log = logging.getLogger(__name__)

# The console and the demo page load nothing from elsewhere; images may be data URLs (QR codes).
_CSP = "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'self'"
_BUSY = 2  # seconds after which a busy database is worth another try
_HEADERS = {
    b"content-security-policy": _CSP.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
}


class Guard:
    """ASGI middleware: refuses bodies over `max_body` bytes while they arrive and compressed ones at once.

    `larger` are limits of their own, by path, for that path and what is below it. The routes at `themselves` look
    after themselves: who has to be answered in a certain way, such as WeChat, cannot do with a 413.
    """

    def __init__(
        self,
        app: ASGIApp,
        max_body: int,
        wording: Wording,
        larger: Mapping[str, int] | None = None,
        themselves: Collection[str] = (),
    ) -> None:
        self._app = app
        self._max_body = max_body
        self._wording = wording
        self._larger = dict(larger or {})
        self._themselves = frozenset(themselves)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        send = _with_headers(send)
        if scope["path"] in self._themselves:
            await self._app(scope, receive, send)
            return
        limit = self._limit(scope["path"])
        try:
            self._check(dict(scope["headers"]), limit)
            await self._app(scope, self._counted(receive, limit), send)
        except _Refused as refused:
            await refused.response()(scope, receive, send)

    def _limit(self, path: str) -> int:
        return next(
            (size for start, size in self._larger.items() if _below(path, start)),
            self._max_body,
        )

    def _check(self, headers: dict[bytes, bytes], limit: int) -> None:
        if headers.get(b"content-encoding", b"identity").lower() != b"identity":
            raise _Refused(415, "compressed", self._wording.text("errors.compressed"))
        if _declared(headers) > limit:
            raise self._too_large(limit)

    def _counted(self, receive: Receive, limit: int) -> Receive:
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise self._too_large(limit)
            return message

        return counted

    def _too_large(self, limit: int) -> _Refused:
        return _Refused(413, "too_large_body", self._wording.text("errors.too_large_body", limit=limit))


def _below(path: str, start: str) -> bool:
    """Whether a path is `start` or under it; a `*` in there stands for one part."""
    wanted, given = start.split("/"), path.split("/")
    return len(given) >= len(wanted) and all(want in ("*", part) for want, part in zip(wanted, given, strict=False))


class _Refused(HTTPException):
    """A request not worth reading. An HTTPException, because FastAPI makes a 400 of anything else while it reads."""

    def __init__(self, status: int, code: str, sentence: str) -> None:
        super().__init__(status, sentence)
        self.code = code

    def response(self) -> JSONResponse:
        return body(self.status_code, self.code, self.detail)


def _declared(headers: dict[bytes, bytes]) -> int:
    length = headers.get(b"content-length", b"0")
    return int(length) if length.isdigit() else 0


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            present = {name for name, _ in message["headers"]}
            message["headers"] += [(name, value) for name, value in _HEADERS.items() if name not in present]
        await send(message)

    return sending


def body(status: int, code: str, message: str) -> JSONResponse:
    """The one shape of an error."""
    return JSONResponse({"error": {"code": code, "message": message}}, status_code=status)


def told(request: Request, status: int, code: str, message: str) -> Response:
    """An error as a program reads it; who has opened the address in a browser, such as a link to a file that is too
    old, gets the sentence alone."""
    if "text/html" in request.headers.get("accept", ""):
        return PlainTextResponse(message, status_code=status)
    return body(status, code, message)


def waiting(answer: Response, seconds: int | None) -> Response:
    """The same, telling programs when to try again, where that is known."""
    if seconds is not None:
        answer.headers["retry-after"] = str(seconds)
    return answer


def install_errors(app: FastAPI, wording: Wording) -> None:
    """Every error as `told` says; nothing of the request is echoed."""

    def said(request: Request, status: int, key: str, **values: Any) -> Response:
        return told(request, status, key, wording.text(f"errors.{key}", **values))

    @app.exception_handler(GatewayError)
    async def gateway_error(request: Request, error: GatewayError) -> Response:
        return waiting(said(request, error.status, error.key, **error.values), error.retry_after)

    @app.exception_handler(DeskError)
    async def desk_error(request: Request, error: DeskError) -> Response:
        status, key = _desk_status(error)
        if status >= 500:
            log.error("%s: %s", type(error).__name__, error)
        return waiting(said(request, status, key), _BUSY if status == 503 else None)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        # FastAPI's own handler echoes the input, and fails on a lone surrogate in it.
        fields = [".".join(str(part) for part in problem["loc"][1:]) for problem in error.errors()[:5]]
        log.info("refused a request: %s", fields)
        return said(request, 422, "bad_request")

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> Response:
        if isinstance(error, _Refused):
            return error.response()
        return said(request, error.status_code, "missing" if error.status_code == 404 else "bad_request")

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> Response:
        log.exception("unexpected error", exc_info=error)
        return said(request, 500, "internal")


def _desk_status(error: DeskError) -> tuple[int, str]:
    table: tuple[tuple[type[DeskError], int, str], ...] = (
        (StoreBusy, 503, "busy"),
        (StoreFull, 503, "full"),
        (StoreError, 503, "busy"),
        (ConflictingRepeat, 409, "conflict"),
        (NotFound, 404, "missing"),
    )
    return next(((status, key) for kind, status, key in table if isinstance(error, kind)), (400, "bad_request"))
