"""The callback URL: who is asking, what for, and an answer that WeChat always understands.

403 for a wrong signature, before the body is read. For everything that is signed 200, because WeChat takes anything
else for a broken service and tells the follower so.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect

from desk.clock import Clock
from gateway.channels.wechat import xml
from gateway.channels.wechat.channel import PassiveReply, WeChatChannel
from gateway.channels.wechat.envelope import Envelope, PlainEnvelope
from gateway.channels.wechat.errors import BadSignature, BodyTooLarge, OddBody
from gateway.channels.wechat.settings import WeChatSettings
from gateway.channels.wechat.signature import verify
from gateway.channels.wechat.xml import InboundXml

log = logging.getLogger(__name__)

SUCCESS = "success"
_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
_LONGEST_ECHO = 256  # characters; WeChat sends about 20 digits


def router(
    channel: WeChatChannel,
    settings: WeChatSettings,
    clock: Clock,
    *,
    path: str = "/wechat",
    envelope: Envelope | None = None,
) -> APIRouter:
    """The two routes, with and without a trailing slash: WeChat does not follow a redirect."""
    callback = _Callback(channel, settings, clock, envelope or PlainEnvelope())
    routes = APIRouter(tags=["wechat"])
    for where, shown in ((path, True), (f"{path}/", False)):
        routes.add_api_route(where, callback.check, methods=["GET"], response_model=None, include_in_schema=shown)
        routes.add_api_route(where, callback.receive, methods=["POST"], response_model=None, include_in_schema=shown)
    return routes


class _Callback:
    """The handlers for one account."""

    def __init__(self, channel: WeChatChannel, settings: WeChatSettings, clock: Clock, envelope: Envelope) -> None:
        self._channel = channel
        self._settings = settings
        self._clock = clock
        self._envelope = envelope

    async def check(self, request: Request) -> Response:
        """The URL check: `echostr` back as it is."""
        if not self._signed(request.query_params):
            return _refused()
        return _plain(request.query_params.get("echostr", "")[:_LONGEST_ECHO])

    async def receive(self, request: Request) -> Response:
        """A message or an event."""
        began = asyncio.get_running_loop().time()
        if not self._signed(request.query_params):
            return _refused()
        try:
            inbound = await self._read(request)
            reply = await self._channel.answer(inbound)
        except (OddBody, ClientDisconnect, TimeoutError) as error:
            log.warning("微信发来的内容无法处理：%s", error or type(error).__name__)
            return _plain(SUCCESS)
        except Exception:
            log.exception("处理微信消息时出错")
            return _plain(SUCCESS)
        return self._answer(request, inbound, reply, began)

    def _answer(self, request: Request, inbound: InboundXml, reply: PassiveReply, began: float) -> Response:
        if not reply.text:
            return _plain(SUCCESS)
        body = xml.reply(inbound.account, inbound.openid, reply.text, now=self._clock())
        sealed = self._envelope.seal(body, request.query_params)
        confirm = BackgroundTask(self._confirm, reply, began)
        return Response(sealed, media_type="application/xml", headers=_HEADERS, background=confirm)

    async def _confirm(self, reply: PassiveReply, began: float) -> None:
        """After the answer is out: did WeChat still listen?"""
        if asyncio.get_running_loop().time() - began < self._settings.cut:
            await self._channel.delivered(reply)

    def _signed(self, query: Mapping[str, str]) -> bool:
        signature, timestamp, nonce = (query.get(name, "") for name in ("signature", "timestamp", "nonce"))
        settings = self._settings
        try:
            verify(settings.token, signature, timestamp, nonce, now=self._clock(), freshness=settings.freshness)
        except BadSignature as error:
            log.warning("拒绝了一次微信回调：%s", error)
            return False
        return True

    async def _read(self, request: Request) -> InboundXml:
        body = bytearray()
        async with asyncio.timeout(self._settings.passive_deadline):
            async for chunk in request.stream():
                body += chunk
                if len(body) > self._settings.body_limit:
                    raise BodyTooLarge(f"the body has more than {self._settings.body_limit} bytes")
        return xml.parse(self._envelope.open(bytes(body), request.query_params), limit=self._settings.body_limit)


def _plain(text: str) -> Response:
    return PlainTextResponse(text, headers=_HEADERS)


def _refused() -> Response:
    return PlainTextResponse("bad signature", status_code=403, headers=_HEADERS)
