"""The access token: fetched once however many ask in however many processes, renewed once when it is refused."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import httpx2

from desk.clock import Clock
from gateway.channels.wechat.calls.api import call
from gateway.channels.wechat.calls.token_file import LONGEST_LIFE, Kept, TokenFile
from gateway.channels.wechat.errors import ADVICE, NotSetUp, TokenRejected, WeChatUnavailable
from gateway.channels.wechat.settings import WeChatSettings

PATH = "/cgi-bin/stable_token"
_MARGIN = timedelta(minutes=5)  # WeChat hands out the next token during the last five minutes of the old one
_BETWEEN_FORCED = timedelta(seconds=30)  # WeChat's own limit, besides 20 a day


class StableToken:
    """The token of one account, from `stable_token`, kept in `settings.token_file` for the other processes."""

    def __init__(self, settings: WeChatSettings, http: httpx2.AsyncClient, clock: Clock) -> None:
        self._settings = settings
        self._http = http
        self._clock = clock
        self._lock = asyncio.Lock()
        self._file = TokenFile(settings.token_file, settings.app_id)
        self._kept: Kept | None = None

    async def get(self) -> str:
        """A token that should be valid. Raises ApiError."""
        async with self._lock:
            if self._usable(self._kept) is None:
                async with self._file.locked():
                    self._kept = self._usable(self._file.read(self._clock())) or await self._fetch()
            return self._held()

    async def renew(self, refused: str) -> str:
        """A token other than the refused one where there is one; those who come late get what the first one got.

        Raises ApiError.
        """
        async with self._lock:
            if self._kept is None or self._kept.token == refused:
                async with self._file.locked():
                    self._kept = await self._another(refused)
            return self._held()

    async def _another(self, refused: str) -> Kept:
        shared = self._file.read(self._clock())
        if shared is not None and shared.token != refused and self._usable(shared) is not None:
            return shared  # another process was quicker
        forced = max((one.forced for one in (shared, self._kept) if one and one.forced), default=None)
        fetched = await self._fetch(forced=forced)
        if fetched.token == refused and self._may_force(forced):
            return await self._fetch(force=True)
        return fetched

    async def _fetch(self, *, force: bool = False, forced: datetime | None = None) -> Kept:
        body = {
            "grant_type": "client_credential",
            "appid": self._settings.app_id,
            "secret": self._settings.app_secret,
            "force_refresh": force,
        }
        try:
            answer = await call(self._http, PATH, body)
        except TokenRejected as error:  # here it is the AppSecret that is refused
            raise NotSetUp(f"{error}。{ADVICE[40001]}", error.errcode) from error
        token, seconds = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(token, str) or not token or not isinstance(seconds, int):
            raise WeChatUnavailable(f"{PATH}: WeChat's answer holds no token")
        now = self._clock()
        lasts = min(max(timedelta(0), timedelta(seconds=seconds) - _MARGIN), LONGEST_LIFE)
        kept = Kept(token, now + lasts, now if force else forced)
        self._file.write(kept)
        return kept

    def _usable(self, kept: Kept | None) -> Kept | None:
        """Not over, and not so long that a clock must have jumped back."""
        now = self._clock()
        return kept if kept is not None and now < kept.until <= now + LONGEST_LIFE else None

    def _held(self) -> str:
        if self._kept is None:
            raise WeChatUnavailable(f"{PATH}: there is no token")
        return self._kept.token

    def _may_force(self, forced: datetime | None) -> bool:
        return forced is None or abs(self._clock() - forced) >= _BETWEEN_FORCED
