"""One call to WeChat's server, with every way it can go wrong turned into an ApiError."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx2

from gateway.channels.wechat.errors import WeChatUnavailable, from_code
from gateway.channels.wechat.settings import WeChatSettings


def connect(settings: WeChatSettings) -> httpx2.AsyncClient:
    """A client for WeChat's server, without redirects; close it when done."""
    return httpx2.AsyncClient(base_url=settings.api_base, timeout=settings.api_timeout, follow_redirects=False)


async def call(
    http: httpx2.AsyncClient, path: str, body: Mapping[str, Any], *, token: str | None = None
) -> Mapping[str, Any]:
    """The answer of a POST whose errcode is absent or 0. Raises ApiError.

    Chinese is sent as it is: WeChat shows `\\u4f60` literally.
    """
    try:
        response = await http.post(
            path,
            content=json.dumps(body, ensure_ascii=False).encode(),
            headers={"Content-Type": "application/json; charset=utf-8"},
            params={"access_token": token} if token else None,
        )
    except httpx2.RequestError as error:
        raise WeChatUnavailable(f"{path}: no answer from WeChat ({type(error).__name__})") from error
    return _checked(path, response)


def _checked(path: str, response: httpx2.Response) -> Mapping[str, Any]:
    if response.status_code != 200:
        raise WeChatUnavailable(f"{path}: WeChat answered HTTP {response.status_code}")
    try:
        answer = response.json()
    except ValueError as error:
        raise WeChatUnavailable(f"{path}: WeChat's answer is not JSON") from error
    if not isinstance(answer, dict) or not isinstance(answer.get("errcode", 0), int):
        raise WeChatUnavailable(f"{path}: WeChat's answer is not of the documented form")
    if errcode := answer.get("errcode", 0):
        raise from_code(errcode, str(answer.get("errmsg", "")))
    return answer
