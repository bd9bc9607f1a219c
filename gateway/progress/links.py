"""Links to the progress of a ticket: signed, so that nobody can make one up, and good for 90 days."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from itsdangerous import BadSignature, TimestampSigner

from desk.clock import Clock
from gateway.errors import Missing

PATH = "/progress"
GOOD_FOR = timedelta(days=90)
_SALT = "gongda.progress"
_LONGEST = 200  # characters of a token; a made-up one is not worth reading any further


class Links:
    """Makes tokens and reads them back. Who has a link may see the ticket's progress: that is what it is for."""

    def __init__(self, secret: str, public_url: str, clock: Clock) -> None:
        self._signer = _Signer(secret, clock)
        self._public_url = public_url.rstrip("/")

    @property
    def public(self) -> bool:
        """Whether it is known where the page is seen from outside."""
        return bool(self._public_url)

    def to(self, number: str) -> str:
        """The address of a ticket's page; without the gateway's own address where that is not known."""
        return f"{self._public_url}{PATH}/{self.token(number)}"

    def token(self, number: str) -> str:
        """A token from now on."""
        return self._signer.sign(number).decode()

    def number(self, token: str) -> str:
        """The ticket behind a token. Raises Missing, whatever is wrong with it."""
        try:
            return self._signer.unsign(token[:_LONGEST], max_age=int(GOOD_FOR.total_seconds())).decode()
        except (BadSignature, UnicodeError):
            raise Missing from None


class _Signer(TimestampSigner):
    """On our clock."""

    def __init__(self, secret: str, clock: Clock) -> None:
        super().__init__(secret, salt=_SALT, digest_method=hashlib.sha256)
        self._clock = clock

    def get_timestamp(self) -> int:
        return int(self._clock().timestamp())
