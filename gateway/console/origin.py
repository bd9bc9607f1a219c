"""Requests that change something must come from our own pages.

SameSite=Strict keeps the cookie away from other sites; this check also covers sibling subdomains,
old browsers and log-in itself. After the OWASP cheat sheet on cross-site request forgery, "verifying
origin with standard headers" and "fetch metadata".
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request

from gateway.console.errors import ForeignOrigin

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def check_origin(request: Request) -> None:
    """Raises ForeignOrigin. A request that says nothing about where it comes from is refused too."""
    if request.method in _SAFE:
        return
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is None and origin is None:
        raise ForeignOrigin
    if site is not None and site != "same-origin":
        raise ForeignOrigin
    # Host and port only: behind a proxy that ends TLS we cannot see the scheme.
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise ForeignOrigin
