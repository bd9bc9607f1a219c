"""The access token between processes: one small file with mode 600, and a lock beside it while a new one is fetched.

It is a convenience, never a condition: a file that cannot be read, written or locked costs a call more, not a message.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

log = logging.getLogger(__name__)

LONGEST_LIFE = timedelta(seconds=7200)  # of a token; an end that is further away comes from another clock
_LONGEST_TOKEN = 4096  # characters; the documentation asks to keep 512 at least
_LONGEST_WAIT = 15.0  # seconds for somebody else's fetch, which gives up before
_LOOK_EVERY = 0.02  # seconds


@dataclass(frozen=True)
class Kept:
    """A token, until when it is to be used, and when one was last forced."""

    token: str
    until: datetime
    forced: datetime | None = None


class TokenFile:
    """The file of one account; `path` None keeps nothing and locks nothing."""

    def __init__(self, path: Path | None, app_id: str) -> None:
        self._path = path
        self._app_id = app_id

    def read(self, now: datetime) -> Kept | None:
        """What is kept; None for nothing, another account's, an odd one, or one that ends impossibly late."""
        if self._path is None:
            return None
        try:
            stored = json.loads(self._path.read_text("utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            log.warning("存放微信 access_token 的文件读不出来（%s），重新获取", type(error).__name__)
            return None
        kept = _kept(stored, self._app_id)
        return kept if kept is not None and kept.until <= now + LONGEST_LIFE else None

    def write(self, kept: Kept) -> None:
        """As a whole or not at all; what cannot be written is not shared."""
        if self._path is None:
            return
        aside = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        stored = {
            "app_id": self._app_id,
            "token": kept.token,
            "until": kept.until.timestamp(),
            "forced": kept.forced.timestamp() if kept.forced else None,
        }
        try:
            with os.fdopen(os.open(aside, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
                os.fchmod(file.fileno(), 0o600)
                json.dump(stored, file)
            os.replace(aside, self._path)
        except OSError as error:
            log.warning("微信 access_token 没能存下（%s），各进程各自获取", error.strerror or type(error).__name__)
            with suppress(OSError):
                aside.unlink()

    @asynccontextmanager
    async def locked(self) -> AsyncIterator[None]:
        """Alone among processes, while the block runs. Nobody is waited for longer than 15 s."""
        descriptor = self._open()
        if descriptor is None:
            yield
            return
        try:
            await _lock(descriptor)
            yield
        finally:
            os.close(descriptor)  # and with it the lock

    def _open(self) -> int | None:
        if self._path is None:
            return None
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            return os.open(self._path.with_name(f"{self._path.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            log.warning(
                "微信 access_token 的锁文件打不开（%s），各进程各自获取", error.strerror or type(error).__name__
            )
            return None


async def _lock(descriptor: int) -> None:
    """Polled, so that the event loop goes on and a cancelled wait leaves nothing behind."""
    give_up = asyncio.get_running_loop().time() + _LONGEST_WAIT
    while not _locks(descriptor):
        if asyncio.get_running_loop().time() >= give_up:
            log.warning("等微信 access_token 的锁超过 %.0f 秒，不再等", _LONGEST_WAIT)
            return
        await asyncio.sleep(_LOOK_EVERY)


def _locks(descriptor: int) -> bool:
    """False while somebody else has it; a file system without locks has them all."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        log.warning("微信 access_token 的锁不可用（%s）", error.strerror or type(error).__name__)
    return True


def _kept(stored: object, app_id: str) -> Kept | None:
    if not isinstance(stored, dict) or stored.get("app_id") != app_id:
        return None
    token, until, forced = stored.get("token"), _moment(stored.get("until")), _moment(stored.get("forced"))
    if not isinstance(token, str) or not 0 < len(token) <= _LONGEST_TOKEN or until is None:
        return None
    return Kept(token, until, forced)


def _moment(seconds: object) -> datetime | None:
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        return None
    try:
        return datetime.fromtimestamp(seconds, timezone.utc)
    except (ValueError, OverflowError, OSError):
        return None
