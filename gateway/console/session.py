"""The log-in session: a cookie that no script can read and no other site can make a browser send."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from desk import agents
from desk.agents import Agent, Login
from desk.errors import NotAllowed
from gateway.console.services import ConsoleServices, services_of
from gateway.errors import NotSignedIn

COOKIE = "gongda_console"
PATH = "/console"


def signed_in(request: Request) -> Agent:
    """The agent behind the cookie. Raises NotSignedIn."""
    services, token = services_of(request), request.cookies.get(COOKIE)
    if not token:
        raise NotSignedIn
    try:
        with services.db.read() as session:
            agent = agents.authenticate(session, token, now=services.clock())
    except NotAllowed as error:
        raise NotSignedIn from error
    request.state.agent = agent  # for the page that reports an error
    return agent


Me = Annotated[Agent, Depends(signed_in)]
Parts = Annotated[ConsoleServices, Depends(services_of)]


def begin(response: Response, login: Login, *, now: datetime, secure: bool) -> None:
    """Give the browser its session."""
    response.set_cookie(
        COOKIE,
        login.token,
        max_age=int((login.expires_at - now).total_seconds()),
        path=PATH,
        secure=secure,
        httponly=True,
        samesite="strict",
    )


def end(response: Response, *, secure: bool) -> None:
    """Take it away again."""
    response.delete_cookie(COOKIE, path=PATH, secure=secure, httponly=True, samesite="strict")


def local_path(wanted: str) -> str | None:
    """A page of the console to go on to after log-in; None for anything that could lead elsewhere."""
    inside = wanted == PATH or wanted.startswith((f"{PATH}/", f"{PATH}?"))
    plain = all(" " < char <= "~" and char != "\\" for char in wanted)
    return wanted if inside and plain and not wanted.startswith(f"{PATH}/login") else None
