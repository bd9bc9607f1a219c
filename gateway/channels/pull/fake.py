"""A server like that of 微信客服, for tests: pages of messages by cursor, and what may be sent within 48 hours.

fake = FakeKf(clock)
http = httpx2.AsyncClient(transport=httpx2.ASGITransport(fake.app), base_url="http://kf")
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from desk.clock import Clock
from gateway.channels.pull.kf import COUNT_LIMIT, CUSTOMER, TIME_LIMIT

NO_TOKEN, NO_SUCH_PERSON, TOO_LONG = 40014, 40003, 40058
LONGEST = 2048  # bytes of UTF-8


class FakeKf:
    """`down` answers 503; `lose` takes so many texts and lets the answer get lost; `page` is how much comes at once."""

    def __init__(self, clock: Clock, *, page: int = 2, allowance: int = 5) -> None:
        self.token = "kf-1"  # noqa: S105 - of a fake
        self._clock = clock
        self._page = page
        self._allowance = allowance
        self._log: list[Mapping[str, Any]] = []
        self._written: dict[str, datetime] = {}
        self._sent: defaultdict[str, int] = defaultdict(int)  # since they wrote last
        self.shown: defaultdict[str, list[str]] = defaultdict(list)  # what each person has on their screen
        self.blocked: set[str] = set()
        self.down = False
        self.lose = 0
        self.pulls = 0
        self.app = Starlette(
            routes=[
                Route("/cgi-bin/kf/sync_msg", self._sync, methods=["POST"]),
                Route("/cgi-bin/kf/send_msg", self._send, methods=["POST"]),
            ]
        )

    async def access_token(self) -> str:
        return self.token

    def write(self, user: str, message_id: str, text: str = "", **more: Any) -> None:
        """Somebody writes; `image={"media_id": …}` and the like send something else."""
        kind = next(iter(more), "text")
        content = more.get(kind, {"content": text})
        self._log.append(
            {"msgid": message_id, "external_userid": user, "origin": CUSTOMER, "msgtype": kind, kind: content}
        )
        self._written[user], self._sent[user] = self._clock(), 0

    async def _sync(self, request: Request) -> Response:
        self.pulls += 1
        body = await request.json()
        if refused := self._refused(request):
            return refused
        at = int(body.get("cursor") or 0)
        page = self._log[at : at + self._page]
        end = at + len(page)
        return _answer(next_cursor=str(end), has_more=int(end < len(self._log)), msg_list=page)

    async def _send(self, request: Request) -> Response:
        body = await request.json()
        if refused := self._refused(request):
            return refused
        user, text = body["touser"], body["text"]["content"]
        if code := self._code(user, text):
            return _answer(code)
        self._sent[user] += 1
        self.shown[user].append(text)
        if self.lose:
            self.lose -= 1
            return Response(status_code=502)
        return _answer(msgid=body["msgid"])

    def _refused(self, request: Request) -> Response | None:
        if self.down:
            return Response(status_code=503)
        return None if request.query_params.get("access_token") == self.token else _answer(NO_TOKEN)

    def _code(self, user: str, text: str) -> int:
        if user in self.blocked or user not in self._written:
            return NO_SUCH_PERSON
        if len(text.encode()) > LONGEST:
            return TOO_LONG
        if self._clock() - self._written[user] > timedelta(hours=48):
            return TIME_LIMIT
        return COUNT_LIMIT if self._sent[user] >= self._allowance else 0


def _answer(errcode: int = 0, **more: Any) -> Response:
    return JSONResponse({"errcode": errcode, "errmsg": "ok" if not errcode else "refused", **more})
