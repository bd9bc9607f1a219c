"""Files from the widget: read with a limit, checked by content, stored with their message exactly once."""

from __future__ import annotations

import asyncio
import logging
import re
from dataclasses import dataclass, replace
from datetime import datetime

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.types import Message as Event

from desk import attachments, conversations
from desk.attachments import NewAttachment, shown
from desk.messages import Message
from desk.session import Session
from gateway.attachments.errors import Damaged, NotKept, TooBig
from gateway.attachments.keeping import check_spent, keep, key_of, message_kind
from gateway.attachments.limits import AttachmentLimits
from gateway.care.pictures import PictureReader, acknowledge
from gateway.errors import BadRequest
from gateway.services import Services
from gateway.turns.flow import Accepted, Inbox, Incoming

log = logging.getLogger(__name__)

CHANNEL = "web"
AROUND = 64 * 1024  # bytes of a request besides its file
PER_MINUTE, PER_MINUTE_ADDRESS = 20, 60  # of one session; of one address, behind which a whole office may sit
# A body that is somewhat too large is read to its end all the same: a browser that is still sending would not see why.
PATIENCE = 4
_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True)
class Sent:
    """One file as the form brought it."""

    client_id: str
    text: str
    name: str
    data: bytes


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

    async def receive(self, request: Request, who: str) -> Accepted:
        """The message that brings the file. Raises AttachmentError, TooMany, and what the flow raises."""
        self._spend(request, who)
        sent = await read_form(request, self._services.rules.attachments)
        new = await run_in_threadpool(self._kept, who, sent)
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
            if not asks:
                acknowledge(session, services.wording, message, now)

        return Incoming(
            CHANNEL,
            who,
            f"{who}:{sent.client_id}",
            sent.text,
            kind=message_kind(new.media_type),
            payload={"attachments": [shown(new)]},
            also=also,
            asks=asks,
        )

    def _look(self, key: str) -> None:
        task = asyncio.create_task(self._read(key))
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)

    async def _read(self, key: str) -> None:
        try:
            await run_in_threadpool(self._reader.look, key)
        except Exception:
            log.exception("a picture could not be read; it is stored, and people can look at it")


def web_key(services: Services, who: str, client_id: str) -> str:
    """The key of the file a visitor has sent under an id."""
    return key_of(services.settings.secret, CHANNEL, who, client_id)


async def read_form(request: Request, limits: AttachmentLimits) -> Sent:
    """The form's parts. Raises TooBig while too much arrives, BadRequest, Damaged without a file, NotKept."""
    counted = Request(request.scope, _Counted(request, limits.largest + AROUND).receive)
    try:
        async with counted.form(max_files=1, max_fields=4) as form:
            file, client_id, text = form.get("file"), form.get("client_id"), form.get("text", "")
            if not isinstance(client_id, str) or not isinstance(text, str) or not _CLIENT_ID.fullmatch(client_id):
                raise BadRequest
            if not isinstance(file, UploadFile):
                raise Damaged("no_file")
            return Sent(client_id, text, file.filename or "", await file.read())
    except OSError as error:  # it is put aside on the disk while it arrives
        log.error("a file could not be put aside: %s", error)
        raise NotKept from error


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
