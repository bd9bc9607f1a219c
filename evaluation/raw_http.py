"""HTTP/1.1 by hand, because no client would send what is sent here."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass

from evaluation.forging import Request

PATH = "/wechat"
_PATIENCE = 20.0  # seconds


@dataclass(frozen=True)
class Answered:
    """Status 0: no answer at all."""

    status: int
    body: bytes
    seconds: float

    @property
    def shown(self) -> str:
        if self.status == 0:
            return "dropped"
        return f"{self.status} success" if self.body == b"success" else str(self.status)


async def send(port: int, request: Request) -> Answered:
    """One request on a connection of its own; the time is from connecting to the end of the answer."""
    began = time.perf_counter()
    data = b""
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(_PATIENCE):
            data = await _exchange(port, request)
    head, _, body = data.partition(b"\r\n\r\n")
    words = head.split(b" ", 2)
    status = int(words[1]) if len(words) > 1 and words[0].startswith(b"HTTP/1") and words[1].isdigit() else 0
    return Answered(status, body, time.perf_counter() - began)


async def _exchange(port: int, request: Request) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
    data = bytearray()
    try:
        with suppress(ConnectionError):  # the answer may be there before everything is sent
            writer.write(_wire(request))
            await writer.drain()
            if request.ends:
                writer.write_eof()
        with suppress(ConnectionError):
            while chunk := await reader.read(65536):
                data += chunk
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
    return bytes(data)


def _wire(request: Request) -> bytes:
    if request.raw is not None:
        return request.raw
    headers = {"host": "us", "connection": "close", "content-length": str(len(request.body)), **dict(request.headers)}
    lines = [
        f"{request.method} {PATH}?{request.query} HTTP/1.1",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + request.body
