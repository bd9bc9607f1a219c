"""Why a ticket went to somebody, or to nobody, as a sentence for the team.

sentence(event.detail["reason"], wording)   # of the events `assigned` and `queued`
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desk.routing import Reason
from gateway.wording import UnknownWording, Wording

_GIVEN = ("skill", "anybody", "general", "fast_response", "on_call", "p1_anybody")


def sentence(reason: Reason | Mapping[str, Any] | str | None, wording: Wording) -> str:
    """Simplified Chinese, without a full stop at its end; what a person has written stands as it is.

    A code of a later version, or one with figures missing, stands for itself: a page must not fail for it.
    """
    if reason is None or isinstance(reason, str):
        return reason or ""
    stored = reason.stored() if isinstance(reason, Reason) else reason
    code, values = str(stored.get("code", "")), dict(stored.get("values") or {})
    try:
        told = wording.text(f"routing.reason.{code}", **values, idle=_idle(values.get("idle_minutes"), wording))
        if code in _GIVEN and values.get("tier", "") > values.get("wanted", ""):
            told += wording.text("routing.reason.higher", **values)
        if "why" in values:
            told = wording.text(f"routing.reason.why_{values['why']}", **values) + told
    except (UnknownWording, KeyError):
        return code
    return told


def _idle(minutes: int | None, wording: Wording) -> str:
    if minutes is None:
        return wording.text("routing.reason.never")
    if minutes < 120:
        return wording.text("routing.reason.idle", minutes=minutes)
    return wording.text("routing.reason.idle_hours", hours=minutes // 60)
