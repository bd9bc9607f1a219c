"""Writing down what was refused, without letting strangers fill the disk."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic

from gateway.channels.wechat.errors import WeChatError

log = logging.getLogger(__name__)

EVERY = 60.0  # seconds


class Refusals:
    """At most one line for each kind of error in `every` seconds; the next one says how many it stands for."""

    def __init__(self, seconds: Callable[[], float] = monotonic, every: float = EVERY) -> None:
        self._seconds = seconds
        self._every = every
        self._said: dict[type[WeChatError], float] = {}
        self._unsaid: dict[type[WeChatError], int] = {}

    def note(self, error: WeChatError) -> None:
        """Log it, or count it."""
        kind, now = type(error), self._seconds()
        last = self._said.get(kind)
        if last is not None and now - last < self._every:
            self._unsaid[kind] = self._unsaid.get(kind, 0) + 1
            return
        self._said[kind] = now
        others = self._unsaid.pop(kind, 0)
        more = f"（此前另有 {others} 次同样的情况没有逐条记录）" if others else ""
        log.warning("微信回调被拒绝或忽略：%s%s", error or kind.__name__, more)
