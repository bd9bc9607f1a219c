"""Files from the widget: read with a limit, checked by content, stored with their message exactly once."""

from __future__ import annotations

import asyncio
import logging
import re
from dataclasses import dataclass, replace
from datetime import datetime

from anyio import CapacityLimiter, to_thread
from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.types import Message as Event

from desk import attachments, conversations
from desk.attachments import NewAttachment, shown
from desk.messages import Message
from desk.session import Session
from gateway.attachments.errors import Damaged, TooBig
from gateway.attachments.keeping import check_spent, keep, key_of, message_kind
from gateway.attachments.limits import AttachmentLimits
from gateway.attachments.receiving import file_form
from gateway.care.pictures import QUIET, PictureReader, acknowledge
from gateway.errors import BadRequest, TooLarge
from gateway.services import Services
from gateway.turns.flow import Accepted, Inbox, Incoming

log = logging.getLogger(__name__)

CHANNEL = "web"
AROUND = 64 * 1024  # bytes of a request besides its file
PER_MINUTE, PER_MINUTE_ADDRESS = 20, 60  # of one session; of one address, behind which a whole office may sit
# A body that is somewhat too large is read to its end all the same: a browser that is still sending would not see why.
PATIENCE = 4
_READ_AT_ONCE, _TO_READ = 1, 20  # pictures that the operator's program reads; more than that nobody waits for
_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True)
class Sent:
    """One file as the form brought it. `quiet`: it belongs to a ticket form or to words that are sent besides, so the
    bot asks nothing about it."""

    client_id: str
    text: str
    name: str
    data: bytes
    quiet: bool = False


def largest_body(limits: AttachmentLimits) -> int:
    """Bytes of a request that are read at all."""
    return PATIENCE * limits.largest + AROUND


class Uploads:
    """The widget's files."""

    def __init__(self, services: Services, flow: Inbox) -> None:
        self._services = services
        self._flow = flow
        self._reader = PictureReader.of(services)
        self._reading: set[asyncio.Task[None]] = set()
        self._readers = CapacityLimiter(_READ_AT_ONCE)

    async def receive(self, request: Request, who: str) -> Accepted:
        """The message that brings the file. Raises AttachmentError, TooMany, and what the flow raises."""
        self._spend(request, who)
        sent = await read_form(request, self._services.rules.attachments)
        if len(sent.text) > self._services.settings.max_text:  # before the dear work
            raise TooLarge(limit=self._services.settings.max_text)
        new = await self._services.checker.aside(self._kept, who, sent)
        accepted = await self._flow.receive(self._incoming(who, sent, new))
        if accepted.fresh and self._services.rules.attachments.ocr_command and new.width is not None:
            self._look(new.key)
        return accepted

    async def idle(self) -> None:
        """Wait until no picture is being read; for tests."""
        await asyncio.gather(*self._reading)

    def _spend(self, request: Request, who: str) -> None:
        address = request.client.host if request.client else "?"
        self._services.limits.spend("web_files", who, PER_MINUTE)
        self._services.limits.spend("web_files_address", address, PER_MINUTE_ADDRESS)

    def _kept(self, who: str, sent: Sent) -> NewAttachment:
        services = self._services
        key = web_key(services, who, sent.client_id)
        with services.db.read() as session:
            known = attachments.find(session, [key])
            conversation = conversations.find(session, CHANNEL, who)
            if not known and conversation is not None:  # dear work only for those who may send at all
                check_spent(session, conversation.id, 0, services.rules.attachments, services.clock())
        return keep(services, sent.data, sent.name, key=key, source="user")

    def _incoming(self, who: str, sent: Sent, new: NewAttachment) -> Incoming:
        services, asks = self._services, bool(sent.text.strip())

        def also(session: Session, message: Message, now: datetime) -> None:
            check_spent(session, message.conversation_id, new.size, services.rules.attachments, now)
            here = replace(new, conversation_id=message.conversation_id, message_id=message.id)
            attachments.add(session, here, now=now)
            if not asks and not sent.quiet:
                acknowledge(session, services.wording, message, now)

        return Incoming(
            CHANNEL,
            who,
            f"{who}:{sent.client_id}",
            sent.text,
            kind=message_kind(new.media_type),
            payload={"attachments": [shown(new)], **({QUIET: True} if sent.quiet else {})},
            also=also,
            asks=asks,
        )

    def _look(self, key: str) -> None:
        if len(self._reading) >= _TO_READ:
            return
        task = asyncio.create_task(self._read(key))
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)

    async def _read(self, key: str) -> None:
        try:
            await to_thread.run_sync(self._reader.look, key, limiter=self._readers)
        except Exception:
            log.exception("a picture could not be read; it is stored, and people can look at it")


def web_key(services: Services, who: str, client_id: str) -> str:
    """The key of the file a visitor has sent under an id."""
    return key_of(services.settings.secret, CHANNEL, who, client_id)


async def read_form(request: Request, limits: AttachmentLimits) -> Sent:
    """The form's parts. Raises TooBig while too much arrives, BadRequest, Damaged without a file, NotKept."""
    counted = Request(request.scope, _Counted(request, limits.largest + AROUND).receive)
    async with file_form(counted) as form:
        file, client_id, text = form.get("file"), form.get("client_id"), form.get("text", "")
        if not isinstance(client_id, str) or not isinstance(text, str) or not _CLIENT_ID.fullmatch(client_id):
            raise BadRequest
        if not isinstance(file, UploadFile):
            raise Damaged("no_file")
        return Sent(client_id, text, file.filename or "", await file.read(), bool(form.get("quiet")))


class _Counted:
    """A body up to a limit; the rest is read and thrown away before it is refused."""

    def __init__(self, request: Request, limit: int) -> None:
        self._receive = request.receive
        self._left = limit

    async def receive(self) -> Event:
        event = await self._receive()
        self._left -= len(event.get("body", b""))
        if self._left < 0:
            while event.get("more_body"):
                event = await self._receive()
            raise TooBig
        return event
