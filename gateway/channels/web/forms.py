"""What the widget sends besides messages: files, tickets, where the visitor is; and what it asks for now and then."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from gateway.channels.web import greeting, hints, ticket_form
from gateway.channels.web.downloads import download
from gateway.channels.web.greeting import AnnouncementView, voice_of
from gateway.channels.web.hints import Hints
from gateway.channels.web.sessions import WebSessions
from gateway.channels.web.ticket_form import TicketReply, TicketRequest
from gateway.channels.web.uploads import Uploads
from gateway.limits import Limits
from gateway.services import Services
from gateway.turns.flow import Inbox

DOWNLOADS_PER_MINUTE = 600  # from one address: a conversation with many pictures, read by an office
TICKETS_PER_MINUTE, TICKETS_PER_MINUTE_ADDRESS = 5, 20


class FileReply(BaseModel):
    seq: int


def forms_router(services: Services, flow: Inbox, sessions: WebSessions, limits: Limits) -> APIRouter:
    """A part of the widget's router."""
    router = APIRouter()
    uploads = Uploads(services, flow)

    def user(x_gongda_session: Annotated[str | None, Header()] = None) -> str:
        return sessions.user(x_gongda_session)

    @router.post("/attachments", status_code=202)
    async def attachment(request: Request, who: str = Depends(user)) -> FileReply:
        return FileReply(seq=(await uploads.receive(request, who)).seq)

    @router.get("/attachments/{key}")
    async def attached(
        key: str,
        request: Request,
        sig: Annotated[str, Query(max_length=300)] = "",
        x_gongda_session: Annotated[str | None, Header()] = None,
    ) -> Response:
        limits.spend("downloads", address(request), DOWNLOADS_PER_MINUTE)
        who = sessions.user(x_gongda_session) if x_gongda_session else None
        return await run_in_threadpool(download, services, key, sig, who)

    @router.post("/hints", status_code=204)
    async def hint(body: Hints, who: str = Depends(user)) -> Response:
        limits.spend("hints", who, services.settings.messages_per_minute)
        await run_in_threadpool(hints.keep, services, who, body)
        return Response(status_code=204)

    @router.post("/tickets", status_code=201)
    async def ticket(body: TicketRequest, request: Request, who: str = Depends(user)) -> TicketReply:
        limits.spend("tickets", who, TICKETS_PER_MINUTE)
        limits.spend("tickets_address", address(request), TICKETS_PER_MINUTE_ADDRESS)
        reply, conversation_id = await run_in_threadpool(ticket_form.submit, services, who, body)
        services.hub.notify(conversation_id)
        return reply

    @router.get("/announcement")
    async def announcement(locale: Annotated[str, Query(max_length=20)] = "", who: str = Depends(user)) -> Response:
        found = await run_in_threadpool(_announced, services, who, locale)
        return Response(found.model_dump_json() if found else "null", media_type="application/json")

    return router


def address(request: Request) -> str:
    """Where a request comes from, for counting."""
    return request.client.host if request.client else "?"


def _announced(services: Services, who: str, locale: str) -> AnnouncementView | None:
    with services.db.read() as session:
        voice = voice_of(locale) if locale else greeting.voice_for(session, who)
    return greeting.current(services, voice)
