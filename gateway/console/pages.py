"""Pages: Jinja templates with everything escaped, and the headers that keep foreign code out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from desk.agents import Agent
from desk.errors import StoreError
from desk.sending import waiting
from gateway.console.access import allow
from gateway.console.labels import Labels
from gateway.console.locale import localised, preferred, theirs, words
from gateway.console.services import ConsoleServices, services_of
from gateway.masking import for_agents

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"

HEADERS: Mapping[str, str] = {
    "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'",
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


class StaticPages(StaticFiles):
    """Style and scripts; browsers ask each time whether they have changed, so that an upgrade is seen at once."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update({"cache-control": "no-cache", "x-content-type-options": "nosniff"})
        return response


@cache
def environment() -> Environment:
    """Autoescape for every file, whatever its name; an unknown variable is an error, not an empty string."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["masked"] = for_agents  # what customers have written, without passwords and the like
    made.filters["theirs"] = theirs  # inside an attribute or one of our sentences
    return made


def page(request: Request, name: str, agent: Agent | None, *, status: int = 200, **values: Any) -> HTMLResponse:
    """One rendered page."""
    return HTMLResponse(fragment(request, name, agent, **values), status_code=status)


def fragment(request: Request, name: str, agent: Agent | None, **values: Any) -> str:
    """A template's HTML as its reader writes. `me`, `may(action, object)`, `home`, `labels`, `done` and `clocked` are
    there for every one."""
    services = services_of(request)
    labels = Labels(services.wording, services.hours.tz, services.clock())
    common = {
        "me": agent,
        "path": request.url.path,
        "may": partial(allow, agent) if agent else _nobody_may,
        "home": home(agent) if agent else "/console",
        "labels": labels,
        "done": _done(request, labels),
        "clocked": labels.now.isoformat(),
        "undelivered": partial(_undelivered, services),
    }
    return localised(environment().get_template(name).render({**common, **values}), locale_of(request, agent))


def locale_of(request: Request, agent: Agent | None) -> str:
    """Of the agent; before log-in, of the browser."""
    return agent.locale if agent is not None else preferred(request.headers.get("accept-language", ""))


def told(request: Request, sentence: str) -> str:
    """A sentence that goes to a script, as its reader writes."""
    return words(sentence, locale_of(request, getattr(request.state, "agent", None)))


def go_to(path: str, *, done: str | None = None, n: int | None = None, m: int | None = None) -> RedirectResponse:
    """Post, redirect, get. `done` names the sentence of `console.done` for the next page; `n` and `m` its numbers."""
    values = {"done": done, "n": n, "m": m}
    query = urlencode({name: value for name, value in values.items() if value is not None})
    joined = f"{path}{'&' if '?' in path else '?'}{query}" if query else path
    return RedirectResponse(joined, status_code=303)


def home(agent: Agent) -> str:
    """Where work begins for this role."""
    return "/console" if allow(agent, "tickets.list") else "/console/entries"


def _done(request: Request, labels: Labels) -> str:
    """The sentence about what has just been done; numbers only, or anybody's link could make us say things."""
    asked = request.query_params
    numbers = {name: asked.get(name, "") for name in ("n", "m")}
    values = {name: value for name, value in numbers.items() if value.isascii() and value.isdigit() and len(value) < 7}
    return labels.name("done", asked.get("done", ""), default="", **values)


def _undelivered(services: ConsoleServices) -> int:
    """How many notices wait for a person. With the store in trouble, the page about that must still be shown."""
    try:
        with services.db.read() as session:
            return waiting(session)
    except StoreError:
        return 0


def _nobody_may(_action: str, _on: object = None) -> bool:
    return False
