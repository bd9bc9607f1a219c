"""The route class of the console: checks the origin, turns errors into pages, adds the headers."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from gateway.console.errors import HANDLED, Problem, problem
from gateway.console.origin import check_origin
from gateway.console.pages import HEADERS, page, told
from gateway.console.services import services_of
from gateway.guard import body


class ConsoleRoute(APIRoute):
    """Every console route is one of these, so that none can forget."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                check_origin(request)
                response = await handle(request)
            except ClientDisconnect:  # the page was left while it was sending; nobody reads the answer
                return Response(status_code=400)
            except HANDLED as error:
                response = _reported(request, _problem(request, error))
            for name, value in HEADERS.items():  # a file brings stricter ones of its own
                response.headers.setdefault(name, value)
            return response

        return guarded


def _problem(request: Request, error: Exception) -> Problem:
    services = services_of(request)
    return problem(error, services.wording, services.rules.attachments)


def _reported(request: Request, found: Problem) -> Response:
    """JSON for our scripts, which say so; a page or the way to log-in for people."""
    if "application/json" in request.headers.get("accept", ""):
        return body(found.status, found.code, told(request, found.sentence))
    if found.status == 401:
        return _to_login(request)
    agent = getattr(request.state, "agent", None)
    return page(request, "problem.html", agent, status=found.status, found=found)


def _to_login(request: Request) -> Response:
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.method != "GET":
        return RedirectResponse("/console/login", status_code=303)
    if request.headers.get("sec-fetch-site") == "cross-site":
        # A link from a chat or mail program in the browser comes without the strict cookie: let our own page ask again.
        return page(request, "bounce.html", None, wanted=wanted)
    return RedirectResponse(f"/console/login?next={quote(wanted, safe='/?=&')}", status_code=303)
