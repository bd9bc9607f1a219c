"""The widget's HTTP contract, served by a desk in memory: for trying the widget and for its browser tests.

    python -m gateway.widget.fake_server --port 8700

Then open http://127.0.0.1:8700/widget/demo/. The demo page is served under the strict content security policy
that the widget promises to work with.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import uvicorn
from fastapi import Depends, FastAPI, Form, Header, HTTPException, Request, Response, UploadFile
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, Field

from gateway.widget.fake_desk import FakeConversation, FakeDesk, FakeFile
from gateway.widget.serving import widget_router

HERE = Path(__file__).parent
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob: data:"
HEARTBEAT_S = 15.0
LONGEST_TEXT = 2000
LARGEST_FILE = 10 * 1024 * 1024
FILES = {"most": 5, "kinds": ["picture", "text", "pdf", "office", "zip", "voice"]}
# By content, as the gateway judges: what a file begins with.
BEGINNINGS = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"%PDF": "application/pdf"}


class SessionRequest(BaseModel):
    site: str
    locale: str
    token: str | None = None
    identity: dict[str, str] | None = None


class Choice(BaseModel):
    id: str
    label: str


class MessageRequest(BaseModel):
    client_id: str
    text: str
    choice: Choice | None = None


class HumanRequest(BaseModel):
    client_id: str


class FeedbackRequest(BaseModel):
    seq: int
    helpful: bool
    reason: str = ""
    text: str = ""


class HintRequest(BaseModel):
    module: str = ""
    version: str = ""
    page: str = ""


class TicketRequest(BaseModel):
    client_id: str
    question: str
    name: str = ""
    phone: str = ""
    email: str = ""
    company: str = ""
    attachments: list[str] = Field(default_factory=list)


def _conversation(request: Request, x_gongda_session: Annotated[str, Header()] = "") -> FakeConversation:
    desk: FakeDesk = request.app.state.desk
    if x_gongda_session not in desk.conversations:
        raise _refusal(401, "session", desk.script["errors"]["session"])
    return desk.conversations[x_gongda_session]


Known = Annotated[FakeConversation, Depends(_conversation)]


def create_app(desk: FakeDesk, heartbeat_s: float = HEARTBEAT_S) -> FastAPI:
    """The fake gateway around one desk."""
    app = FastAPI(title="fake gateway of the widget", docs_url=None, redoc_url=None)

    app.state.desk = desk

    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> JSONResponse:
        return JSONResponse({"error": error.detail}, error.status_code, headers=error.headers)

    @app.middleware("http")
    async def policy(request: Request, call_next: Callable[[Request], Any]) -> Response:
        response: Response = await call_next(request)
        response.headers["Content-Security-Policy"] = POLICY
        return response

    _talking(app, desk, heartbeat_s)
    _beside(app, desk)
    app.include_router(widget_router())
    app.mount("/widget/demo", StaticFiles(directory=HERE / "demo", html=True), name="demo")
    return app


def _talking(app: FastAPI, desk: FakeDesk, heartbeat_s: float) -> None:
    """What is said, both ways."""

    @app.post("/web/session")
    async def session(asked: SessionRequest) -> dict[str, Any]:
        found = desk.session(asked.token, asked.identity)
        found.identity = asked.identity or found.identity
        return {"token": found.token, "conversation": found.id, "last_seq": len(found.messages), **_shown(desk)}

    @app.post("/web/messages", status_code=202)
    async def messages(asked: MessageRequest, known: Known) -> dict[str, int]:
        _check(asked.text, desk.script["errors"])
        return {"seq": desk.receive(known, asked.client_id, asked.text, asked.choice.id if asked.choice else None)}

    @app.post("/web/human", status_code=202)
    async def human(asked: HumanRequest, known: Known) -> dict[str, int]:
        return {"seq": desk.human(known, asked.client_id)}

    @app.post("/web/feedback", status_code=204)
    async def feedback(asked: FeedbackRequest, known: Known) -> None:
        known.feedback.append(asked.model_dump())

    @app.get("/web/events")
    async def events(known: Known, after: int = 0) -> StreamingResponse:
        return StreamingResponse(_stream(desk.events(known, after), heartbeat_s), media_type="text/event-stream")


def _beside(app: FastAPI, desk: FakeDesk) -> None:
    """Files, the form, hints and the announcement."""

    @app.post("/web/attachments", status_code=202)
    async def attach(
        known: Known,
        client_id: Annotated[str, Form()],
        file: UploadFile,
        text: Annotated[str, Form()] = "",
        quiet: Annotated[bool, Form()] = False,
    ) -> dict[str, int]:
        data = await file.read()
        media_type = _checked(data, desk.script["errors"])
        one = FakeFile(file.filename or "?", media_type, data)
        return {"seq": desk.attach(known, client_id, one, text, quiet=quiet)}

    @app.get("/web/attachments/{key}")
    async def attachment(key: str) -> Response:
        found = desk.files[key]
        return Response(found.data, media_type=found.media_type, headers={"X-Content-Type-Options": "nosniff"})

    @app.post("/web/tickets", status_code=201)
    async def tickets(asked: TicketRequest, known: Known) -> dict[str, Any]:
        if not (asked.phone or asked.email):
            raise _refusal(422, "contact", desk.script["errors"]["contact"])
        return desk.ticket(known, asked.model_dump())

    @app.post("/web/hints", status_code=204)
    async def hints(asked: HintRequest, known: Known) -> None:
        known.hints.append(asked.model_dump())

    @app.get("/web/announcement")
    async def announcement(_: Known) -> dict[str, Any] | None:
        return desk.announcement


def _shown(desk: FakeDesk) -> dict[str, Any]:
    return {
        "name": desk.script["name"],
        "notice": desk.script["notice"],
        "announcement": desk.announcement,
        "on_duty": desk.on_duty,
        "hours": desk.script["hours"],
        "features": {"attachments": True, "files": {"largest": LARGEST_FILE, **FILES}, "identity": True},
    }


def _checked(data: bytes, errors: dict[str, str]) -> str:
    """The media type by content."""
    if len(data) > LARGEST_FILE:
        raise _refusal(413, "too_big", errors["too_big"])
    for beginning, media_type in BEGINNINGS.items():
        if data.startswith(beginning):
            return media_type
    raise _refusal(415, "not_accepted", errors["not_accepted"])


def _check(text: str, errors: dict[str, str]) -> None:
    if not text.strip():
        raise _refusal(422, "empty", errors["empty"])
    if len(text) > LONGEST_TEXT:
        raise _refusal(413, "too_long", errors["too_long"].format(limit=LONGEST_TEXT, length=len(text)))
    if text == "429":
        raise _refusal(429, "too_fast", errors["too_fast"].format(seconds=90), {"Retry-After": "90"})


def _refusal(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> HTTPException:
    return HTTPException(status, {"code": code, "message": message}, headers)


async def _stream(source: AsyncIterator[tuple[str, Any]], heartbeat_s: float) -> AsyncIterator[str]:
    """Events as text, with a comment whenever nothing happened for `heartbeat_s` seconds."""
    coming = asyncio.ensure_future(anext(source))
    try:
        while True:
            done, _ = await asyncio.wait({coming}, timeout=heartbeat_s)
            if not done:
                yield ": still here\n\n"
                continue
            name, data = coming.result()
            yield f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
            coming = asyncio.ensure_future(anext(source))
    except StopAsyncIteration:
        return
    finally:
        coming.cancel()


def main() -> None:
    """Serves the demo page until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8700)
    script = json.loads((HERE / "fake_script.json").read_text(encoding="utf-8"))
    desk = FakeDesk(script, lambda: datetime.now(ZoneInfo("Asia/Shanghai")))
    uvicorn.run(create_app(desk), host="127.0.0.1", port=parser.parse_args().port, log_level="warning")


if __name__ == "__main__":
    main()
