"""Which pages may use the widget's API: the gateway's own, and those of the allowed origins."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from fastapi import Request

from gateway.errors import Forbidden
from gateway.settings import GatewaySettings


def allowed_origins(settings: GatewaySettings) -> frozenset[str]:
    """As browsers write them: lower case, without a slash at the end."""
    return frozenset(origin.rstrip("/").lower() for origin in settings.allowed_origins)


def origin_gate(settings: GatewaySettings) -> Callable[[Request], None]:
    """A dependency that refuses the pages of strangers.

    Browsers name the page's origin with every request that changes something and every one across origins; programs
    that are no browser name none, and have no visitor's session to misuse.
    """
    allowed = allowed_origins(settings)
    own = urlsplit(settings.public_url).netloc.lower()

    def check(request: Request) -> None:
        origin = request.headers.get("origin")
        if origin is None or origin.lower() in allowed:
            return
        # Host and port only: behind a proxy that ends TLS we cannot see the scheme.
        host = urlsplit(origin).netloc.lower()
        if not host or host not in (request.headers.get("host", "").lower(), own):
            raise Forbidden("foreign_origin")

    return check
