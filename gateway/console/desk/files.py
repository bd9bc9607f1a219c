"""The files of tickets: opened, sent to the customer, kept for colleagues."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from desk import tickets
from gateway.attachments.errors import Damaged, TooBig
from gateway.attachments.receiving import file_form
from gateway.console.access import require
from gateway.console.desk import attaching
from gateway.console.desk.window import outlook
from gateway.console.errors import Invalid
from gateway.console.pages import go_to
from gateway.console.route import ConsoleRoute
from gateway.console.services import ConsoleServices
from gateway.console.session import Me, Parts

router = APIRouter(route_class=ConsoleRoute)

LARGEST_BODY = 51 * 1024 * 1024  # bytes; more than support.toml can allow for one file
_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True)
class Chosen:
    """What the form brought."""

    data: bytes
    name: str
    key: str
    to: str


@router.get("/files/{key}")
async def opened(key: str, me: Me, services: Parts) -> Response:
    """A picture is shown, everything else saved."""
    return await run_in_threadpool(attaching.opened, services, me, key)


@router.post("/files/{number}")
async def send(request: Request, number: str, me: Me, services: Parts) -> Response:
    """To the customer, or as a note."""
    require(me, "ticket.note")  # before anything is read; what exactly is asked for is decided inside
    chosen = await _chosen(request, services.rules.attachments.largest)
    if chosen.to == "customer":
        reaches = await run_in_threadpool(_outlook, services, number)
        rings = await services.checker.aside(attaching.send, services, me, number, chosen.data, chosen.name, chosen.key)
        if rings is not None:
            services.hub.notify(rings)
        return go_to(f"/console/tickets/{number}", done=f"file_sent{reaches}")
    await services.checker.aside(attaching.note, services, me, number, chosen.data, chosen.name, chosen.key)
    return go_to(f"/console/tickets/{number}", done="file_noted")


def _outlook(services: ConsoleServices, number: str) -> str:
    with services.db.read() as session:
        return outlook(session, tickets.get(session, number), services.channels, services.clock())


async def _chosen(request: Request, largest: int) -> Chosen:
    """Raises Invalid, Damaged, TooBig, NotKept, BadRequest."""
    async with file_form(request) as form:
        file, key, to = form.get("file"), form.get("key"), form.get("to")
        if not isinstance(key, str) or not _KEY.fullmatch(key) or to not in ("customer", "colleagues"):
            raise Invalid("unknown_value", field="file")
        if not isinstance(file, UploadFile) or not file.filename:
            raise Damaged("no_file")
        if (file.size or 0) > largest:
            raise TooBig
        return Chosen(await file.read(), file.filename, key, str(to))
