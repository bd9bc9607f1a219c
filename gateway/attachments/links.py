"""Addresses of files: signed for one conversation, and good for a while. Nobody can make one up or prolong it."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from itsdangerous import BadSignature, SignatureExpired, TimestampSigner

from desk.clock import Clock
from gateway.errors import Forbidden, Missing

PATH = "/web/attachments"
GOOD_FOR = timedelta(hours=12)
_SALT = "gongda.attachment"
_LONGEST = 200  # characters of a signature; a made-up one is not worth reading any further


class FileLinks:
    """Makes addresses for the people of a conversation, and reads them back."""

    def __init__(self, secret: str, clock: Clock) -> None:
        self._signer = _Signer(secret, clock)

    def to(self, key: str, conversation_id: int) -> str:
        """The address of a file in a conversation, without the gateway's own."""
        value = _value(key, conversation_id)
        return f"{PATH}/{key}?sig={self._signer.sign(value).decode().removeprefix(value + '.')}"

    def check(self, key: str, conversation_id: int, signature: str) -> None:
        """Raises Forbidden for an address that was good once, Missing for any other wrong one."""
        signed = f"{_value(key, conversation_id)}.{signature[:_LONGEST]}"
        try:
            self._signer.unsign(signed, max_age=int(GOOD_FOR.total_seconds()))
        except SignatureExpired:
            raise Forbidden("link_expired") from None
        except (BadSignature, UnicodeError, ValueError):
            raise Missing from None


def _value(key: str, conversation_id: int) -> str:
    return f"{key}:{conversation_id}"


class _Signer(TimestampSigner):
    """On our clock."""

    def __init__(self, secret: str, clock: Clock) -> None:
        super().__init__(secret, salt=_SALT, digest_method=hashlib.sha256)
        self._clock = clock

    def get_timestamp(self) -> int:
        return int(self._clock().timestamp())
