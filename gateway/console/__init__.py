"""The console: where the support team reads, answers and solves.

Pages are rendered here and every action is a form; the script keeps drafts, sends without
reloading and fetches what is new.

    app.state.services = services
    mount(app)
"""

from fastapi import APIRouter, FastAPI

from gateway.console import hit_test, login, team, tickets
from gateway.console.pages import StaticPages
from gateway.console.services import ConsoleServices

__all__ = ["ConsoleServices", "console_router", "mount"]

LARGEST_BODY = 64 * 1024  # bytes; the longest field has 2,000 characters


def console_router() -> APIRouter:
    """All pages, under /console."""
    router = APIRouter(include_in_schema=False, max_body_size=LARGEST_BODY)
    for part in (login, tickets, hit_test, team):
        router.include_router(part.router, prefix="/console")
    return router


def mount(app: FastAPI) -> None:
    """Pages and static files; the services are expected in `app.state.services`."""
    app.mount("/console/static", StaticPages(), name="console-static")
    app.include_router(console_router())
