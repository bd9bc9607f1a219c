"""Web sessions: an opaque signed token; the database knows only its hash."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from itsdangerous import BadSignature, Signer

from gateway.errors import NotSignedIn

_SALT = "gongda.web-session"
_BYTES = 16  # 128 random bits
_KNOWN = b"i."  # begins the value of somebody who is known by an identity; random values have no dot


class WebSessions:
    """Makes tokens and reads them back; a made-up token never reaches the database."""

    def __init__(self, secret: str) -> None:
        self._signer = Signer(secret, salt=_SALT, digest_method=hashlib.sha256)
        self._secret = secret.encode()

    def new(self) -> str:
        """A fresh token for somebody unknown."""
        return self._signer.sign(secrets.token_urlsafe(_BYTES)).decode()

    def of_identity(self, identity: str) -> str:
        """A fresh token for somebody known: another one on each device, for one and the same user."""
        digest = hmac.new(self._secret, identity.encode(), hashlib.sha256).hexdigest()
        return self._signer.sign(f"{_KNOWN.decode()}{digest}.{secrets.token_urlsafe(_BYTES)}").decode()

    def user(self, token: str | None) -> str:
        """The channel's user id behind a token. Raises NotSignedIn."""
        value = self._value(token)
        if value.startswith(_KNOWN):
            value = value.rpartition(b".")[0]
        return hashlib.sha256(value).hexdigest()[:32]

    def known(self, token: str | None) -> str | None:
        """The same; None for a token that is none."""
        try:
            return self.user(token)
        except NotSignedIn:
            return None

    def identified(self, token: str | None) -> bool:
        """Whether the token belongs to somebody known by an identity. Raises NotSignedIn."""
        return self._value(token).startswith(_KNOWN)

    def _value(self, token: str | None) -> bytes:
        if not token:
            raise NotSignedIn
        try:
            return self._signer.unsign(token)
        except BadSignature:
            raise NotSignedIn from None
