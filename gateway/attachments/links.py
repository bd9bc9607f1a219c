"""Addresses of files: signed for one conversation, and good for a while. Nobody can make one up or prolong it."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from itsdangerous import BadSignature, SignatureExpired, TimestampSigner

from desk.clock import Clock
from gateway.errors import Forbidden, Missing

PATH = "/web/attachments"
GOOD_FOR = timedelta(hours=12)
STAYS_FOR = timedelta(hours=1)  # as serving lets browsers keep a file: a reload then fetches no picture again
_SALT = "gongda.attachment"
_LONGEST = 200  # characters of a signature; a made-up one is not worth reading any further


class FileLinks:
    """Makes addresses for the people of a conversation, and reads them back."""

    def __init__(self, secret: str, clock: Clock) -> None:
        self._signing = _Signer(secret, clock, step=int(STAYS_FOR.total_seconds()))
        self._checking = _Signer(secret, clock)

    def to(self, key: str, conversation_id: int) -> str:
        """The address of a file in a conversation, without the gateway's own; the same one for a while."""
        value = _value(key, conversation_id)
        return f"{PATH}/{key}?sig={self._signing.sign(value).decode().removeprefix(value + '.')}"

    def check(self, key: str, conversation_id: int, signature: str) -> None:
        """Raises Forbidden for an address that was good once, Missing for any other wrong one."""
        signed = f"{_value(key, conversation_id)}.{signature[:_LONGEST]}"
        try:
            self._checking.unsign(signed, max_age=int(GOOD_FOR.total_seconds()))
        except SignatureExpired:
            raise Forbidden("link_expired") from None
        except (BadSignature, UnicodeError, ValueError):
            raise Missing from None


def _value(key: str, conversation_id: int) -> str:
    return f"{key}:{conversation_id}"


class _Signer(TimestampSigner):
    """On our clock, which moves by `step` seconds."""

    def __init__(self, secret: str, clock: Clock, *, step: int = 1) -> None:
        super().__init__(secret, salt=_SALT, digest_method=hashlib.sha256)
        self._clock = clock
        self._step = step

    def get_timestamp(self) -> int:
        now = int(self._clock().timestamp())
        return now - now % self._step
