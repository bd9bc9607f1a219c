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
from gateway.channels.web import events, thumbs
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
    token: str | None = Field(default=None, max_length=200)


class SessionReply(BaseModel):
    """`name` and `notice` label the assistant as such."""

    token: str
    conversation: str
    name: str
    notice: str
    last_seq: int


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
    router = APIRouter(prefix="/web", tags=["widget"])
    sessions = WebSessions(services.settings.secret)
    limits = Limits()

    def user(x_gongda_session: Annotated[str | None, Header()] = None) -> str:
        return sessions.user(x_gongda_session)

    async def receive(who: str, client_id: str, text: str, choice: Choice | None = None) -> MessageReply:
        limits.spend("messages", who, services.settings.messages_per_minute)
        accepted = await flow.receive(Incoming(CHANNEL, who, f"{who}:{client_id}", text, choice=choice))
        return MessageReply(seq=accepted.seq)

    @router.post("/session")
    async def session(body: SessionRequest, request: Request) -> SessionReply:
        address = request.client.host if request.client else "?"
        limits.spend("sessions", address, services.settings.sessions_per_minute)
        token = body.token or sessions.new()
        who = sessions.user(token)
        last_seq = await run_in_threadpool(_last_seq, services, who)
        voice = _voice_of(body.locale)
        return SessionReply(
            token=token,
            conversation=who[:12],
            name=voice.say(services.wording.text("web.name")),
            notice=voice.say(services.wording.text("web.notice")),
            last_seq=last_seq,
        )

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
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(events.stream(services, who, after), media_type="text/event-stream", headers=headers)

    return router


def _voice_of(locale: str) -> Voice:
    """What nobody has asked for yet is said in the script of the widget's language."""
    return {"zh-TW": Voice("hant", "tw"), "zh-HK": Voice("hant", "hk")}.get(locale, Voice("hans", "cn"))


def _wish_for_a_human(services: Services, who: str) -> str:
    """The button's words, as this person writes: they must not change the script of the conversation."""
    with services.db.read() as session:
        found = conversations.find(session, CHANNEL, who)
    words = services.wording.text("turn.option.human")
    return Voice(found.script, found.region).say(words) if found else words


def _last_seq(services: Services, who: str) -> int:
    with services.db.read() as session:
        found = conversations.find(session, CHANNEL, who)
        return found.last_seq if found else 0
