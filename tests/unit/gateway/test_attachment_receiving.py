from __future__ import annotations

from typing import Any

import pytest
from starlette.requests import Request

from gateway.attachments.errors import NotKept
from gateway.attachments.receiving import file_form
from gateway.errors import BadRequest

BEGINNING = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\nhalf of a pict'


def request(*events: dict[str, Any], charset: str = "utf-8") -> Request:
    coming = iter(events)

    async def receive() -> dict[str, Any]:
        return next(coming)

    kind = f"multipart/form-data; boundary=b; charset={charset}".encode()
    return Request({"type": "http", "method": "POST", "headers": [(b"content-type", kind)]}, receive)


def part(body: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


async def test_who_leaves_while_sending_is_no_error_of_ours() -> None:
    with pytest.raises(BadRequest):
        async with file_form(request(part(BEGINNING, more=True), {"type": "http.disconnect"})):
            pass


async def test_a_character_set_that_is_none_is_a_bad_request() -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\nx\r\n--b--\r\n'

    with pytest.raises(BadRequest):
        async with file_form(request(part(body), charset="undefined")):
            pass


async def test_a_disk_that_takes_nothing_is_told_as_such() -> None:
    with pytest.raises(NotKept):
        async with file_form(request(part(BEGINNING + b"\r\n--b--\r\n"))):
            raise OSError(28, "No space left on device")
