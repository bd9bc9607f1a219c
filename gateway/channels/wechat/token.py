"""The access token: fetched once however many ask, renewed once when it is refused."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import httpx2

from desk.clock import Clock
from gateway.channels.wechat.api import call
from gateway.channels.wechat.errors import WeChatUnavailable
from gateway.channels.wechat.settings import WeChatSettings

PATH = "/cgi-bin/stable_token"
_MARGIN = timedelta(minutes=5)  # WeChat hands out the next token during the last five minutes of the old one
_BETWEEN_FORCED = timedelta(seconds=30)  # WeChat's own limit, besides 20 a day


class StableToken:
    """The token of one account, from `stable_token`, which several processes may call without harm."""

    def __init__(self, settings: WeChatSettings, http: httpx2.AsyncClient, clock: Clock) -> None:
        self._settings = settings
        self._http = http
        self._clock = clock
        self._lock = asyncio.Lock()
        self._token: str | None = None
        self._until: datetime | None = None
        self._forced: datetime | None = None

    async def get(self) -> str:
        """A token that should be valid. Raises ApiError."""
        async with self._lock:
            if self._token is None or self._until is None or self._clock() >= self._until:
                await self._fetch()
            return self._held()

    async def renew(self, refused: str) -> str:
        """A token other than the refused one where there is one; those who come late get what the first one got.

        Raises ApiError.
        """
        async with self._lock:
            if self._token == refused:
                await self._fetch()  # somebody else may have forced a new one already
            if self._token == refused and self._may_force():
                self._forced = self._clock()
                await self._fetch(force=True)
            return self._held()

    async def _fetch(self, *, force: bool = False) -> None:
        body = {
            "grant_type": "client_credential",
            "appid": self._settings.app_id,
            "secret": self._settings.app_secret,
            "force_refresh": force,
        }
        answer = await call(self._http, PATH, body)
        token, seconds = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(token, str) or not token or not isinstance(seconds, int):
            raise WeChatUnavailable(f"{PATH}: WeChat's answer holds no token")
        self._token, self._until = token, self._clock() + max(timedelta(0), timedelta(seconds=seconds) - _MARGIN)

    def _held(self) -> str:
        if self._token is None:
            raise WeChatUnavailable(f"{PATH}: there is no token")
        return self._token

    def _may_force(self) -> bool:
        return self._forced is None or self._clock() - self._forced >= _BETWEEN_FORCED
