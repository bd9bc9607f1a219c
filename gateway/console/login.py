"""Log in, log out, change one's own password."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from desk import agents
from desk.agents import LONGEST_PASSWORD, SHORTEST_PASSWORD, Agent
from desk.errors import BadLogin, LockedOut
from gateway.console import session
from gateway.console.access import require
from gateway.console.errors import Invalid
from gateway.console.forms import read_form
from gateway.console.labels import Labels
from gateway.console.locale import LOCALES
from gateway.console.pages import go_to, home, page
from gateway.console.route import ConsoleRoute
from gateway.console.services import ConsoleServices
from gateway.console.session import COOKIE, Me, Parts
from gateway.errors import NotSignedIn

router = APIRouter(route_class=ConsoleRoute)


@router.get("/login")
def login_page(request: Request) -> Response:
    """The form; somebody who is signed in goes on to work."""
    wanted = request.query_params.get("next", "")
    try:
        me = session.signed_in(request)
    except NotSignedIn:
        return page(request, "login.html", None, message="", login="", next=wanted)
    return go_to(_wanted(wanted, me))


@router.post("/login")
async def log_in(request: Request, services: Parts) -> Response:
    """Begin a session."""
    form = await read_form(request)
    name, password, wanted = form.fields.get("login", "").strip(), form.secret("password"), form.fields.get("next", "")
    now = services.clock()
    try:
        begun = await run_in_threadpool(agents.login, services.db, name[:64], password, now=now)
    except (BadLogin, LockedOut) as error:
        message = _refusal(error, services) if name and password else services.wording.text("console.login.empty")
        return page(request, "login.html", None, status=401, message=message, login=name[:64], next=wanted)
    response = go_to(_wanted(wanted, begun.agent))
    session.begin(response, begun, now=now, secure=services.settings.secure_cookies)
    return response


def _wanted(path: str, agent: Agent) -> str:
    """Where somebody was going; the front door leads each to where their own work begins."""
    local = session.local_path(path)
    return home(agent) if local in (None, "", "/console") else local


@router.post("/logout")
def log_out(request: Request, services: Parts) -> Response:
    """End the session, here and in the database."""
    with services.db.write() as transaction:
        agents.logout(transaction, request.cookies.get(COOKIE, ""))
    response = go_to("/console/login")
    session.end(response, secure=services.settings.secure_cookies)
    return response


@router.get("/password")
def password_page(request: Request, me: Me) -> Response:
    """Change one's own password."""
    require(me, "password.change")
    return page(request, "password.html", me, message="", shortest=SHORTEST_PASSWORD)


@router.post("/password")
async def change_password(request: Request, me: Me, services: Parts) -> Response:
    """With the present one; every session ends, this one too."""
    require(me, "password.change")
    form = await read_form(request)
    try:
        await run_in_threadpool(agents.login, services.db, me.login, form.secret("current"), now=services.clock())
    except BadLogin:
        message = services.wording.text("console.error.wrong_password")
        return page(request, "password.html", me, status=422, message=message, shortest=SHORTEST_PASSWORD)
    except LockedOut as error:
        message = _refusal(error, services)
        return page(request, "password.html", me, status=422, message=message, shortest=SHORTEST_PASSWORD)
    await run_in_threadpool(set_password, services, me.id, form.secret("password"))
    response = go_to("/console/login", done="password_changed")
    session.end(response, secure=services.settings.secure_cookies)
    return response


@router.post("/locale")
async def change_locale(request: Request, me: Me, services: Parts) -> Response:
    """Simplified or Traditional, from the next page on."""
    require(me, "locale.change")
    locale = (await read_form(request)).option("locale", LOCALES)

    def work() -> None:
        with services.db.write() as transaction:
            agents.profile(transaction, me.id, locale=locale)

    await run_in_threadpool(work)
    return go_to("/console/password", done="locale_changed")


def set_password(services: ConsoleServices, agent_id: int, password: str) -> None:
    """Raises Invalid for a password that is too short or too long, NotFound."""
    try:
        agents.set_password(services.db, agent_id, password)
    except ValueError as error:
        raise Invalid("password_length", shortest=SHORTEST_PASSWORD, longest=LONGEST_PASSWORD) from error


def _refusal(error: BadLogin | LockedOut, services: ConsoleServices) -> str:
    if isinstance(error, LockedOut):
        labels = Labels(services.wording, services.hours.tz, services.clock())
        return services.wording.text("console.login.locked", until=labels.time(error.until))
    return services.wording.text("console.login.wrong")
