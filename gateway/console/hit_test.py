"""The hit test: what the live retrieval makes of a question, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from gateway.console.access import require
from gateway.console.errors import problem
from gateway.console.forms import read_form
from gateway.console.pages import page
from gateway.console.route import ConsoleRoute
from gateway.console.session import Me, Parts
from gateway.errors import NoDirectAnswer

router = APIRouter(route_class=ConsoleRoute)


@dataclass(frozen=True)
class Candidate:
    """A row of the table; `features` in the order of the columns."""

    entry_id: str
    title: str
    probability: float
    features: tuple[float | None, ...]


@dataclass(frozen=True)
class Hit:
    """The hit-test JSON of `gongda ask`, ready to be shown."""

    normalized: str
    tokens: tuple[str, ...]
    codes: tuple[str, ...]
    decision: str
    reason: str
    entry_id: str  # of the answer
    title: str
    variant: str  # range of versions that the answer is for
    thresholds: Mapping[str, float]
    build_id: str
    trace_id: str
    columns: tuple[str, ...]
    candidates: tuple[Candidate, ...]


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


def read(data: Mapping[str, Any]) -> Hit:
    """Leniently: keys that are missing are shown as empty."""
    found = data.get("candidates") or []
    columns = tuple(dict.fromkeys(name for candidate in found for name in candidate.get("features", {})))
    return Hit(
        normalized=str(data.get("normalized") or ""),
        tokens=tuple(map(str, data.get("tokens") or ())),
        codes=tuple(map(str, data.get("codes") or ())),
        decision=str(data.get("decision") or ""),
        reason=str(data.get("reason") or ""),
        entry_id=str(data.get("entry_id") or ""),
        title=str(data.get("title") or ""),
        variant=str(data.get("variant") or ""),
        thresholds={str(name): float(value) for name, value in (data.get("thresholds") or {}).items()},
        build_id=str(data.get("build_id") or ""),
        trace_id=str(data.get("trace_id") or ""),
        columns=columns,
        candidates=tuple(_candidate(candidate, columns) for candidate in found),
    )


def _candidate(data: Mapping[str, Any], columns: tuple[str, ...]) -> Candidate:
    features = data.get("features", {})
    return Candidate(
        entry_id=str(data.get("entry_id", "")),
        title=str(data.get("title", "")),
        probability=float(data.get("probability", 0.0)),
        features=tuple(float(features[name]) if name in features else None for name in columns),
    )
