"""The hit test: what the live retrieval makes of a question, and why."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from gateway.console.access import require
from gateway.console.errors import problem
from gateway.console.forms import read_form
from gateway.console.knowledge.hit import read
from gateway.console.pages import page
from gateway.console.route import ConsoleRoute
from gateway.console.session import Me, Parts
from gateway.errors import NoDirectAnswer

router = APIRouter(route_class=ConsoleRoute)


@router.get("/hit-test")
def hit_test_page(request: Request, me: Me, question: Annotated[str, Query(max_length=200)] = "") -> Response:
    """The form, empty or with a question of the knowledge base."""
    require(me, "knowledge.test")
    return page(request, "hit_test.html", me, question=question, hit=None, failure="")


@router.post("/hit-test")
async def hit_test(request: Request, me: Me, services: Parts) -> Response:
    """The form with a result, or why there is none. Posted: addresses are logged, and a question may hold a secret."""
    require(me, "knowledge.test")
    question = (await read_form(request)).text("question")
    try:
        hit = read(await services.knowledge.search(question))
    except NoDirectAnswer as error:
        found = problem(error, services.wording)
        return page(
            request, "hit_test.html", me, status=found.status, question=question, hit=None, failure=found.sentence
        )
    return page(request, "hit_test.html", me, question=question, hit=hit, failure="")
