"""Documents in, drafts out: the upload, and what became of each file."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Sequence

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from desk import jobs
from desk.agents import Agent
from desk.jobs import Job
from gateway.console.access import require
from gateway.console.desk.queue import names_of_agents
from gateway.console.errors import Invalid
from gateway.console.knowledge.jobs import ask_for
from gateway.console.knowledge.nav import nav
from gateway.console.knowledge.uploads import LARGEST_FILE, MOST_FILES, keep
from gateway.console.pages import go_to, page
from gateway.console.route import ConsoleRoute
from gateway.console.services import ConsoleServices
from gateway.console.session import Me, Parts
from gateway.errors import GatewayError

log = logging.getLogger(__name__)
router = APIRouter(route_class=ConsoleRoute, prefix="/imports")

_SHOWN = 30


class NoRoom(GatewayError):
    """The disk does not take the files."""

    status = 503
    key = "full"


@router.get("")
def imports_page(request: Request, me: Me, services: Parts) -> Response:
    """The form, and earlier imports."""
    require(me, "imports.keep")
    with services.db.read() as session:
        found = jobs.listing(session, kinds=("ingest",), limit=_SHOWN)
        names = names_of_agents(session)
        around = nav(session)
    return page(
        request, "imports.html", me, jobs=found, names=names, nav=around, most=MOST_FILES,
        largest=LARGEST_FILE // 1024**2, usable=services.settings.uploads is not None,
    )  # fmt: skip


@router.post("")
async def upload(request: Request, me: Me, services: Parts) -> Response:
    """Keep the files and have the worker import them."""
    require(me, "imports.keep")  # before the first byte of a file is read
    async with request.form(max_files=MOST_FILES + 1, max_fields=5) as data:
        files = [one for one in data.getlist("file") if isinstance(one, UploadFile)]
        job = await run_in_threadpool(_keep, services, me, files)
    return go_to(f"/console/jobs/{job.id}", done="import_asked")


def _keep(services: ConsoleServices, me: Agent, files: Sequence[UploadFile]) -> Job:
    root = services.settings.uploads
    if root is None:
        raise Invalid("no_uploads")
    try:
        folder = keep(files, root)
    except OSError as error:
        log.error("an upload could not be kept: %s", error)
        raise NoRoom from error
    try:
        return ask_for(services, me, "ingest", {"folder": str(folder), "by": me.actor})
    except Exception:
        shutil.rmtree(folder, ignore_errors=True)  # no job, so nobody would ever look at it
        raise
