"""The console: where the support team reads, answers, solves, and keeps what the bot may say.

Pages are rendered here and every action is a form; the script keeps drafts, sends without
reloading and fetches what is new.

    app.state.services = services
    mount(app)
"""

from collections.abc import Mapping

from fastapi import APIRouter, FastAPI

from gateway.console import (
    cases,
    editing,
    entries,
    gaps,
    hit_test,
    imports,
    jobs,
    login,
    pins,
    publications,
    review,
    team,
    tickets,
)
from gateway.console.knowledge.uploads import LARGEST_BODY as LARGEST_UPLOAD
from gateway.console.pages import StaticPages
from gateway.console.services import ConsoleServices

__all__ = ["LARGER_BODIES", "PARTS", "ConsoleServices", "console_router", "mount"]

LARGEST_BODY = 64 * 1024  # bytes; the longest field of most pages has 2,000 characters
LARGEST_ENTRY = 1024 * 1024  # a long answer and its versions, nine bytes for each Chinese character

PARTS = (login, tickets, cases, hit_test, entries, editing, review, pins, gaps, publications, imports, jobs, team)
_LIMITS = {imports: LARGEST_UPLOAD, editing: LARGEST_ENTRY, entries: LARGEST_ENTRY, review: LARGEST_ENTRY}

# By path, for what looks at requests before they get here.
LARGER_BODIES: Mapping[str, int] = {
    "/console/imports": LARGEST_UPLOAD,
    "/console/entries": LARGEST_ENTRY,
    "/console/new-entry": LARGEST_ENTRY,
    "/console/preview": LARGEST_ENTRY,
    "/console/review": LARGEST_ENTRY,
}


def console_router() -> APIRouter:
    """All pages, under /console."""
    router = APIRouter(include_in_schema=False)
    for part in PARTS:
        limited = APIRouter(max_body_size=_LIMITS.get(part, LARGEST_BODY))
        limited.include_router(part.router, prefix="/console")
        router.include_router(limited)
    return router


def mount(app: FastAPI) -> None:
    """Pages and static files; the services are expected in `app.state.services`."""
    app.mount("/console/static", StaticPages(), name="console-static")
    app.include_router(console_router())
