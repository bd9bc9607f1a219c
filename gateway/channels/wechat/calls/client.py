"""WeChat's server for one account: customer-service messages (客服消息), files, and whatever else needs the token."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import httpx2

from desk.clock import Clock
from gateway.channels.wechat.calls import api
from gateway.channels.wechat.calls.api import Download, Query, Upload
from gateway.channels.wechat.calls.token import StableToken
from gateway.channels.wechat.errors import PerhapsSent, TokenRejected, WeChatUnavailable
from gateway.channels.wechat.settings import WeChatSettings

SEND = "/cgi-bin/message/custom/send"
UPLOAD = "/cgi-bin/media/upload"
DOWNLOAD = "/cgi-bin/media/get"
_LONGEST_TRANSFER = 30.0  # seconds for a file

T = TypeVar("T")


class WeChatClient:
    """Calls WeChat for one account. `http` is made by `api.connect` and closed by whoever made it."""

    def __init__(self, settings: WeChatSettings, http: httpx2.AsyncClient, clock: Clock) -> None:
        self.settings = settings
        self._http = http
        self._token = StableToken(settings, http, clock)

    async def call(
        self, path: str, body: Mapping[str, Any] | None = None, *, query: Query | None = None
    ) -> Mapping[str, Any]:
        """Any call that answers with JSON: a POST, or a GET without body. Raises ApiError."""
        return await self._with_token(lambda token: api.call(self._http, path, body, token=token, query=query))

    async def send_text(self, openid: str, text: str) -> None:
        """Returns only when WeChat has said errcode 0.

        Raises ApiError; after PerhapsSent the text may have been sent all the same.
        """
        await self.send({"touser": openid, "msgtype": "text", "text": {"content": text}})

    async def send_picture(self, openid: str, media_id: str) -> None:
        """As `send_text`, a picture that was uploaded within the last three days."""
        await self.send({"touser": openid, "msgtype": "image", "image": {"media_id": media_id}})

    async def send(self, message: Mapping[str, Any]) -> None:
        """A customer-service message as the documentation describes it. Raises ApiError as `send_text` does."""
        answer = await self._with_token(lambda token: self._push(message, token))
        if answer.get("errcode") != 0:
            raise PerhapsSent(f"{SEND}: WeChat did not say errcode 0")

    async def upload_picture(self, picture: Upload) -> str:
        """Its media id. Raises ApiError."""
        query = {"type": "image"}
        async with _in_time(UPLOAD):
            answer = await self._with_token(
                lambda token: api.upload(self._http, UPLOAD, picture, token=token, query=query)
            )
        media_id = answer.get("media_id")
        if not isinstance(media_id, str) or not media_id:
            raise WeChatUnavailable(f"{UPLOAD}: WeChat's answer holds no media_id")
        return media_id

    async def download(self, media_id: str, *, limit: int) -> Download:
        """What a follower has sent, at most `limit` bytes. Raises ApiError."""
        query = {"media_id": media_id}
        async with _in_time(DOWNLOAD):
            return await self._with_token(
                lambda token: api.download(self._http, DOWNLOAD, token=token, query=query, limit=limit)
            )

    async def _push(self, message: Mapping[str, Any], token: str) -> Mapping[str, Any]:
        try:
            return await api.call(self._http, SEND, message, token=token)
        except WeChatUnavailable as error:
            if not error.went_out:
                raise
            raise PerhapsSent(str(error), error.errcode) from error

    async def _with_token(self, calling: Callable[[str], Awaitable[T]]) -> T:
        token = await self._token.get()
        try:
            return await calling(token)
        except TokenRejected:
            return await calling(await self._token.renew(token))


@asynccontextmanager
async def _in_time(path: str) -> AsyncIterator[None]:
    """A transfer that drips for ever is given up."""
    try:
        async with asyncio.timeout(_LONGEST_TRANSFER):
            yield
    except TimeoutError as error:
        raise WeChatUnavailable(f"{path}: not done within {_LONGEST_TRANSFER:g} s") from error
