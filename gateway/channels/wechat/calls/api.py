"""One call to WeChat's server, with every way it can go wrong turned into an ApiError."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from gateway.channels.wechat.errors import MediaRefused, WeChatUnavailable, from_code
from gateway.channels.wechat.settings import WeChatSettings

Query = Mapping[str, str]
_LONGEST_REFUSAL = 64 * 1024  # bytes of JSON that comes instead of a file
# Nothing has left us: there was no connection, or no request to be made.
_NOT_OUT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)


@dataclass(frozen=True)
class Upload:
    """A file to be sent along, as multipart form data."""

    name: str
    data: bytes
    media_type: str


@dataclass(frozen=True)
class Download:
    """A file as it came; `media_type` is what WeChat says it is."""

    data: bytes
    media_type: str


def connect(settings: WeChatSettings) -> httpx2.AsyncClient:
    """A client for WeChat's server, without redirects; close it when done."""
    return httpx2.AsyncClient(base_url=settings.api_base, timeout=settings.api_timeout, follow_redirects=False)


async def call(
    http: httpx2.AsyncClient,
    path: str,
    body: Mapping[str, Any] | None,
    *,
    token: str | None = None,
    query: Query | None = None,
) -> Mapping[str, Any]:
    """The answer, whose errcode is absent or 0, of a POST, or of a GET without body. Raises ApiError.

    Chinese is sent as it is: WeChat shows `\\u4f60` literally.
    """
    content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"} if content is not None else {}
    method = "GET" if content is None else "POST"
    try:
        response = await http.request(method, path, content=content, headers=headers, params=_params(token, query))
    except httpx2.RequestError as error:
        raise _silence(path, error) from error
    return _checked(path, response)


async def upload(
    http: httpx2.AsyncClient, path: str, file: Upload, *, token: str, query: Query | None = None
) -> Mapping[str, Any]:
    """The answer of a POST of one file, in the field `media`. Raises ApiError."""
    files = {"media": (file.name, file.data, file.media_type)}
    try:
        response = await http.post(path, files=files, params=_params(token, query))
    except httpx2.RequestError as error:
        raise _silence(path, error) from error
    return _checked(path, response)


async def download(
    http: httpx2.AsyncClient, path: str, *, token: str, query: Query | None = None, limit: int
) -> Download:
    """A file of at most `limit` bytes, never read further than that. Raises ApiError."""
    try:
        async with http.stream("GET", path, params=_params(token, query), follow_redirects=False) as response:
            return await _file(path, response, limit)
    except httpx2.RequestError as error:
        raise _silence(path, error) from error


async def _file(path: str, response: httpx2.Response, limit: int) -> Download:
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    words = response.status_code != 200 or media_type in ("application/json", "text/plain", "text/html")
    most = _LONGEST_REFUSAL if words else limit
    data = bytearray()
    async for chunk in response.aiter_bytes():
        data += chunk
        if len(data) > most:
            raise MediaRefused(f"{path}: the file has more than {most} bytes")
    if words:
        answer = _checked(path, httpx2.Response(response.status_code, content=bytes(data)))
        told = ", ".join(sorted(map(str, answer))) or "nothing"
        raise MediaRefused(f"{path}: WeChat answered with {told} instead of a file")  # of a video: an address
    return Download(bytes(data), media_type)


def _params(token: str | None, query: Query | None) -> dict[str, str]:
    return {**({"access_token": token} if token else {}), **(query or {})}


def _silence(path: str, error: httpx2.RequestError) -> WeChatUnavailable:
    went_out = not isinstance(error, _NOT_OUT)
    return WeChatUnavailable(f"{path}: no answer from WeChat ({type(error).__name__})", went_out=went_out)


def _checked(path: str, response: httpx2.Response) -> Mapping[str, Any]:
    if response.status_code != 200:
        server = response.status_code >= 500
        raise WeChatUnavailable(f"{path}: WeChat answered HTTP {response.status_code}", went_out=server)
    try:
        answer = response.json()
    except ValueError as error:
        raise WeChatUnavailable(f"{path}: WeChat's answer is not JSON", went_out=True) from error
    if not isinstance(answer, dict) or not isinstance(answer.get("errcode", 0), int):
        raise WeChatUnavailable(f"{path}: WeChat's answer is not of the documented form", went_out=True)
    if errcode := answer.get("errcode", 0):
        raise from_code(errcode, str(answer.get("errmsg", "")))
    return answer
