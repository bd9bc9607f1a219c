"""Options that are pressed instead of typed: a `msgmenu`, for what is pushed by an account that may use it.

The number of a line tells message and option, so that a line pressed days later still means what it said.
https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from desk import conversations, messages
from desk.conversations import Choice
from desk.database import Database
from desk.errors import NotFound
from desk.messages import Message
from desk.session import Session
from gateway.channels.wechat.hearing.contact import CHANNEL
from gateway.channels.wechat.phrases import Phrases
from gateway.channels.wechat.settings import QUEUED_LIMIT
from gateway.channels.words import render

_LINES = 100  # one message offers fewer options; the last two digits of a line's number
_LONGEST_ID = 18  # digits


def msgmenu(said: Sequence[Message], phrases: Phrases) -> dict[str, Any] | None:
    """All that was said, with the last options as lines to press; None without options, or when that is too long."""
    last = max((index for index, one in enumerate(said) if one.payload.get("options")), default=None)
    if last is None:
        return None
    offered = list(said[last].payload["options"])
    plain = replace(said[last], payload={**said[last].payload, "options": ()})
    head = render([*said[:last], plain, *said[last + 1 :]], phrases)
    lines = [
        {"id": str(said[last].id * _LINES + number), "content": str(option["label"])}
        for number, option in enumerate(offered, 1)
    ]
    size = len(head.encode()) + sum(len(line["content"].encode()) for line in lines)
    if len(offered) >= _LINES or size > QUEUED_LIMIT:
        return None
    return {"head_content": head, "list": lines, "tail_content": ""}


def pressed(session: Session, openid: str, line: str) -> Choice | None:
    """The option that a line of one of this follower's own menus stands for."""
    if not (line.isascii() and line.isdigit() and len(line) <= _LONGEST_ID):
        return None
    message_id, number = divmod(int(line), _LINES)
    conversation = conversations.find(session, CHANNEL, openid)
    try:
        message = messages.by_ids(session, [message_id])[0]
    except NotFound:
        return None
    offered = message.payload.get("options") or ()
    if conversation is None or message.conversation_id != conversation.id or not 1 <= number <= len(offered):
        return None
    option = offered[number - 1]
    return Choice(str(option["id"]), str(option["label"]))


class MenuChoices:
    """The same for the channel, which has no session."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def pressed(self, openid: str, line: str) -> Choice | None:
        """Raises StoreError."""
        return await asyncio.to_thread(self._pressed, openid, line)

    def _pressed(self, openid: str, line: str) -> Choice | None:
        with self._database.read() as session:
            return pressed(session, openid, line)
