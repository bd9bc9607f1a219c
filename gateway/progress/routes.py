"""The page's routes. Who has the link needs no log-in and no script; everybody else gets the same 404."""

from __future__ import annotations

import io
import secrets
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import segno
from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool

from desk.errors import MalformedNumber, NotFound
from gateway.errors import Missing, TooMany
from gateway.progress import doing
from gateway.progress.doing import LONGEST_NOTE, Done
from gateway.progress.links import PATH, Links
from gateway.progress.view import Looking, Progress
from gateway.render import Voice
from gateway.services import Services

_HERE = Path(__file__).parent
_PER_MINUTE = 60  # requests from one address: a whole office may sit behind one
_DOES_PER_MINUTE = 10
_HEADERS = {
    "cache-control": "no-store",
    "x-robots-tag": "noindex, nofollow",
    "referrer-policy": "no-referrer",  # the address is the key
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
}
_SAID: tuple[Done, ...] = ("urged", "urged_again", "noted", "note_empty", "note_long", "closed", "no_conversation")
_PLAIN = Voice("hans", "cn")


def progress_router(services: Services) -> APIRouter:
    """`GET /progress/{token}`, its QR code, and what can be done there."""
    router = APIRouter(prefix=PATH, include_in_schema=False)
    pages = _Pages(services)

    @router.get("/progress.css")
    async def style() -> FileResponse:
        return FileResponse(_HERE / "progress.css", media_type="text/css")

    @router.get("/{token}")
    async def page(token: str, request: Request, said: str = "") -> Response:
        return await run_in_threadpool(pages.show, token, request, said)

    @router.get("/{token}/qr.png")
    async def code(token: str, request: Request) -> Response:
        return await run_in_threadpool(pages.code, token, request)

    @router.post("/{token}/urge")
    async def urge(token: str, request: Request) -> Response:
        return await run_in_threadpool(pages.do, token, request, partial(doing.urge, services))

    @router.post("/{token}/note")
    async def note(
        token: str, request: Request, text: Annotated[str, Form()] = "", key: Annotated[str, Form(max_length=64)] = ""
    ) -> Response:
        def work(number: str) -> Done:
            return doing.note(services, number, text, key or secrets.token_urlsafe(12))

        return await run_in_threadpool(pages.do, token, request, work, text)

    return router


class _Pages:
    """The page in its states."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._links = Links(services.settings.secret, services.settings.public_url, services.clock)
        self._templates = Environment(
            loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
            lstrip_blocks=True,
        )  # fmt: skip

    def show(self, token: str, request: Request, said: str = "", draft: str = "") -> Response:
        """How far the ticket is; `said` is what came of the last thing done."""
        try:
            self._spend("progress", request, _PER_MINUTE)
            return self._page(token, self._look(self._links.number(token)), request, said, draft)
        except TooMany:
            return self._sorry(429, "too_many")
        except (Missing, NotFound, MalformedNumber):
            return self._sorry(404, "missing")

    def code(self, token: str, request: Request) -> Response:
        """The link as a picture, for printing and for chats."""
        try:
            self._spend("progress", request, _PER_MINUTE)
            self._links.number(token)
        except TooMany:
            return self._sorry(429, "too_many")
        except Missing:
            return self._sorry(404, "missing")
        picture = io.BytesIO()
        segno.make(self._address(token, request), error="m").save(picture, kind="png", scale=6, border=4)
        return Response(picture.getvalue(), media_type="image/png", headers=_HEADERS)

    def do(self, token: str, request: Request, work: Any, draft: str = "") -> Response:
        """Do it and show the page again by a redirect, so that loading it once more does nothing twice.

        Words that are refused stay in their field.
        """
        try:
            self._spend("progress_do", request, _DOES_PER_MINUTE)
            said: Done = work(self._links.number(token))
        except TooMany:
            return self._sorry(429, "too_many")
        except (Missing, NotFound, MalformedNumber):
            return self._sorry(404, "missing")
        if said in ("note_empty", "note_long"):
            return self.show(token, request, said, draft)
        return RedirectResponse(f"{PATH}/{token}?said={said}", status_code=303, headers=_HEADERS)

    def _look(self, number: str) -> Progress:
        services = self._services
        looking = Looking(services.wording, services.hours, services.rules, services.clock())
        with services.db.read() as session:
            return looking.at(session, number)

    def _page(self, token: str, shown: Progress, request: Request, said: str, draft: str) -> Response:
        values: dict[str, object] = {"count": len(draft.strip())} if said == "note_long" else {}
        told = self._text(shown.voice, said, values) if said in _SAID else ""
        made = self._templates.get_template("progress.html").render(
            shown=shown,
            told=told,
            token=token,
            draft=draft,
            key=secrets.token_urlsafe(12),
            longest=LONGEST_NOTE,
            path=PATH,
            lang=_lang(shown.voice),
            qr=segno.make(self._address(token, request), error="m").svg_data_uri(scale=4, border=4),
            t=lambda name: self._text(shown.voice, name),
        )
        return HTMLResponse(made, headers=_HEADERS)

    def _sorry(self, status: int, key: str) -> Response:
        made = self._templates.get_template("missing.html").render(
            path=PATH, text=self._text(_PLAIN, key), title=self._text(_PLAIN, "missing_title")
        )
        return HTMLResponse(made, status_code=status, headers=_HEADERS)

    def _text(self, voice: Voice, key: str, values: Mapping[str, object] | None = None) -> str:
        return voice.say(self._services.wording.text(f"progress.{key}", **(values or {})))

    def _address(self, token: str, request: Request) -> str:
        base = self._services.settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")
        return f"{base}{PATH}/{token}"

    def _spend(self, name: str, request: Request, per_minute: int) -> None:
        address = request.client.host if request.client else "?"
        self._services.limits.spend(name, address, per_minute)


def _lang(voice: Voice) -> str:
    if voice.script != "hant":
        return "zh-CN"
    return "zh-HK" if voice.region == "hk" else "zh-TW"
