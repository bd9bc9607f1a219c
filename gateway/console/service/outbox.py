"""What was to be sent, and what became of it: failed ones are seen, tried again, or given up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from desk import audit, outbox, sending
from desk.agents import Agent
from desk.errors import IllegalMove
from desk.outbox import Delivery, Status
from desk.session import Session
from gateway.console.access import require
from gateway.console.forms import read_form
from gateway.console.pages import go_to, page
from gateway.console.route import ConsoleRoute
from gateway.console.services import ConsoleServices
from gateway.console.session import Me, Parts
from zhtext.secrets import mask_secrets

router = APIRouter(route_class=ConsoleRoute, prefix="/outbox")

SHOWN = 100  # rows of one tab
_TABS: Mapping[str, Status | None] = {
    "failed": "failed", "parked": "parked", "pending": "pending", "sent": "sent", "dismissed": None,
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A delivery as it is shown: no addresses, no ids of customers, nothing secret that somebody has typed."""

    delivery: Delivery
    title: str
    lines: tuple[str, ...]
    number: str | None

    @property
    def can_wait(self) -> bool:
        """Parked until its customer writes: nothing to be done."""
        return self.delivery.status == "parked" and self.delivery.conversation_id is not None

    @property
    def stuck(self) -> bool:
        """Comes again only if somebody wants it to."""
        return self.delivery.status in ("failed", "parked") and not self.can_wait


@router.get("")
def outbox_page(request: Request, me: Me, services: Parts, tab: str = "failed") -> Response:
    """By kind, and one tab of rows."""
    require(me, "outbox.read")
    tab = tab if tab in _TABS else "failed"
    with services.db.read() as session:
        kinds = sending.by_kind(session)
        dismissed = tab == "dismissed"
        found = sending.listing(session, status=_TABS[tab], dismissed=dismissed, limit=SHOWN + 1)
    return page(
        request,
        "outbox.html",
        me,
        kinds=kinds,
        tab=tab,
        tabs=tuple(_TABS),
        rows=[row(one) for one in found[:SHOWN]],
        more=len(found) > SHOWN,
        shown=SHOWN,
        stuck={"failed": sum(one.failed for one in kinds), "parked": sum(one.parked for one in kinds)},
    )


@router.post("/{delivery_id}/retry")
async def retry(delivery_id: int, me: Me, services: Parts) -> Response:
    """Again, with all its tries; a given-up one, too."""
    require(me, "outbox.retry")
    await run_in_threadpool(_retry, services, me, delivery_id)
    return go_to("/console/outbox", done="outbox_retried")


@router.post("/{delivery_id}/dismiss")
async def dismiss(delivery_id: int, me: Me, services: Parts) -> Response:
    """Kept, but no longer anybody's worry."""
    require(me, "outbox.retry")
    await run_in_threadpool(_dismiss, services, me, delivery_id)
    return go_to("/console/outbox", done="outbox_dismissed")


@router.post("/retry-all")
async def retry_all(request: Request, me: Me, services: Parts) -> Response:
    """Everything of one kind that waits for a person."""
    require(me, "outbox.retry")
    kind = (await read_form(request)).optional("target")
    n = await run_in_threadpool(_retry_all, services, me, kind)
    return go_to("/console/outbox", done="outbox_retried_all", n=n)


def row(delivery: Delivery) -> Row:
    """What a delivery says, by its kind."""
    payload = delivery.payload
    lines: tuple[str, ...] = ()
    number = None
    if delivery.kind.startswith("staff_"):
        title, number = str(payload.get("title", "")), payload.get("number")
        named = [str(one.get("name", "")) for one in payload.get("people", ())]
        lines = (*map(str, payload.get("lines", ())), *(["@" + " @".join(named)] if named else ()))
    elif delivery.kind == "webhook":
        body = payload.get("body", {})
        ticket = body.get("ticket", {})
        title, number = f"{body.get('event', '')} · {payload.get('id', '')}", ticket.get("number")
        lines = (json.dumps(body, ensure_ascii=False, sort_keys=True),)
    else:
        title = str(payload.get("text", ""))
    return Row(delivery, _masked(title), tuple(map(_masked, lines)), number if isinstance(number, str) else None)


def _masked(text: str) -> str:
    return mask_secrets(text).text


def _retry(services: ConsoleServices, me: Agent, delivery_id: int) -> None:
    with services.db.write() as session:
        _again(session, me, delivery_id, services)


def _retry_all(services: ConsoleServices, me: Agent, kind: str) -> int:
    done = 0
    with services.db.read() as session:
        ids = [one.id for one in sending.stuck(session, kind)]
    for delivery_id in ids:
        with services.db.write() as session:  # short ones: messages must not wait
            try:
                _again(session, me, delivery_id, services)
            except IllegalMove:
                continue  # a colleague was faster
            done += 1
    return done


def _again(session: Session, me: Agent, delivery_id: int, services: ConsoleServices) -> None:
    now = services.clock()
    found = outbox.retry(session, delivery_id, now=now)
    audit.record(session, me.actor, "outbox.retried", f"delivery:{delivery_id}", {"kind": found.kind}, now=now)


def _dismiss(services: ConsoleServices, me: Agent, delivery_id: int) -> None:
    now = services.clock()
    with services.db.write() as session:
        found = outbox.dismiss(session, delivery_id, now=now)
        audit.record(session, me.actor, "outbox.dismissed", f"delivery:{delivery_id}", {"kind": found.kind}, now=now)
