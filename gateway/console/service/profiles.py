"""One colleague's work: tier, skills, how many tickets, how they are reached."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from desk import agents
from desk.agents import Agent, Profile, Role
from desk.errors import AlreadyExists, BadValue
from desk.routing import RoutingRules
from gateway.console.access import require
from gateway.console.errors import Invalid, problem
from gateway.console.forms import Form, read_form
from gateway.console.labels import console_text
from gateway.console.pages import go_to, page
from gateway.console.route import ConsoleRoute
from gateway.console.services import ConsoleServices
from gateway.console.session import Me, Parts

router = APIRouter(route_class=ConsoleRoute)

_COMMAS = re.compile(r"[,，、;；\n]")


@dataclass(frozen=True)
class Typed:
    """What stands in the form: a colleague as they are, or what somebody typed and we could not take."""

    login: str = ""
    name: str = ""
    role: str = "agent"
    tier: str = "L1"
    max_load: str = "8"
    fast_response: bool = False
    email: str = ""
    phone: str = ""
    mention: str = ""
    wechat_kf: str = ""
    skills: tuple[str, ...] = ()
    message: str = ""  # why it could not be taken

    @classmethod
    def of_form(cls, form: Form, message: str = "") -> Typed:
        """As it was typed; passwords are typed again."""
        more = (one.strip() for one in _COMMAS.split(form.raw("more")))
        return cls(
            **{
                name: form.raw(name).strip()
                for name in ("login", "name", "role", "tier", "max_load", "email", "phone", "mention", "wechat_kf")
                if name in form.fields
            },
            fast_response=form.raw("fast_response") == "yes",
            skills=tuple(dict.fromkeys((*form.every("skill"), *(one for one in more if one)))),
            message=message,
        )

    @classmethod
    def of_agent(cls, agent: Agent, skills: tuple[str, ...]) -> Typed:
        """As they are now."""
        return cls(
            login=agent.login,
            name=agent.name,
            role=agent.role,
            tier=agent.tier,
            max_load=str(agent.max_load),
            fast_response=agent.fast_response,
            email=agent.email or "",
            phone=agent.phone or "",
            mention=agent.mention or "",
            wechat_kf=agent.wechat_kf or "",
            skills=skills,
        )

    def profile(self) -> Profile:
        """For the desk, which checks it. Raises BadValue for a number that is none."""
        if not (self.max_load.isascii() and self.max_load.isdigit() and len(self.max_load) < 5):
            told = f"a number of tickets is written in digits, not as {self.max_load[:20]!r}"
            raise BadValue(told, "max_load", limit=agents.LARGEST_LOAD)
        return {
            "tier": self.tier,
            "max_load": int(self.max_load),
            "fast_response": self.fast_response,
            "email": self.email,
            "phone": self.phone,
            "mention": self.mention,
            "wechat_kf": self.wechat_kf,
        }


@router.get("/agents/{agent_id}")
def profile_page(request: Request, agent_id: int, me: Me, services: Parts) -> Response:
    """The form, as things are."""
    return _page(request, agent_id, me, services, None)


@router.post("/agents/{agent_id}")
async def save(request: Request, agent_id: int, me: Me, services: Parts) -> Response:
    """All of it or nothing; what cannot be taken is shown again with the reason."""
    form = await read_form(request)
    try:
        await run_in_threadpool(_save, services, agent_id, form, me)
    except (BadValue, Invalid) as error:
        typed = Typed.of_form(form, message=for_people(request, error, refusal(error, services)))
        return await run_in_threadpool(_page, request, agent_id, me, services, typed)
    return go_to("/console/agents", done="agent_saved")


def suggestions(rules: RoutingRules, skills: Mapping[int, tuple[str, ...]]) -> tuple[str, ...]:
    """Skills to tick: those the rules ask for, then those that somebody has besides."""
    others = sorted({skill for known in skills.values() for skill in known} - set(rules.skills))
    return (*rules.skills, *others)


def for_people(request: Request, error: Exception, sentence: str) -> str:
    """The sentence, to be shown with what was typed. Scripts get the error itself instead: raised."""
    if "application/json" not in request.headers.get("accept", ""):
        return sentence
    if isinstance(error, BadValue):
        raise Invalid("said", sentence=sentence) from error
    raise error


def refusal(error: AlreadyExists | BadValue | Invalid, services: ConsoleServices) -> str:
    """Why something typed was not taken, in Chinese."""
    if isinstance(error, BadValue):
        return console_text(services.wording, f"refused.{error.field}", **error.values)
    return problem(error, services.wording).sentence


def _page(request: Request, agent_id: int, me: Agent, services: ConsoleServices, typed: Typed | None) -> Response:
    with services.db.read() as session:
        one = agents.get(session, agent_id)
        require(me, "agent.edit", one)
        skills = agents.skills(session)
    shown = typed or Typed.of_agent(one, skills.get(agent_id, ()))
    known = suggestions(services.rules.routing, skills)
    return page(request, "agent.html", me, status=422 if typed else 200, one=one, typed=shown, known=known)


def _save(services: ConsoleServices, agent_id: int, form: Form, me: Agent) -> None:
    typed, now = Typed.of_form(form), services.clock()
    with services.db.write() as session:
        one = agents.get(session, agent_id)
        require(me, "agent.edit", one)
        role: Role = form.option("role", get_args(Role)) if "role" in form.fields else one.role
        if role != one.role:
            require(me, "agent.role", one)
        with agents.audited(session, agent_id, by=me.actor, now=now):
            agents.update(session, agent_id, name=form.text("name"), role=role)
            agents.profile(session, agent_id, **typed.profile())
            agents.set_skills(session, agent_id, typed.skills)
