"""People who ask: over the web channel as the widget does, or over Rasa's REST channel."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

import httpx2

REPLY_WITHIN = 30.0  # seconds until a message counts as unanswered
SILENCE = 2.0  # while a human has the conversation nothing may come


@dataclass(frozen=True)
class Reply:
    """What became of one message. `ms` from sending to the first word of the answer."""

    ms: float
    answered: bool
    silent: bool = False  # a human has the conversation: no answer is right


class Person(Protocol):
    """One sender; a conversation of several messages."""

    async def say(self, text: str) -> Reply:
        """Send and wait for the answer."""

    async def leave(self) -> None:
        """End the conversation."""


class RestPerson:
    """Rasa's REST channel: the answer is the response."""

    def __init__(self, http: httpx2.AsyncClient, url: str) -> None:
        self._http = http
        self._url = f"{url}/webhooks/rest/webhook"
        self._sender = uuid.uuid4().hex

    async def say(self, text: str) -> Reply:
        began = time.perf_counter()
        response = await self._http.post(self._url, json={"sender": self._sender, "message": text})
        ms = (time.perf_counter() - began) * 1000
        return Reply(ms, response.status_code == 200 and bool(response.json()))

    async def leave(self) -> None:
        """Nothing is open."""


class WebPerson:
    """The widget's contract: a session, an event stream that stays open, messages beside it."""

    def __init__(self, http: httpx2.AsyncClient, url: str, address: str) -> None:
        self._http = http
        self._url = url
        # Sessions are limited for each address; every person has one of their own, as behind a reverse proxy.
        self._from = {"x-forwarded-for": address}
        self._events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._reader: asyncio.Task[None] | None = None
        self._headers: dict[str, str] = {}
        self._state = "bot"

    async def say(self, text: str) -> Reply:
        if self._reader is None:
            await self._arrive()
        self._catch_up()
        silent = self._state != "bot"
        began = time.perf_counter()
        body = {"client_id": uuid.uuid4().hex, "text": text}
        response = await self._http.post(f"{self._url}/web/messages", json=body, headers=self._headers)
        response.raise_for_status()
        seq = int(response.json()["seq"])
        try:
            async with asyncio.timeout(SILENCE if silent else REPLY_WITHIN):
                while not self._answers(await self._events.get(), seq):
                    pass
        except TimeoutError:
            return Reply((time.perf_counter() - began) * 1000, answered=False, silent=silent)
        return Reply((time.perf_counter() - began) * 1000, answered=True)

    async def leave(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
            with suppress(asyncio.CancelledError, httpx2.HTTPError):
                await self._reader

    async def _arrive(self) -> None:
        response = await self._http.post(f"{self._url}/web/session", json={"site": "evaluation"}, headers=self._from)
        response.raise_for_status()
        self._headers = {"x-gongda-session": str(response.json()["token"]), **self._from}
        open_now = asyncio.Event()
        self._reader = asyncio.create_task(self._listen(open_now))
        await open_now.wait()

    async def _listen(self, open_now: asyncio.Event) -> None:
        stream = self._http.stream("GET", f"{self._url}/web/events", headers=self._headers, timeout=None)
        async with stream as response:
            async for line in response.aiter_lines():
                open_now.set()
                if line.startswith("data: "):
                    self._events.put_nowait(json.loads(line.removeprefix("data: ")))

    def _answers(self, event: dict[str, Any], seq: int) -> bool:
        """Whether this event is an answer to the message `seq`; a change of state is noted."""
        self._state = str(event.get("state", self._state))
        return event.get("author", "user") != "user" and int(event["seq"]) > seq

    def _catch_up(self) -> None:
        while not self._events.empty():
            self._answers(self._events.get_nowait(), 0)
