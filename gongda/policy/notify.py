"""[notify]: which events are told where, and when only urgent ones are."""

from __future__ import annotations

import re
from datetime import time, tzinfo
from typing import Any

from gateway.notifications.routes import EVENTS, TARGETS, Quiet, Routes
from gongda.policy.reader import Reader

NAME, KEYS = "notify", ("quiet", *EVENTS)
_SPAN = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$")


def read(reader: Reader, data: dict[str, Any], tz: tzinfo) -> Routes:
    """Every event goes to every target that is set up, unless the file names its targets."""
    everywhere = Routes.default(TARGETS).by_event
    routes: dict[str, tuple[str, ...]] = {
        event: reader.words(NAME, data, event, everywhere[event], TARGETS) for event in EVENTS
    }
    return Routes(routes, _quiet(reader, data.get("quiet"), tz))


def _quiet(reader: Reader, value: Any, tz: tzinfo) -> Quiet | None:
    if value is None or value == "":
        return None
    found = _SPAN.match(value) if isinstance(value, str) else None
    if found is None:
        reader.wrong(NAME, "quiet", f'quiet（免打扰时段）写成 "22:00-07:30"，不是 {value!r}')
        return None
    a, b, c, d = map(int, found.groups())
    return Quiet(time(a, b), time(c, d), tz)
