"""The widget's HTTP contract."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from desk import conversations
from desk.conversations import Choice
from desk.feedback import LONGEST_REASON
from gateway.channels.web import events, greeting, identity, thumbs
from gateway.channels.web.forms import address, forms_router
from gateway.channels.web.greeting import SessionReply
from gateway.channels.web.identity import Identity, Standing
from gateway.channels.web.origins import origin_gate
from gateway.channels.web.sessions import WebSessions
from gateway.limits import Limits
from gateway.render import Voice
from gateway.requests import RequestBody
from gateway.services import Services
from gateway.turns.flow import Flow, Incoming

CHANNEL = "web"


class SessionRequest(RequestBody):
    """Begin a session, or go on with one."""

    site: str = Field(default="", max_length=100)
    locale: str = Field(default="zh-CN", max_length=20)
    token: str | None = Field(default=None, max_length=300)
    identity: Identity | None = None


class Picked(RequestBody):
    """An option that was offered."""

    id: str = Field(max_length=200)
    label: str = Field(max_length=500)


class MessageRequest(RequestBody):
    """`client_id` makes sending again harmless."""

    client_id: str = Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")
    text: str
    choice: Picked | None = None


class MessageReply(BaseModel):
    seq: int


class FeedbackRequest(RequestBody):
    """`reason` and `text` say why an answer was of no use; they may follow the thumb."""

    seq: int = Field(ge=1)
    helpful: bool
    reason: Literal["", "off_topic", "wrong_steps", "unclear", "unsolved"] = ""
    text: str = Field(default="", max_length=LONGEST_REASON)


class HumanRequest(RequestBody):
    client_id: str = Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")


def web_router(services: Services, flow: Flow) -> APIRouter:
    """The widget's routes; the routes know channels and sessions, the flow knows the rest."""
    router = APIRouter(prefix="/web", tags=["widget"], dependencies=[Depends(origin_gate(services.settings))])
    sessions = WebSessions(services.settings.secret)
    limits = Limits()
    streams = events.Streams()

    def user(x_gongda_session: Annotated[str | None, Header()] = None) -> str:
        return sessions.user(x_gongda_session)

    async def receive(who: str, client_id: str, text: str, choice: Choice | None = None) -> MessageReply:
        limits.spend("messages", who, services.settings.messages_per_minute)
        accepted = await flow.receive(Incoming(CHANNEL, who, f"{who}:{client_id}", text, choice=choice))
        return MessageReply(seq=accepted.seq)

    @router.post("/session")
    async def session(body: SessionRequest, request: Request) -> SessionReply:
        known = sessions.known(body.token)
        if known is None:
            limits.spend("sessions", address(request), services.settings.sessions_per_minute)
        else:  # every page of somebody who was here before goes on; a whole office may share the address
            limits.spend("sessions_again", known, services.settings.messages_per_minute)
        token, standing = _token(sessions, body, services.settings.identity_secret)
        who = sessions.user(token)
        if standing == "identified" and body.identity is not None:
            await run_in_threadpool(identity.remember, services, who, body.identity)
        await run_in_threadpool(greeting.speak, services, who, body.locale)
        return await run_in_threadpool(greeting.greeting, services, token, who, body.locale, standing)

    @router.post("/messages", status_code=202)
    async def message(body: MessageRequest, who: str = Depends(user)) -> MessageReply:
        choice = Choice(body.choice.id, body.choice.label) if body.choice else None
        return await receive(who, body.client_id, body.text, choice)

    @router.post("/human", status_code=202)
    async def human(body: HumanRequest, who: str = Depends(user)) -> MessageReply:
        return await receive(who, body.client_id, await run_in_threadpool(_wish_for_a_human, services, who))

    @router.post("/feedback", status_code=204)
    async def feedback(body: FeedbackRequest, who: str = Depends(user)) -> Response:
        await run_in_threadpool(thumbs.rate, services, who, body.seq, body.helpful, body.reason, body.text)
        return Response(status_code=204)

    @router.get("/events")
    async def stream(after: Annotated[int, Query(ge=0)] = 0, who: str = Depends(user)) -> StreamingResponse:
        streams.check(who)
        source = streams.counted(who, events.stream(services, who, after))
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(source, media_type="text/event-stream", headers=headers)

    router.include_router(forms_router(services, flow, sessions, limits))
    return router


def _token(sessions: WebSessions, body: SessionRequest, secret: str) -> tuple[str, Standing]:
    """The session to go on with: that of the identity if it is believed, else the one that was given or a new one.

    Who says to be somebody and is not believed never goes on in the session of somebody who was.
    """
    standing = identity.standing(body.identity, secret)
    known = bool(body.token) and sessions.identified(body.token)
    if standing == "identified" and body.identity is not None:
        fresh = sessions.of_identity(body.identity.id)
        mine = known and body.token and sessions.user(body.token) == sessions.user(fresh)
        return (body.token if mine and body.token else fresh), standing
    if body.token and not (known and standing in ("refused", "unavailable")):
        sessions.user(body.token)
        return body.token, "identified" if known else standing
    return sessions.new(), standing


def _wish_for_a_human(services: Services, who: str) -> str:
    """The button's words, as this person writes: they must not change the script of the conversation."""
    with services.db.read() as session:
        found = conversations.find(session, CHANNEL, who)
    words = services.wording.text("turn.option.human")
    return Voice(found.script, found.region).say(words) if found else words
