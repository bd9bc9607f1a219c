"""One POST to somebody else's server, with every way it can go wrong turned into a NotDelivered.

Addresses of robots contain their keys: nothing here puts an address into an error or a log.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx2

from gateway.notifications.errors import NoAnswer, NotDelivered, Refused, Throttled, Unavailable

TIMEOUT = 15.0  # seconds, for everything from connecting to the end of the answer
_MINUTE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=1)


def connect() -> httpx2.AsyncClient:
    """A client that follows no redirects; close it when done."""
    return httpx2.AsyncClient(timeout=TIMEOUT, follow_redirects=False)


async def post(
    http: httpx2.AsyncClient, url: str, body: bytes, headers: Mapping[str, str] | None = None
) -> httpx2.Response:
    """Any answer with a status of 200 to 299. Raises NotDelivered."""
    try:
        async with asyncio.timeout(TIMEOUT):
            response = await http.post(
                url, content=body, headers={"Content-Type": "application/json; charset=utf-8", **(headers or {})}
            )
    except (httpx2.InvalidURL, httpx2.UnsupportedProtocol):
        raise Refused("address") from None
    except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
        raise Unavailable("no_connection", kind=type(error).__name__) from None  # its text may hold the address
    except (httpx2.RequestError, TimeoutError) as error:
        raise NoAnswer("no_answer", kind=type(error).__name__) from None
    if 200 <= response.status_code < 300:
        return response
    raise _refusal(response)


def read(response: httpx2.Response, *names: str) -> tuple[int, str]:
    """The error code under the first of `names` that is there, and the message beside it. Raises Unavailable.

    These servers answer HTTP 200 whatever happens: only their own code tells. `names` are pairs, code and message.
    """
    try:
        answer = response.json()
    except ValueError:
        raise Unavailable("odd_answer") from None
    if isinstance(answer, dict):
        for code, message in zip(names[::2], names[1::2], strict=True):
            if isinstance(answer.get(code), int):
                return answer[code], str(answer.get(message, ""))[:200]
    raise Unavailable("odd_answer")


def encoded(body: Any) -> bytes:
    """Chinese as it is."""
    return json.dumps(body, ensure_ascii=False).encode()


def _refusal(response: httpx2.Response) -> NotDelivered:
    status = response.status_code
    if status == 429:
        return Throttled("throttled_http", _asked_pause(response), status=status)
    if 300 <= status < 400:
        return Refused("redirect", status=status)  # it would take our text, and our signature, somewhere else
    return Refused("gone", status=status) if status == 410 else Unavailable("http", status=status)


def _asked_pause(response: httpx2.Response) -> timedelta:
    asked = response.headers.get("retry-after", "")
    seconds = timedelta(seconds=int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 7 else _MINUTE
    return min(max(seconds, timedelta(seconds=1)), _LONGEST_PAUSE)
