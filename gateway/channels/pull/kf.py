"""微信客服: messages by `kf/sync_msg`, answers by `kf/send_msg`.

Paths and fields follow the documentation of 企业微信 (接收消息和事件, 发送消息). This is the proof that the interface
fits; it has met no real account: the access token is handed in, and files are not fetched.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx2

from gateway.channels.pull.errors import NotNow, PullError, Refused, Unavailable
from gateway.channels.pull.source import Page, Pulled

CUSTOMER = 3  # `origin` of what the customer has sent
COUNT_LIMIT, TIME_LIMIT = 95001, 95002  # five messages; 48 hours
REFUSED = (40003, 40058, 95000)  # no such person, field or account
_PAGE = 1000  # messages
_MEDIA = ("image", "voice", "video", "file")


class Kf:
    """One account of 微信客服. `token` gives a valid access token; `http` is closed by whoever made it."""

    def __init__(self, http: httpx2.AsyncClient, open_kfid: str, token: Callable[[], Awaitable[str]]) -> None:
        self._http = http
        self._open_kfid = open_kfid
        self._token = token

    async def page(self, mark: str) -> Page:
        """Only what customers wrote; events and what servants typed elsewhere are not ours to answer."""
        answer = await self._call("sync_msg", {"cursor": mark, "limit": _PAGE, "open_kfid": self._open_kfid})
        told = answer.get("msg_list") or ()
        messages = tuple(_pulled(one) for one in told if _from_customer(one))
        return Page(messages, str(answer.get("next_cursor") or mark), bool(answer.get("has_more")))

    async def send(self, to: str, text: str, key: str) -> None:
        """`key` is the `msgid`, of letters, digits, - and _, 32 at most."""
        body = {"touser": to, "open_kfid": self._open_kfid, "msgid": key[:32], "msgtype": "text"}
        await self._call("send_msg", {**body, "text": {"content": text}})

    async def _call(self, name: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        params = {"access_token": await self._token()}
        try:
            response = await self._http.post(f"/cgi-bin/kf/{name}", params=params, json=dict(body))
            response.raise_for_status()
            answer = response.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise Unavailable(f"{name}: {type(error).__name__}") from error
        if not isinstance(answer, dict):
            raise Unavailable(f"{name}: no JSON object")
        code = answer.get("errcode", 0)
        if code:
            raise _error(int(code))(f"{name}: errcode {code} {answer.get('errmsg', '')}")
        return answer


def _error(code: int) -> type[PullError]:
    if code in (COUNT_LIMIT, TIME_LIMIT):
        return NotNow
    return Refused if code in REFUSED else Unavailable


def _from_customer(message: Any) -> bool:
    """What has no id or no author cannot be stored once or answered, and must not hold up what comes behind it."""
    return (
        isinstance(message, Mapping)
        and message.get("origin") == CUSTOMER
        and message.get("msgtype") != "event"
        and bool(message.get("msgid") and message.get("external_userid"))
    )


def _pulled(message: Mapping[str, Any]) -> Pulled:
    kind = str(message.get("msgtype", ""))
    content = message.get(kind)
    detail = content if isinstance(content, Mapping) else {}
    known = {"text": "text", "image": "image", "voice": "voice", "file": "file"}.get(kind, "other")
    return Pulled(
        id=str(message["msgid"]),
        user=str(message["external_userid"]),
        text=str(detail.get("content", "")) if kind == "text" else "",
        kind=known,
        payload={} if known == "text" else {"msg_type": kind},
        media=str(detail.get("media_id", "")) if kind in _MEDIA else "",
    )
