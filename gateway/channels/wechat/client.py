"""Customer-service messages (客服消息): the only way to say something without having been asked just now."""

from __future__ import annotations

import httpx2

from desk.clock import Clock
from gateway.channels.wechat.api import call
from gateway.channels.wechat.errors import TokenRejected, WeChatUnavailable
from gateway.channels.wechat.settings import WeChatSettings
from gateway.channels.wechat.token import StableToken

PATH = "/cgi-bin/message/custom/send"


class WeChatClient:
    """Calls WeChat for one account. `http` is made by `api.connect` and closed by whoever made it."""

    def __init__(self, settings: WeChatSettings, http: httpx2.AsyncClient, clock: Clock) -> None:
        self.settings = settings
        self._http = http
        self._token = StableToken(settings, http, clock)

    async def send_text(self, openid: str, text: str) -> None:
        """Returns only when WeChat has said errcode 0.

        Raises ApiError; after WeChatUnavailable the text may have been sent all the same.
        """
        body = {"touser": openid, "msgtype": "text", "text": {"content": text}}
        token = await self._token.get()
        try:
            answer = await call(self._http, PATH, body, token=token)
        except TokenRejected:
            answer = await call(self._http, PATH, body, token=await self._token.renew(token))
        if answer.get("errcode") != 0:
            raise WeChatUnavailable(f"{PATH}: WeChat did not say errcode 0")
