"""Signed calls to the operator's own system.

Source: Standard Webhooks (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md): headers
webhook-id, webhook-timestamp, webhook-signature; `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`; a
secret that begins with `whsec_` is base64, any other is taken as it is.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx2

from desk.clock import Clock
from gateway.notifications import posting

KIND = "webhook"
_PREFIX = "whsec_"


class Webhook:
    """`url` may be anywhere, also inside the operator's network; a redirect is never followed."""

    def __init__(self, url: str, secret: str, http: httpx2.AsyncClient, clock: Clock) -> None:
        self._url = url
        self._key = key_of(secret)
        self._http = http
        self._clock = clock

    async def send(self, event_id: str, event: Mapping[str, Any]) -> None:
        """Returns only after an answer of 200 to 299. Raises NotDelivered."""
        body = encoded(event)
        await posting.post(self._http, self._url, body, signed(self._key, event_id, self._clock(), body))


def encoded(event: Mapping[str, Any]) -> bytes:
    """The same event is the same bytes, however often it is sent."""
    return json.dumps(event, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def signed(key: bytes, event_id: str, now: datetime, body: bytes) -> Mapping[str, str]:
    """The three headers. The id is the event's, so that a repeat can be told; the time is that of this try."""
    timestamp = str(int(now.timestamp()))
    digest = hmac.new(key, b".".join((event_id.encode(), timestamp.encode(), body)), hashlib.sha256).digest()
    return {
        "webhook-id": event_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def key_of(secret: str) -> bytes:
    """Raises ValueError for a `whsec_` whose rest is no base64."""
    if not secret.startswith(_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("whsec_ has to be followed by base64") from error
