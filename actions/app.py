"""The action server: rasa-sdk's executor, the direct answer and the hit test, on loopback behind a token.

rasa-sdk's own server is not used: it binds every interface, asks for no token and unpacks any body.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from rasa_sdk.executor import ActionExecutor
from starlette.concurrency import run_in_threadpool

from actions.again import ActionRepeat
from actions.answer import ActionAnswer
from actions.errors import RequestRefused
from actions.knowledge import Knowledge
from actions.note import ActionNote
from actions.session import ActionSessionStart
from actions.settings import ActionsSettings
from actions.ticket_form import ValidateTicketForm
from actions.tickets import desk_actions
from contract.decisions import to_json

log = logging.getLogger(__name__)


def create_app(settings: ActionsSettings, knowledge: Knowledge) -> FastAPI:
    """The application; nothing is loaded before it starts."""
    executor = _executor(knowledge)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(knowledge.warm_up)
        watch = asyncio.create_task(_watch(knowledge, settings.reload_seconds))
        yield
        watch.cancel()

    app = FastAPI(title="工答 actions", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)

    @app.exception_handler(RequestRefused)
    async def refused(_: Request, error: RequestRefused) -> JSONResponse:
        return JSONResponse({"error": {"code": "refused", "message": str(error)}}, status_code=error.status)

    @app.post("/webhook")
    async def webhook(request: Request) -> JSONResponse:
        """Rasa's action call. A failed action is a 500 without any of the request's text."""
        call = await _body(request, settings)
        call.setdefault("domain", {})  # selective domain: Rasa leaves it out and the newer executor insists on it
        try:
            result = await executor.run(call)
        except Exception:
            log.exception("action %s failed", call.get("next_action"))
            return JSONResponse({"error": "the action failed; see the log"}, status_code=500)
        return JSONResponse(result.model_dump() if result else {"events": [], "responses": []})

    @app.post("/answer")
    async def answer(request: Request) -> JSONResponse:
        """A direct answer, without the engine: `{"question"}` -> a decision."""
        question = _question(await _body(request, settings))
        return JSONResponse(to_json(await run_in_threadpool(knowledge.decide, question)))

    @app.post("/search")
    async def search(request: Request) -> JSONResponse:
        """The hit test."""
        question = _question(await _body(request, settings))
        return JSONResponse(await run_in_threadpool(knowledge.search, question))

    @app.post("/reload")
    async def reload(request: Request) -> JSONResponse:
        """Look at CURRENT now."""
        await _body(request, settings)
        return JSONResponse(await run_in_threadpool(knowledge.reload))

    @app.get("/health")
    async def health() -> JSONResponse:
        state = knowledge.state()
        return JSONResponse(state, status_code=200 if state.get("ready") else 503)

    return app


async def _watch(knowledge: Knowledge, seconds: float) -> None:
    """A publisher that died between the rename and `/reload` is noticed all the same."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await run_in_threadpool(knowledge.reload)
        except Exception:
            # The last good build goes on serving; the next look may find the index mended.
            log.exception("the index could not be reloaded")


def _executor(knowledge: Knowledge) -> ActionExecutor:
    executor = ActionExecutor()
    answers = (ActionAnswer(knowledge), ActionNote(knowledge), ActionRepeat())
    for action in (ActionSessionStart(), *answers, ValidateTicketForm(), *desk_actions(knowledge)):
        executor.register_action(action)
    return executor


async def _body(request: Request, settings: ActionsSettings) -> dict[str, Any]:
    """The JSON object of an authorised, small, uncompressed request."""
    given = request.query_params.get("token") or request.headers.get("x-gongda-token") or ""
    if not hmac.compare_digest(given.encode(), settings.token.encode()):
        raise RequestRefused(401, "token missing or wrong")
    if request.headers.get("content-encoding", "identity") != "identity":
        raise RequestRefused(415, "compressed bodies are not accepted")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > settings.max_body:
            raise RequestRefused(413, f"the body is larger than {settings.max_body} bytes")
    return _json_object(bytes(body))


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:  # nested deeper than the parser goes
        raise RequestRefused(400, "the body is not JSON") from error
    if not isinstance(data, dict):
        raise RequestRefused(400, "the body is not a JSON object")
    return data


def _question(data: dict[str, Any]) -> str:
    question = data.get("question")
    if not isinstance(question, str) or not question.strip():
        raise RequestRefused(422, "question must be a text")
    return question
