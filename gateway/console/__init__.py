"""The console: where the support team reads, answers, solves, and keeps what the bot may say.

Pages are rendered here and every action is a form; the script keeps drafts, sends without
reloading and fetches what is new.

    app.state.services = services
    mount(app)
"""

from collections.abc import Mapping

from fastapi import APIRouter, FastAPI

from gateway.console import login, settings, team
from gateway.console.desk import care_pages, cases, files, helping, tickets
from gateway.console.knowledge import editing, entries, gaps, hit_test, imports, jobs, pins, publications, review
from gateway.console.knowledge.uploads import LARGEST_BODY as LARGEST_UPLOAD
from gateway.console.live import routes as live
from gateway.console.pages import StaticPages
from gateway.console.service import (
    account_parts,
    accounts,
    accounts_import,
    announcements,
    calendar,
    canned,
    contacts,
    daily,
    duty,
    exports,
    incidents,
    outbox,
    profiles,
)
from gateway.console.services import ConsoleServices

__all__ = ["LARGER_BODIES", "PARTS", "ConsoleServices", "console_router", "mount"]

LARGEST_BODY = 64 * 1024  # bytes; the longest field of most pages has 2,000 characters
LARGEST_ENTRY = 1024 * 1024  # a long answer and its versions, nine bytes for each Chinese character

PARTS = (
    login,
    tickets,
    live,
    helping,
    care_pages,
    files,
    settings,
    cases,
    hit_test,
    entries,
    editing,
    review,
    pins,
    gaps,
    publications,
    imports,
    jobs,
    canned,
    exports,
    accounts,
    account_parts,
    accounts_import,
    contacts,
    outbox,
    calendar,
    incidents,
    daily,
    announcements,
    duty,
    profiles,
    team,
)
_LIMITS = {
    imports: LARGEST_UPLOAD,
    accounts_import: accounts_import.LARGEST_BODY,
    files: files.LARGEST_BODY,
    editing: LARGEST_ENTRY,
    entries: LARGEST_ENTRY,
    review: LARGEST_ENTRY,
}

# By path, for what looks at requests before they get here.
LARGER_BODIES: Mapping[str, int] = {
    "/console/imports": LARGEST_UPLOAD,
    "/console/files": files.LARGEST_BODY,
    "/console/import-accounts": accounts_import.LARGEST_BODY,
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
