"""Web sessions: an opaque signed token; the database knows only its hash."""

from __future__ import annotations

import hashlib
import secrets

from itsdangerous import BadSignature, Signer

from gateway.errors import NotSignedIn

_SALT = "gongda.web-session"
_BYTES = 16  # 128 random bits


class WebSessions:
    """Makes tokens and reads them back; a made-up token never reaches the database."""

    def __init__(self, secret: str) -> None:
        self._signer = Signer(secret, salt=_SALT, digest_method=hashlib.sha256)

    def new(self) -> str:
        """A fresh token."""
        return self._signer.sign(secrets.token_urlsafe(_BYTES)).decode()

    def user(self, token: str | None) -> str:
        """The channel's user id behind a token. Raises NotSignedIn."""
        if not token:
            raise NotSignedIn
        try:
            value = self._signer.unsign(token)
        except BadSignature:
            raise NotSignedIn from None
        return hashlib.sha256(value).hexdigest()[:32]
