"""Reads the beginning of a stream of the console, as a browser that leaves after some events."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from gateway.console.session import COOKIE
from tests.integration.gateway.console.world import World

_PATIENCE = 30.0  # seconds, however busy the machine


@dataclass(frozen=True)
class Event:
    name: str
    data: dict[str, Any]
    id: str


class Stream:
    """One connection; `read` waits for events, `close` is the browser going away."""

    def __init__(self, world: World, path: str, token: str, **headers: str) -> None:
        path, _, query = path.partition("?")
        sent = {"host": "testserver", "cookie": f"{COOKIE}={token}", **headers}
        self._scope = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1",
            "method": "GET", "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": query.encode(),
            "root_path": "", "server": ("testserver", 80), "client": ("test", 1),
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in sent.items()],
        }  # fmt: skip
        self._app, self._hub = world.app, world.services.hub
        self._gone = asyncio.Event()
        self._chunks: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.status, self.headers = 0, dict[str, str]()
        self._asked = False

    async def __aenter__(self) -> Stream:
        self._task = asyncio.create_task(self._run())
        self._bells = asyncio.create_task(self._ring())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._gone.set()
        self._bells.cancel()
        await asyncio.wait_for(self._task, _PATIENCE)

    async def read(self, name: str) -> Event:
        """The next event of this name; others are passed over."""
        while True:
            chunk = await asyncio.wait_for(self._chunks.get(), _PATIENCE)
            assert chunk is not None, f"the stream ended before an event {name}"
            lines = dict(line.split(": ", 1) for line in chunk.decode().splitlines() if ": " in line)
            if lines.get("event") == name:
                return Event(name, json.loads(lines["data"]), lines.get("id", ""))

    async def ended(self) -> bool:
        """Whether nothing more comes; what is left is thrown away."""
        while True:
            chunk = await asyncio.wait_for(self._chunks.get(), _PATIENCE)
            if chunk is None:
                return True

    async def _ring(self) -> None:
        """Nobody waits for the poll: whatever the test does to the desk rings."""
        while True:
            for conversation_id in range(1, 9):
                self._hub.notify(conversation_id)
            await asyncio.sleep(0.05)

    async def _run(self) -> None:
        await self._app(self._scope, self._receive, self._send)
        await self._chunks.put(None)

    async def _receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        elif message.get("body"):
            await self._chunks.put(message["body"])
