"""A phone in the browser, for `gongda dev wechat`: one follower of the fake account, and all that passes over the wire.

`Phone(...).mount(app)` serves the page at `/`; it is meant for this machine alone, so every other host name is refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from time import monotonic
from typing import Any

import httpx2
from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from starlette.middleware.trustedhost import TrustedHostMiddleware

from gateway.channels.wechat.fake import FakeWeChat
from gateway.channels.wechat.fakes.codes import Refused
from gateway.channels.wechat.fakes.crypto import FakeCrypto
from gateway.channels.wechat.fakes.delays import Delays, spread, steady
from gateway.channels.wechat.fakes.follower import new_id
from gateway.channels.wechat.fakes.noting import LONGEST_XML, Entry, WatchedFollower, under_way
from gateway.channels.wechat.fakes.pushes import Choice, Push
from gateway.channels.wechat.fakes.wire import Mode, Wire

FILES = Path(__file__).parent / "page"
LONGEST_PICTURE = 10 << 20  # bytes; WeChat compresses what is larger
HOSTS = ["127.0.0.1", "localhost", "[::1]"]
_SHOWN_AT_MOST = 500  # entries; older ones leave the page
_WAITS, _WAITS_FOR_US = 15.0, 2.0  # seconds that the page waits for news; while the gateway is not there
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_SEED = 7
LATENCIES: Mapping[str, Callable[[], Delays]] = {
    "none": lambda: steady(0.05),
    "usual": lambda: spread(_SEED, 0.05, 1.0),
    "bad": lambda: spread(_SEED, 0.05, 8.0),
}


class Phone:
    """The page's side. `gateway` is a client towards our callback; `token`, `aes_key` and `mode` are the account's."""

    def __init__(
        self,
        wechat: FakeWeChat,
        gateway: httpx2.AsyncClient,
        token: str,
        aes_key: str,
        openid: str,
        mode: Mode = "plain",
    ) -> None:
        self._wechat = wechat
        self._token = token
        self._crypto = FakeCrypto(token, aes_key, wechat.app_id)
        self._follower = WatchedFollower(
            gateway, token, wechat.clock, openid, wechat, mode=mode, aes_key=aes_key, app_id=wechat.app_id
        )
        self._entries: dict[int, Entry] = {}
        self._changed: dict[int, int] = {}  # entry -> the version in which it last changed
        self._version = 0
        self._latency = "none"
        self._ours = mode  # what the gateway was started with
        self._link = "down"  # what the gateway says to a signed check
        self._news = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()
        wechat.on_push = self._pushed
        wechat.delays = LATENCIES[self._latency]()

    def mount(self, app: FastAPI) -> None:
        """The page, its files and its four addresses."""
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=HOSTS)
        for path, name in (
            ("/", "index.html"),
            ("/phone.js", "phone.js"),
            ("/phone.css", "phone.css"),
            ("/words.json", "words.json"),
        ):
            app.add_api_route(path, _file(name), methods=["GET"], response_model=None)
        app.add_api_route("/favicon.ico", _nothing, methods=["GET"], response_model=None)
        app.add_api_route("/phone/state", self._state, methods=["GET"], response_model=None)
        app.add_api_route("/phone/do", self._do, methods=["POST"], response_model=None)
        app.add_api_route("/phone/picture", self._picture, methods=["POST"], response_model=None)
        app.add_api_route("/phone/media/{media_id}", self._media, methods=["GET"], response_model=None)

    # -- the page's addresses ----------------------------------------------------------------------

    async def _state(self, request: Request) -> Response:
        """What has changed since `after`; waits a while for news."""
        after = int(request.query_params.get("after", "0") or 0)
        async with self._news:
            with suppress(TimeoutError):
                wait = _WAITS if self._link == "ready" else _WAITS_FOR_US
                await asyncio.wait_for(self._news.wait_for(lambda: self._version > after), wait)
        self._link = await self._check()
        changed = [asdict(self._entries[number]) for number, at in self._changed.items() if at > after]
        windows = self._wechat.windows
        return _json(
            {
                "version": self._version,
                "entries": changed,
                "follows": windows.follows(self._follower.openid),
                "left": windows.left(self._follower.openid),
                "mode": self._follower.wire.mode,
                "ours": self._ours,
                "latency": self._latency,
                "permitted": self._wechat.permitted,
                "broken": self._wechat.broken,
                "link": self._link,
                "menu": list(self._wechat.menu.buttons),
                "scenes": [{"ticket": scene.ticket, "value": scene.value} for scene in self._wechat.scenes.all()],
            }
        )

    async def _do(self, request: Request) -> Response:
        """One thing that a person does."""
        try:
            wanted = await request.json()
        except ValueError:
            return _json({}, 422)
        if not isinstance(wanted, dict) or request.headers.get("content-type") != "application/json":
            return _json({}, 422)
        what = str(wanted.get("do", ""))
        value = str(wanted.get("value", ""))[:2000]
        if what in ("mode", "latency", "permitted", "broken", "revoke"):
            self._turn(what, value)
            await self._tell()
            return _json({})
        action = self._action(what, value, wanted)
        if action is None:
            return _json({}, 422)
        await self._begin(*action)
        return _json({}, 202)

    async def _picture(self, request: Request) -> Response:
        """A file of the page's: the body is the picture."""
        data = bytearray()
        async for chunk in request.stream():
            data += chunk
            if len(data) > LONGEST_PICTURE:
                return _json({}, 413)
        media_type = request.headers.get("content-type", "")
        if not data or media_type not in ("image/png", "image/jpeg", "image/gif"):
            return _json({}, 415)
        entry = self._entry("me", "picture")
        media_id = self._wechat.media.keep("image", bytes(data), media_type).media_id
        entry.picture = media_id
        fields = {"MsgType": "image", "PicUrl": f"http://mmbiz.qpic.cn/{media_id}", "MediaId": media_id}
        await self._begin(entry, lambda: self._follower.send({**fields, "MsgId": new_id()}))
        return _json({}, 202)

    async def _media(self, media_id: str) -> Response:
        try:
            found = self._wechat.media.get(media_id)
        except Refused:
            return _json({}, 404)
        return Response(found.data, media_type=found.media_type, headers=_HEADERS)

    # -- what a person does ------------------------------------------------------------------------

    def _action(
        self, what: str, value: str, wanted: Mapping[str, Any]
    ) -> tuple[Entry, Callable[[], Awaitable[object]]] | None:
        """The bubble, and what happens; None for what a phone cannot do."""
        phone = self._follower
        match what:
            case "text" if value.strip():
                return self._entry("me", "text", value), lambda: phone.say(value)
            case "choose" if value:
                choice = Choice(str(wanted.get("id", "")), value)
                return self._entry("me", "text", value), lambda: phone.choose(choice)
            case "voice":
                return self._entry("me", "voice", value), lambda: phone.voice(value or None)
            case "place":
                return self._entry("me", "place", value), lambda: phone.place(31.230416, 121.473701, value)
            case "click" if value:
                return self._entry("system", "CLICK", value), lambda: phone.press(value)
            case "view" if value:
                return self._entry("system", "VIEW", value), lambda: phone.visit(value)
            case "subscribe":
                return self._entry("system", "subscribe", value), lambda: phone.subscribe(value)
            case "scan" if value:
                follows = self._wechat.windows.follows(phone.openid)
                done = phone.scan if follows else phone.subscribe
                return self._entry("system", "SCAN" if follows else "subscribe", value), lambda: done(value)
            case "unsubscribe":
                return self._entry("system", "unsubscribe"), phone.unsubscribe
        return None

    def _turn(self, what: str, value: str) -> None:
        """A switch of WeChat's own."""
        if what == "mode" and value in ("plain", "compatible", "secure"):
            mode: Mode = value  # type: ignore[assignment]
            self._follower.wire = Wire(self._token, self._wechat.clock, mode, self._crypto)
        elif what == "latency" and value in LATENCIES:
            self._latency = value
            self._wechat.delays = LATENCIES[value]()
        elif what == "permitted":
            self._wechat.permitted = value == "true"
        elif what == "broken":
            self._wechat.broken = value == "true"
        elif what == "revoke":
            self._wechat.revoke()

    async def _begin(self, entry: Entry, act: Callable[[], Awaitable[object]]) -> None:
        task = asyncio.create_task(self._run(entry, act))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await self._tell(entry)

    async def _run(self, entry: Entry, act: Callable[[], Awaitable[object]]) -> None:
        """WeChat's three deliveries, and what the follower sees of the answer."""
        under_way.set(entry)
        began = monotonic()
        await act()
        entry.seconds = round(monotonic() - began, 2)
        shown = self._follower.shown[-1]
        await self._tell(entry)
        kinds = {"nothing": "silent", "unavailable": "red", "text": "text", "image": "picture", "transfer": "transfer"}
        kind = kinds.get(shown.kind, "other")
        side = "account" if kind in ("text", "picture", "other") else "system"
        answer = self._entry(side, kind, shown.text or shown.kf_account, via="passive")
        answer.picture, answer.why, answer.seconds = shown.media_id, shown.why, entry.seconds
        if shown.raw:
            answer.wire.append({"way": "in", "head": "", "body": shown.raw[:LONGEST_XML]})
        await self._tell(answer)

    def _pushed(self, push: Push) -> None:
        """A customer-service message arrives."""
        kind = {"text": "text", "image": "picture", "voice": "voice", "msgmenu": "choices"}[push.kind]
        entry = self._entry("account", kind, push.head if kind == "choices" else push.text, via="push")
        entry.picture = push.media_id
        entry.choices = [{"id": choice.id, "content": choice.content} for choice in push.choices]
        entry.why = push.tail
        entry.wire.append({"way": "in", "head": "POST /cgi-bin/message/custom/send", "body": repr(push)})
        task = asyncio.create_task(self._tell(entry))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # -- what the page shows -----------------------------------------------------------------------

    def _entry(self, side: str, kind: str, text: str = "", via: str = "") -> Entry:
        number = max(self._entries, default=0) + 1
        self._entries[number] = Entry(number, side, kind, text, via)
        while len(self._entries) > _SHOWN_AT_MOST:
            oldest = min(self._entries)
            del self._entries[oldest]
            self._changed.pop(oldest, None)
        return self._entries[number]

    async def _tell(self, entry: Entry | None = None) -> None:
        async with self._news:
            self._version += 1
            if entry is not None and entry.number in self._entries:
                self._changed[entry.number] = self._version
            self._news.notify_all()

    async def _check(self) -> str:
        """ready | down | closed (no /wechat there) | refused (another Token): what a signed check says."""
        try:
            answer = await self._follower.http.get(
                self._follower.path, params={**self._follower.query(), "echostr": "20261123"}, timeout=1.0
            )
        except httpx2.HTTPError:
            return "down"
        if answer.status_code == 200 and answer.text == "20261123":
            return "ready"
        return "refused" if answer.status_code == 403 else "closed"


def _file(name: str) -> Callable[[], Awaitable[Response]]:
    async def serve() -> Response:
        return FileResponse(FILES / name, headers=_HEADERS)

    return serve


async def _nothing() -> Response:
    """Browsers ask for an icon."""
    return Response(status_code=204, headers=_HEADERS)


def _json(data: object, status: int = 200) -> Response:
    return JSONResponse(data, status_code=status, headers=_HEADERS)
