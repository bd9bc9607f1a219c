"""Announcements: what stands over the widget for everybody, from when until when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Annotated, cast

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from desk import agents, announcements, incidents
from desk.agents import Agent
from desk.announcements import LEVELS, LONGEST_LINK, LONGEST_TEXT, Announcement, Level, NewAnnouncement
from desk.errors import BadValue
from desk.incidents import Incident
from gateway.console.access import require
from gateway.console.forms import Form, read_form
from gateway.console.labels import Labels, console_text
from gateway.console.pages import go_to, page
from gateway.console.route import ConsoleRoute
from gateway.console.service.incident_page import VOICES
from gateway.console.services import ConsoleServices, labels_of
from gateway.console.session import Me, Parts
from gateway.wording import Wording

router = APIRouter(route_class=ConsoleRoute, prefix="/announcements")

LIMITS = {"text": LONGEST_TEXT, "link": LONGEST_LINK}
PATH = "/console/announcements"
_Id = Annotated[int, Query(ge=0, le=2**53)]


@dataclass(frozen=True)
class Typed:
    """What stands in the form, usable or not; `replaces` is the number of the one that these words take over from."""

    text: str = ""
    level: str = "info"
    link: str = ""
    starts: str = ""
    ends: str = ""
    replaces: str = ""

    @classmethod
    def of_form(cls, form: Form) -> Typed:
        """As it was typed."""
        return cls(*(form.raw(name).strip() for name in ("text", "level", "link", "starts", "ends", "replaces")))

    @classmethod
    def of_announcement(cls, one: Announcement, labels: Labels) -> Typed:
        """To be said in other words, for as long."""
        known = cls(one.text, one.level, one.link or "", replaces=str(one.id))
        phase = one.phase(labels.now)
        starts = labels.field_time(one.starts_at) if phase == "coming" else ""
        ends = labels.field_time(one.ends_at) if one.ends_at is not None and phase != "over" else ""
        return replace(known, starts=starts, ends=ends)

    @classmethod
    def of_incident(cls, incident: Incident, labels: Labels) -> Typed:
        """What customers are told about it anyway, as far as there is room."""
        key = "message" if incident.message else "title"
        text = labels.name("announcement_draft", key, title=incident.title, message=incident.message)
        return cls(text[:LONGEST_TEXT], "warning")

    def wanted(self, tz: tzinfo, now: datetime) -> NewAnnouncement:
        """What the desk takes. Raises BadValue."""
        level = cast(Level, self.level)  # checked there
        new = NewAnnouncement(self.text, level, self.link or None, _moment(self.starts, tz), _moment(self.ends, tz))
        return new.checked(now)


@router.get("")
def announcements_page(request: Request, me: Me, services: Parts, replaces: _Id = 0, incident: _Id = 0) -> Response:
    """All of them, and a form; filled in from one that is to be replaced, or from an incident."""
    require(me, "announcements.keep")
    labels, typed = labels_of(services), Typed()
    with services.db.read() as session:
        if replaces:
            typed = Typed.of_announcement(announcements.get(session, replaces), labels)
        elif incident:
            typed = Typed.of_incident(incidents.get(session, incident), labels)
    return _page(request, me, services, typed)


@router.post("")
async def announce(request: Request, me: Me, services: Parts) -> Response:
    """Another one, or a look at what it would say."""
    require(me, "announcements.keep")
    form = await read_form(request)
    typed, looks = Typed.of_form(form), form.raw("action") == "preview"

    def work() -> Response:
        now = services.clock()
        try:
            wanted = typed.wanted(services.hours.tz, now)
            if looks:
                return _page(request, me, services, typed, preview=wanted)
            with services.db.write() as session:
                old = int(typed.replaces) if typed.replaces.isascii() and typed.replaces.isdigit() else None
                made = announcements.save(session, wanted, replaces=old, by=me.actor, now=now)
        except BadValue as refused:
            return _page(request, me, services, typed, mistake=_sentence(refused, services.wording))
        return go_to(PATH, done=f"announcement_{made.phase(now)}")

    return await run_in_threadpool(work)


@router.post("/{announcement_id}/end")
async def end(announcement_id: int, me: Me, services: Parts) -> Response:
    """Off the widget at the next look."""
    require(me, "announcements.keep")

    def work() -> None:
        with services.db.write() as session:
            announcements.end(session, announcement_id, by=me.actor, now=services.clock())

    await run_in_threadpool(work)
    return go_to(PATH, done="announcement_ended")


def _page(
    request: Request,
    me: Agent,
    services: ConsoleServices,
    typed: Typed,
    *,
    mistake: str = "",
    preview: NewAnnouncement | None = None,
) -> Response:
    now = services.clock()
    with services.db.read() as session:
        found = announcements.listing(session)
        shown = announcements.current(session, now)
        names = {agent.id: agent.name for agent in agents.listing(session, active=None)}
    return page(
        request,
        "announcements.html",
        me,
        status=422 if mistake else 200,
        rows=[(one, one.phase(now)) for one in found],
        shown=shown,
        names=names,
        typed=typed,
        mistake=mistake,
        preview=preview,
        voices=VOICES,
        levels=LEVELS,
        limits=LIMITS,
    )


def _moment(text: str, tz: tzinfo) -> datetime | None:
    """What a field for date and time holds, in the team's zone; None for an empty one. Raises BadValue."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=tz)
    except ValueError as error:
        raise BadValue(f"{text[:40]!r} is no date and time", "moment") from error


def _sentence(refused: BadValue, wording: Wording) -> str:
    return console_text(wording, f"announcement_refused.{refused.field}", **refused.values)
