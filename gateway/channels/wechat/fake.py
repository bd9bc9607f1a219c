"""WeChat's server, as far as the documentation describes it; what it says about each thing stands in `fakes/`.

    tokens    stable_token        windows  5 in 48 h, 3 in a minute    codes   errcodes
    pushes    custom/send         media    temporary material          delays  50 ms to 8 s
    menu      menu/*              scenes   QR codes with a parameter
    follower  a follower: callbacks with three deliveries (wire, replies, crypto)
    phone     the page of `gongda dev wechat`

fake = FakeWeChat(clock, app_id="wx1", app_secret="s")
http = httpx2.AsyncClient(transport=httpx2.ASGITransport(fake.app), base_url="http://wechat")
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from desk.clock import Clock
from gateway.channels.wechat.fakes import codes
from gateway.channels.wechat.fakes import pushes as fake_pushes
from gateway.channels.wechat.fakes.codes import Refused
from gateway.channels.wechat.fakes.delays import Delays
from gateway.channels.wechat.fakes.media import FakeMedia
from gateway.channels.wechat.fakes.menu import FakeMenu
from gateway.channels.wechat.fakes.pushes import LONGEST_TEXT, Push
from gateway.channels.wechat.fakes.scenes import FakeScenes
from gateway.channels.wechat.fakes.tokens import TOKEN_LIFE, FakeTokens
from gateway.channels.wechat.fakes.windows import QUOTA, WINDOW, Cause, FakeWindows

__all__ = ["LONGEST_TEXT", "QUOTA", "TOKEN_LIFE", "WINDOW", "Call", "FakeWeChat"]

Json = dict[str, Any]
Handler = Callable[[Request], Awaitable[Response | Json]]


@dataclass(frozen=True)
class Call:
    """One call of ours, for who wants to look at it."""

    at: datetime
    path: str
    errcode: int  # 0 for success


@dataclass
class FakeWeChat:
    """`latency` is in seconds and holds for every call; `delays`, when given, says it for each call instead.

    `broken` makes every call answer HTTP 502, `busy_rate` is the share of calls that are answered with -1 (系统繁忙).
    A call takes effect when its time is over, whether or not the caller has waited for it.
    """

    clock: Clock
    app_id: str
    app_secret: str
    latency: float = 0.0
    broken: bool = False
    permitted: bool = True
    sent: list[tuple[str, str]] = field(default_factory=list)  # openid, text: what arrived on the phones
    delays: Delays | None = None
    busy_rate: float = 0.0
    seed: int = 7
    kf_accounts: list[tuple[str, str]] = field(default_factory=list)  # account, name
    pushes: list[Push] = field(default_factory=list)  # the same as `sent`, with pictures and choices
    calls: list[Call] = field(default_factory=list)
    on_push: Callable[[Push], None] | None = None  # told of each as it arrives on the phone
    app: FastAPI = field(init=False)

    def __post_init__(self) -> None:
        self.tokens = FakeTokens(self.clock)
        self.windows = FakeWindows(self.clock)
        self.media = FakeMedia(self.clock)
        self.menu = FakeMenu()
        self.scenes = FakeScenes(self.clock)
        self._rng = random.Random(self.seed)  # noqa: S311 - the same troubles every time
        self.app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        for path, methods, handler in (
            ("/cgi-bin/stable_token", ["POST"], self._stable_token),
            ("/cgi-bin/message/custom/send", ["POST"], self._with_token(self._send)),
            ("/cgi-bin/media/upload", ["POST"], self._with_token(self._upload)),
            ("/cgi-bin/media/get", ["GET"], self._with_token(self._get_media)),
            ("/cgi-bin/menu/create", ["POST"], self._with_token(self._create_menu)),
            ("/cgi-bin/menu/get", ["GET"], self._with_token(self._get_menu)),
            ("/cgi-bin/menu/delete", ["GET"], self._with_token(self._delete_menu)),
            ("/cgi-bin/qrcode/create", ["POST"], self._with_token(self._create_scene)),
            ("/cgi-bin/customservice/getkflist", ["GET"], self._with_token(self._kf_list)),
            ("/cgi-bin/showqrcode", ["GET"], self._show_scene),
        ):
            self.app.add_api_route(path, self._call(path, handler), methods=methods, response_model=None)

    @property
    def tokens_fetched(self) -> int:
        """Calls for a token."""
        return self.tokens.fetched

    def heard(self, openid: str, cause: Cause = "message") -> None:
        """The follower has done something: a window opens, its quota is full again."""
        self.windows.opened(openid, cause)

    def left(self, openid: str) -> None:
        """The follower has unsubscribed."""
        self.windows.closed(openid)

    def revoke(self) -> None:
        """Somebody else has forced a new token."""
        self.tokens.revoke()

    def texts_to(self, openid: str) -> list[str]:
        """What the follower was pushed, in order."""
        return [text for to, text in self.sent if to == openid]

    def pushes_to(self, openid: str) -> list[Push]:
        """The same with pictures and choices."""
        return [push for push in self.pushes if push.openid == openid]

    def _call(self, path: str, handler: Handler) -> Handler:
        """Latency, troubles and refusals, which all calls have in common."""

        async def handle(request: Request) -> Response | Json:
            await asyncio.sleep(self.delays() if self.delays is not None else self.latency)
            if self.broken:
                return PlainTextResponse("bad gateway", status_code=502)
            try:
                if self.busy_rate and self._rng.random() < self.busy_rate:
                    raise Refused(codes.BUSY)
                answer = await handler(request)
            except Refused as refused:
                answer = refused.body
            errcode = int(answer.get("errcode", 0)) if isinstance(answer, dict) else 0
            self.calls.append(Call(self.clock(), path, errcode))
            return JSONResponse(answer) if isinstance(answer, dict) else answer

        return handle

    def _with_token(self, handler: Handler) -> Handler:
        async def handle(request: Request) -> Response | Json:
            self.tokens.check(request.query_params.get("access_token", ""))
            if not self.permitted:
                raise Refused(codes.NOT_AUTHORIZED)
            return await handler(request)

        return handle

    async def _stable_token(self, request: Request) -> Json:
        body = await _json(request)
        if (body.get("appid"), body.get("secret")) != (self.app_id, self.app_secret):
            self.tokens.fetched += 1
            raise Refused(codes.BAD_SECRET)
        issued = self.tokens.fetch(force=bool(body.get("force_refresh")))
        return {"access_token": issued.token, "expires_in": int((issued.until - self.clock()).total_seconds())}

    async def _send(self, request: Request) -> Json:
        push = fake_pushes.read(await _json(request), self.media)
        self.windows.spend(push.openid)
        self.pushes.append(push)
        if push.text:
            self.sent.append((push.openid, push.text))
        if self.on_push is not None:
            self.on_push(push)
        return codes.answer(codes.OK)

    async def _upload(self, request: Request) -> Json:
        form = await request.form()
        file = form.get("media")
        if file is None or isinstance(file, str):
            raise Refused(codes.NO_MEDIA)
        made = self.media.upload(request.query_params.get("type", ""), await file.read())
        return {"type": made.kind, "media_id": made.media_id, "created_at": int(made.since.timestamp())}

    async def _get_media(self, request: Request) -> Response:
        found = self.media.get(request.query_params.get("media_id", ""))
        name = f'attachment; filename="{found.media_id}.{found.media_type.rpartition("/")[2]}"'
        return Response(found.data, media_type=found.media_type, headers={"Content-disposition": name})

    async def _create_menu(self, request: Request) -> Json:
        self.menu.create(await _json(request))
        return codes.answer(codes.OK)

    async def _get_menu(self, request: Request) -> Json:
        return self.menu.get()

    async def _delete_menu(self, request: Request) -> Json:
        self.menu.delete()
        return codes.answer(codes.OK)

    async def _create_scene(self, request: Request) -> Json:
        return self.scenes.create(await _json(request))

    async def _show_scene(self, request: Request) -> Response:
        """On mp.weixin.qq.com in reality, without a token."""
        drawn = self.scenes.picture(request.query_params.get("ticket", ""))
        return Response(drawn, media_type="image/png") if drawn else PlainTextResponse("", status_code=404)

    async def _kf_list(self, request: Request) -> Json:
        listed = enumerate(self.kf_accounts, 1001)
        return {"kf_list": [{"kf_account": account, "kf_nick": name, "kf_id": str(i)} for i, (account, name) in listed]}


async def _json(request: Request) -> Mapping[str, Any]:
    """Raises Refused."""
    try:
        body = await request.json()
    except ValueError as error:
        raise Refused(codes.NOT_JSON) from error
    if not isinstance(body, dict):
        raise Refused(codes.NOT_JSON)
    return body
