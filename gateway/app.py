"""The gateway's application, put together from its parts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.staticfiles import StaticFiles

from gateway import console, threads
from gateway.api import files as api_files
from gateway.api.tickets import tickets_router
from gateway.attachments.telling import install_attachment_errors
from gateway.channels.web import uploads
from gateway.channels.web.origins import allowed_origins
from gateway.channels.web.routes import web_router
from gateway.channels.wechat.channel import WeChatChannel
from gateway.channels.wechat.delivering.ledger import Ledger
from gateway.channels.wechat.hearing.front import Front
from gateway.channels.wechat.routes import PATHS as WECHAT_PATHS
from gateway.channels.wechat.routes import router as wechat_router
from gateway.channels.wechat.settings import WeChatSettings
from gateway.demo import demo_router, front_router
from gateway.guard import Guard, install_errors
from gateway.health import health_router
from gateway.progress.routes import progress_router
from gateway.services import Services
from gateway.turns.bursts import Pace
from gateway.turns.flow import Flow
from gateway.widget.serving import widget_router

WIDGET = Path(__file__).parent / "widget"


def create_app(services: Services, api_key: str, pace: Pace | None = None) -> FastAPI:
    """The whole gateway; turns that a crash left undone are run when it starts. `pace` is for replays and tests."""
    flow = Flow(services, pace=pace)
    wechat = _wechat(services, flow, services.settings.wechat)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        threads.widen()
        if wechat is not None:
            await wechat.resume()
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
    install_attachment_errors(app, services)
    app.include_router(health_router(services))
    app.include_router(web_router(services, flow))
    app.include_router(progress_router(services))
    app.include_router(tickets_router(services, api_key))
    app.include_router(api_files.files_router(services, api_key))
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
    front = Front.of(
        services.db,
        services.clock,
        services.wording,
        rules=services.rules.wechat,
        contacts=services.contacts,
        working=lambda now: services.hours.is_working(now),
        notify=services.hub.notify,
    )
    return WeChatChannel(settings, flow, ledger, services.wording, services.clock, front)


def _file_bodies(services: Services) -> dict[str, int]:
    """Paths that take files, and how much of a request is read there at all."""
    limits = services.rules.attachments
    return {"/web/attachments": uploads.largest_body(limits), api_files.PATHS: api_files.largest_body(limits)}


def _pages(app: FastAPI) -> None:
    """The widget's files and the demo site; `/` leads to it."""
    app.include_router(widget_router())
    app.mount("/widget/demo", StaticFiles(directory=WIDGET / "demo", html=True))
    app.include_router(front_router())


def _middleware(app: FastAPI, services: Services) -> None:
    app.add_middleware(
        Guard,
        max_body=services.settings.max_body,
        wording=services.wording,
        larger={**console.LARGER_BODIES, **_file_bodies(services)},
        themselves=WECHAT_PATHS,
    )
    if services.settings.allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=sorted(allowed_origins(services.settings)),
            allow_methods=["GET", "POST"],
            allow_headers=["content-type", "x-gongda-session"],
            expose_headers=["retry-after"],  # without which the widget of another origin could not read it
        )
