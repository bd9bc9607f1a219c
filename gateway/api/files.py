"""Files of tickets over HTTP: sent one by one, listed, fetched."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from desk import attachments, audit, tickets
from desk.attachments import Attachment
from desk.session import Session
from desk.tickets import Ticket
from gateway.api.route import PER_MINUTE, ApiRoute, gate
from gateway.api.tickets import Key, Number, described
from gateway.api.views import ErrorView
from gateway.attachments.errors import Damaged, TicketFull, TooBig
from gateway.attachments.keeping import keep, key_of
from gateway.attachments.limits import AttachmentLimits
from gateway.attachments.receiving import file_form
from gateway.attachments.serving import served
from gateway.errors import Missing
from gateway.services import Services

ACTOR = "api"
PATHS = "/api/tickets/*/attachments"
AROUND = 64 * 1024  # bytes of a request besides its file
MOST = 50  # files on one ticket
EXAMPLE: dict[str, Any] = {
    "key": "5f0c2d5c9a1e4f7b8a3d6e9f0b1c2d3e",
    "name": "导入报错.png",
    "media_type": "image/png",
    "size": 183204,
    "width": 1920,
    "height": 1080,
    "source": "api",
    "status": "stored",
    "created_at": "2026-11-22T02:00:00Z",
}
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}
FileKey = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", examples=[EXAMPLE["key"]])]


class FileView(BaseModel):
    """A file of a ticket, or of the conversation it came from."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    key: str
    name: str
    media_type: str = Field(description="by its content, never by its name")
    size: int = Field(description="bytes; pictures are written anew, without place and device")
    width: int | None
    height: int | None
    source: str = Field(description="user, agent, api")
    status: str = Field(description="stored; expected: still to be fetched; failed; erased: kept for long enough")
    created_at: datetime


class FileList(BaseModel):
    """Oldest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"files": [EXAMPLE]}]})

    files: list[FileView]


def files_router(services: Services, key: str, per_minute: int = PER_MINUTE) -> APIRouter:
    """Beside the router of tickets, with the same key and its own count."""
    errors = partial(described, services.wording, per_minute)
    router = APIRouter(
        prefix="/api/tickets/{number}/attachments",
        tags=["tickets"],
        route_class=ApiRoute,
        dependencies=[gate(key, per_minute)],
        responses=errors(401, 404, 422, 429, 503),
    )
    refusals: dict[int | str, dict[str, Any]] = {status: {"model": ErrorView} for status in (413, 415)}

    @router.post("", status_code=201, responses={**errors(409), **refusals}, openapi_extra=_FORM)
    async def add_file(number: Number, request: Request, response: Response, idempotency_key: Key) -> FileView:
        """One file in the field `file`: 201 for a new one, 200 for a repeat, 409 when the key was used for another
        one; 413, 415 and 422 say what is allowed, and how large."""
        data, name = await _sent(request, services.rules.attachments)
        kept, fresh = await services.checker.aside(_add, services, number, data, name, idempotency_key)
        response.status_code = 201 if fresh else 200
        return view(kept)

    @router.get("")
    async def list_files(number: Number) -> FileList:
        """Those of the ticket and those of its conversation."""
        return FileList(files=[view(one) for one in await run_in_threadpool(_listed, services, number)])

    binary = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}

    @router.get("/{key}", response_class=Response, responses={200: binary})
    async def get_file(number: Number, key: FileKey) -> Response:
        """The file itself; each reading goes on the audit trail."""
        return await run_in_threadpool(_fetched, services, number, key)

    return router


def largest_body(limits: AttachmentLimits) -> int:
    """Bytes of a request with a file."""
    return limits.largest + AROUND


def view(one: Attachment) -> FileView:
    """As others read it; what was read off a picture stays here."""
    return FileView(**{name: getattr(one, name) for name in FileView.model_fields})


async def _sent(request: Request, limits: AttachmentLimits) -> tuple[bytes, str]:
    """Read after the key was checked: nobody else makes us write to the disk."""
    async with file_form(request) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise Damaged("no_file")
        if (file.size or 0) > limits.largest:
            raise TooBig
        return await file.read(), file.filename or ""


def _add(services: Services, number: str, data: bytes, name: str, idempotency_key: str) -> tuple[Attachment, bool]:
    with services.db.read() as session:
        ticket = tickets.get(session, number)
    key = key_of(services.settings.secret, ACTOR, ticket.number, idempotency_key)
    new = replace(keep(services, data, name, key=key, source="api"), ticket_id=ticket.id)
    now = services.clock()
    with services.db.write() as session:
        tickets.change(session, ticket.number, by=ACTOR, now=now)  # nothing to change: locks
        fresh = not attachments.find(session, [key])
        if fresh and len(attachments.of_ticket(session, ticket.id)) >= MOST:
            raise TicketFull(most=MOST)
        kept = attachments.add(session, new, now=now)
        if fresh:
            told = services.wording.text("console_files.noted", name=new.name)
            tickets.note(session, ticket.number, told, by=ACTOR, now=now)
    return kept, fresh


def _listed(services: Services, number: str) -> tuple[Attachment, ...]:
    with services.db.read() as session:
        return _of(session, tickets.get(session, number))


def _of(session: Session, ticket: Ticket) -> tuple[Attachment, ...]:
    talk = () if ticket.conversation_id is None else attachments.of_conversation(session, ticket.conversation_id)
    found = {one.id: one for one in (*attachments.of_ticket(session, ticket.id), *talk)}
    return tuple(found[number] for number in sorted(found))


def _fetched(services: Services, number: str, key: str) -> Response:
    with services.db.read() as session:
        ticket = tickets.get(session, number)
        one = next((one for one in _of(session, ticket) if one.key == key), None)
    if one is None:
        raise Missing
    answer = served(services.files, one)
    with services.db.write() as session:
        detail = {"ticket": ticket.number, "size": one.size, "media_type": one.media_type}
        audit.record(session, ACTOR, "file.opened", f"file:{one.id}", detail, now=services.clock())
    return answer
