"""Access tokens as 获取稳定版接口调用凭据 (getStableAccessToken) describes them: one is valid, the last one lingers.

https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken: a token lives 7200 s at most; in the
last five minutes a call gives the next one and both are good; `force_refresh` ends the old one at once, "间隔至少为
30s，否则不会刷新", twenty times a day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from desk.clock import Clock
from gateway.channels.wechat.fakes.codes import INVALID_CREDENTIAL, TOKEN_EXPIRED, TOO_OFTEN, Refused

TOKEN_LIFE = timedelta(seconds=7200)
GRACE = timedelta(minutes=5)  # how long the token before is still good
FORCED_A_DAY = 20
_FORCED_PAUSE = timedelta(seconds=30)


@dataclass(frozen=True)
class Issued:
    """A token and the moment from which it is refused."""

    token: str
    until: datetime


@dataclass
class FakeTokens:
    """`fetched` counts the calls for a token."""

    clock: Clock
    fetched: int = 0
    _now: Issued | None = None
    _before: Issued | None = None
    _number: int = 0
    _forced: list[datetime] = field(default_factory=list)

    def fetch(self, *, force: bool) -> Issued:
        """What `stable_token` answers. Raises Refused."""
        self.fetched += 1
        now = self.clock()
        if force:
            self._force(now)
        elif self._now is None or now >= self._now.until - GRACE:
            self._issue(now)
        return self._now or self._issue(now)

    def check(self, token: str) -> None:
        """Raises Refused unless the token is good now."""
        now = self.clock()
        known = next((one for one in (self._now, self._before) if one is not None and one.token == token), None)
        if known is None:
            raise Refused(INVALID_CREDENTIAL)
        if now >= known.until:
            raise Refused(TOKEN_EXPIRED)

    def revoke(self) -> None:
        """Somebody else has forced a new one: the old one is refused at once."""
        self._issue(self.clock())
        self._before = None

    def _force(self, now: datetime) -> None:
        if self._forced and now - self._forced[-1] < _FORCED_PAUSE:
            return
        self._forced = [moment for moment in self._forced if now - moment < timedelta(days=1)]
        if len(self._forced) >= FORCED_A_DAY:
            raise Refused(TOO_OFTEN)
        self._forced.append(now)
        self.revoke()

    def _issue(self, now: datetime) -> Issued:
        self._number += 1
        self._before, self._now = self._now, Issued(f"token-{self._number}", now + TOKEN_LIFE)
        return self._now
