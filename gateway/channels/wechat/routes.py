"""The callback URL: who is asking, what for, and an answer that WeChat always understands.

403 for what is not signed by WeChat as far as we can tell, before the body is read where that is enough, and for what
is WeChat's but not for us, because the account is not set up rightly: then the follower should learn that nobody has
heard them. For everything else 200, because WeChat takes another answer for a broken service.
"""

from __future__ import annotations

import asyncio
import logging

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect

from desk.clock import Clock
from gateway.channels.wechat.channel import WeChatChannel
from gateway.channels.wechat.errors import BodyTooLarge, OddBody, Refused, Unfinished
from gateway.channels.wechat.passive import PassiveReply
from gateway.channels.wechat.settings import WeChatSettings
from gateway.channels.wechat.wire import xml
from gateway.channels.wechat.wire.envelope import Envelope, Opened, envelope_of
from gateway.channels.wechat.wire.nonces import Nonces
from gateway.channels.wechat.wire.refusals import Refusals
from gateway.channels.wechat.wire.signature import Claim, claimed, verify
from gateway.channels.wechat.wire.xml import InboundXml

log = logging.getLogger(__name__)

SUCCESS = "success"
PATH = "/wechat"
PATHS = (PATH, f"{PATH}/")  # both, because WeChat does not follow a redirect
_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
_LONGEST_ECHO = 256  # characters; WeChat sends about 20 digits


def router(
    channel: WeChatChannel,
    settings: WeChatSettings,
    clock: Clock,
    *,
    path: str = PATH,
    envelope: Envelope | None = None,
) -> APIRouter:
    """The two routes, with and without a trailing slash."""
    callback = _Callback(channel, settings, clock, envelope or envelope_of(settings, clock))
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
        self._nonces = Nonces(settings.remember)
        self._refusals = Refusals()

    async def check(self, request: Request) -> Response:
        """The URL check: `echostr` back as it is, in every mode (接入指南: 请原样返回 echostr 参数内容)."""
        try:
            self._verified(request)
        except Refused as error:
            return self._refused(error)
        return _plain(request.query_params.get("echostr", "")[:_LONGEST_ECHO])

    async def receive(self, request: Request) -> Response:
        """A message or an event."""
        began = asyncio.get_running_loop().time()
        try:
            claim, token = self._verified(request)
            opened = self._envelope.open(await self._body(request), claim, token)
            inbound = xml.message(opened.fields)
            self._nonces.check(claim.signature, opened.content)  # last: what is of no use takes nobody's place
        except Refused as error:
            return self._refused(error)
        except OddBody as error:
            self._refusals.note(error)
            return _plain(SUCCESS)
        except (ClientDisconnect, TimeoutError):
            self._refusals.note(Unfinished("消息没有传完，连接就断了或太慢"))
            return _plain(SUCCESS)
        except Exception as error:
            log.exception("读取微信消息时出错：%s", type(error).__name__)
            return _plain(SUCCESS)
        return await self._answered(request, inbound, opened, began)

    async def _answered(self, request: Request, inbound: InboundXml, opened: Opened, began: float) -> Response:
        try:
            reply = await self._channel.answer(inbound)
            gone = await request.is_disconnected()  # the server would write on, and nobody would hear it
            return self._answer(inbound, opened, reply, None if gone else BackgroundTask(self._confirm, reply, began))
        except Exception as error:
            log.exception("处理微信消息时出错：%s", type(error).__name__)
            return _plain(SUCCESS)

    def _answer(
        self, inbound: InboundXml, opened: Opened, reply: PassiveReply, confirm: BackgroundTask | None
    ) -> Response:
        if reply.kf_account:
            body = xml.transfer(inbound.account, inbound.openid, reply.kf_account, now=self._clock())
        elif reply.text:
            body = xml.reply(inbound.account, inbound.openid, reply.text, now=self._clock())
        else:
            return _plain(SUCCESS, confirm)
        return Response(opened.seal(body), media_type="application/xml", headers=_HEADERS, background=confirm)

    async def _confirm(self, reply: PassiveReply, began: float) -> None:
        """After the answer is out: did WeChat still listen?"""
        if asyncio.get_running_loop().time() - began < self._settings.cut:
            await self._channel.delivered(reply)

    def _verified(self, request: Request) -> tuple[Claim, str]:
        """What the address claims, and the token that has signed it. Raises Refused."""
        claim, settings = claimed(request.query_params.multi_items()), self._settings
        return claim, verify(settings.tokens, claim, now=self._clock(), freshness=settings.freshness)

    async def _body(self, request: Request) -> bytes:
        """Raises BodyTooLarge, TimeoutError, ClientDisconnect."""
        body = bytearray()
        async with asyncio.timeout(self._settings.body_patience):
            async for chunk in request.stream():
                body += chunk
                if len(body) > self._settings.body_limit:
                    raise BodyTooLarge(f"消息超过 {self._settings.body_limit} 字节")
        return bytes(body)

    def _refused(self, error: Refused) -> Response:
        """The same words whatever the reason: the log says it to those whom it concerns."""
        self._refusals.note(error)
        return PlainTextResponse("refused", status_code=403, headers=_HEADERS)


def _plain(text: str, after: BackgroundTask | None = None) -> Response:
    return PlainTextResponse(text, headers=_HEADERS, background=after)
