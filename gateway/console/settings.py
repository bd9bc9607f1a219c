"""What support.toml says about the service, to be read: the file decides, and it is read at the start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import time, timedelta
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.console.access import require
from gateway.console.labels import Labels
from gateway.console.locale import theirs
from gateway.console.pages import page
from gateway.console.route import ConsoleRoute
from gateway.console.services import ConsoleServices, labels_of
from gateway.console.session import Me, Parts

router = APIRouter(route_class=ConsoleRoute)

Rows = list[tuple[str, str]]
_SECONDS = frozenset({"first_response", "resolution", "resolution_of", "breach", "plan"})
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@router.get("/settings")
def settings_page(request: Request, me: Me, services: Parts) -> Response:
    """Working hours and every rule about the service."""
    require(me, "settings.read")
    labels = labels_of(services)
    return page(request, "settings.html", me, hours=hours(services, labels), topics=topics(services, labels))


def hours(services: ConsoleServices, labels: Labels) -> Rows:
    """Of an ordinary week."""
    week = services.hours.week
    return [
        (
            labels.name("weekday", day),
            "，".join(f"{one.start:%H:%M}-{one.end:%H:%M}" for one in week.get(index, ())) or "—",
        )
        for index, day in enumerate(_DAYS)
    ]


def topics(services: ConsoleServices, labels: Labels) -> list[tuple[str, Rows]]:
    """Each topic of the rules with its values, in the order in which they are declared."""
    rules = services.rules
    found = []
    for topic in fields(rules):
        value = getattr(rules, topic.name)
        if is_dataclass(value):
            rows = [row for one in fields(value) for row in _rows(one.name, getattr(value, one.name), labels)]
            found.append((labels.name("rules", topic.name), rows))
    return found


def _rows(name: str, value: Any, labels: Labels) -> Rows:
    shown = labels.name("rule", name)
    if isinstance(value, Mapping):
        if not value:
            return [(shown, "—")]
        return [(f"{shown} · {_word(str(key), labels)}", _shown(name, one, labels)) for key, one in value.items()]
    return [(shown, _shown(name, value, labels))]


def _shown(name: str, value: Any, labels: Labels) -> str:
    """As somebody reads it who does not read programs."""
    if isinstance(value, bool):
        return labels.name("yes", str(value).lower())
    if isinstance(value, timedelta):
        return labels.lasts(int(value.total_seconds()))
    if isinstance(value, int) and name in _SECONDS:
        return labels.lasts(value)
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, Mapping):
        return "；".join(f"{_word(str(key), labels)} {_shown(name, one, labels)}" for key, one in value.items())
    if isinstance(value, (tuple, list, frozenset, set)):
        parts = [_shown(name, one, labels) for one in (sorted(value) if isinstance(value, (set, frozenset)) else value)]
        return "、".join(parts) or "—"
    if is_dataclass(value):
        inner = [(one.name, getattr(value, one.name)) for one in fields(value)]
        return "，".join(f"{labels.name('rule', key)} {_shown(key, one, labels)}" for key, one in inner)
    return "—" if value in (None, "") else _word(str(value), labels)


def _word(value: str, labels: Labels) -> str:
    """Keys and values are categories, events, or words of the operator's own."""
    return labels.name("category", value, default=labels.name("notified", value, default=theirs(value)))
