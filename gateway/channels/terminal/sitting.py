"""Somebody at a terminal: each line is a message, and what is said to them comes as text."""

from __future__ import annotations

import os
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from starlette.concurrency import run_in_threadpool

from desk import attachments, conversations, messages
from desk.attachments import shown
from desk.messages import Message
from desk.session import Session
from gateway.attachments.errors import AttachmentError, Damaged
from gateway.attachments.keeping import keep, message_kind
from gateway.attachments.telling import sentence
from gateway.care.pictures import acknowledge
from gateway.channels.channel import Piece
from gateway.channels.terminal.channel import CHANNEL, Terminal
from gateway.errors import GatewayError
from gateway.render import Voice
from gateway.services import Services
from gateway.turns.flow import Accepted, Inbox, Incoming


class Refused(Exception):
    """The line was not taken; says why, in Chinese."""


class Sitting:
    """One person. `say` takes a line in; `news` is what has been said to them since the last look."""

    def __init__(self, services: Services, inbox: Inbox, user: str) -> None:
        self._services = services
        self._inbox = inbox
        self._user = user
        self._seen = 0

    async def say(self, line: str, message_id: str = "") -> Accepted:
        """A line, or the file that it is the path of; once for each id. Raises Refused, StoreError."""
        message_id = message_id or uuid.uuid4().hex
        try:
            brings = await run_in_threadpool(self._file, line, message_id)
            return await self._inbox.receive(brings or Incoming(CHANNEL, self._user, message_id, line))
        except AttachmentError as error:
            raise Refused(sentence(error, self._services.wording, self._services.rules.attachments)) from error
        except GatewayError as error:
            raise Refused(self._services.wording.text(f"errors.{error.key}", **error.values)) from error

    async def news(self) -> Sequence[Piece]:
        """In order, each message once."""
        return await run_in_threadpool(self._news)

    def _news(self) -> Sequence[Piece]:
        with self._services.db.read() as session:
            conversation = conversations.find(session, CHANNEL, self._user)
            fresh = messages.after(session, conversation.id, self._seen) if conversation else ()
        if conversation is None or not fresh:
            return ()
        self._seen = fresh[-1].seq
        said = [one for one in fresh if one.author != "user"]
        return Terminal(self._services.wording).render(said, Voice(conversation.script, conversation.region))

    def _file(self, line: str, message_id: str) -> Incoming | None:
        """None for a line that is no path; `keep` refuses what is no picture or document."""
        path = Path(os.path.expanduser(line.strip().strip("'\"")))
        if len(path.parts) < 2 or not os.path.isfile(path):  # which takes a line too long for a path, too
            return None
        data = _read(path, self._services.rules.attachments.largest + 1)  # one more, to be refused as too big
        new = keep(self._services, data, path.name, key=attachments.new_key(), source="user")

        def also(session: Session, message: Message, now: datetime) -> None:
            here = replace(new, conversation_id=message.conversation_id, message_id=message.id)
            attachments.add(session, here, now=now)
            acknowledge(session, self._services.wording, message, now)

        payload = {"attachments": [shown(new)]}
        return Incoming(CHANNEL, self._user, message_id, "", message_kind(new.media_type), payload, also=also)


def _read(path: Path, most: int) -> bytes:
    """Raises Damaged for what may not be read."""
    try:
        with path.open("rb") as file:
            return file.read(most)
    except OSError as error:
        raise Damaged from error
