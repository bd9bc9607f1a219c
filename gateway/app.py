"""The gateway's application, put together from its parts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles

from gateway import console
from gateway.api.tickets import tickets_router
from gateway.channels.web.routes import web_router
from gateway.channels.wechat.channel import WeChatChannel
from gateway.channels.wechat.ledger import Ledger
from gateway.channels.wechat.routes import router as wechat_router
from gateway.channels.wechat.settings import WeChatSettings
from gateway.demo import demo_router
from gateway.guard import Guard, install_errors
from gateway.health import health_router
from gateway.progress.routes import progress_router
from gateway.services import Services
from gateway.turns.bursts import Pace
from gateway.turns.flow import Flow

WIDGET = Path(__file__).parent / "widget"
# What of the widget's folder the browser may have; the rest is Python.
_PUBLIC = ("lang", "parts", "demo")


def create_app(services: Services, api_key: str, pace: Pace | None = None) -> FastAPI:
    """The whole gateway; turns that a crash left undone are run when it starts. `pace` is for replays and tests."""
    flow = Flow(services, pace=pace)
    wechat = _wechat(services, flow, services.settings.wechat)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await flow.resume()
        yield
        await flow.idle()
        if wechat is not None:
            await wechat.aclose()

    app = FastAPI(title="工答", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json", lifespan=lifespan)
    app.state.services = services
    app.state.flow = flow
    _middleware(app, services)
    install_errors(app, services.wording)
    app.include_router(health_router(services))
    app.include_router(web_router(services, flow))
    app.include_router(progress_router(services))
    app.include_router(tickets_router(services, api_key))
    if wechat is not None and services.settings.wechat is not None:
        app.include_router(wechat_router(wechat, services.settings.wechat, services.clock))
    console.mount(app)
    if services.shown is not None:
        app.include_router(demo_router(services.shown))
    _pages(app)
    return app


def _wechat(services: Services, flow: Flow, settings: WeChatSettings | None) -> WeChatChannel | None:
    if settings is None:
        return None
    ledger = Ledger(services.db, services.clock, pushes=settings.customer_service)
    return WeChatChannel(settings, flow, ledger, services.wording, services.clock)


def _pages(app: FastAPI) -> None:
    """The widget's files and the demo page; `/` leads to it."""
    for folder in _PUBLIC:
        app.mount(f"/widget/{folder}", StaticFiles(directory=WIDGET / folder, html=folder == "demo"))

    @app.get("/widget/widget.js", include_in_schema=False)
    async def script() -> FileResponse:
        return FileResponse(WIDGET / "widget.js", media_type="text/javascript")

    @app.get("/", include_in_schema=False)
    @app.get("/demo", include_in_schema=False)
    @app.get("/demo/", include_in_schema=False)
    async def front() -> RedirectResponse:
        return RedirectResponse("/widget/demo/")


def _middleware(app: FastAPI, services: Services) -> None:
    app.add_middleware(
        Guard, max_body=services.settings.max_body, wording=services.wording, larger=console.LARGER_BODIES
    )
    if services.settings.allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(services.settings.allowed_origins),
            allow_methods=["GET", "POST"],
            allow_headers=["content-type", "x-gongda-session"],
        )
