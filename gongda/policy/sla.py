"""[sla]: what is promised by when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desk.sla.rules import HOUR, MINUTE, PRIORITIES, SlaRules
from gongda.policy.categories import CATEGORIES
from gongda.policy.reader import Reader

NAME, KEYS = "sla", ("warn", "plan", "around_the_clock", "first_response", "resolution", "breach", "by_category")
_LONGEST = 90 * 24 * HOUR


def read(reader: Reader, data: dict[str, Any]) -> SlaRules:
    """Targets by priority; what the file leaves out is as shipped."""
    shipped = SlaRules()
    return SlaRules(
        first_response=_times(reader, "sla.first_response", data.get("first_response", {}), shipped.first_response),
        resolution=_times(reader, "sla.resolution", data.get("resolution", {}), shipped.resolution),
        resolution_of=_by_category(reader, data.get("by_category"), shipped),
        breach=_times(reader, "sla.breach", data.get("breach", {}), shipped.breach),
        plan=reader.seconds(NAME, data, "plan", shipped.plan, MINUTE, _LONGEST, "转到 L3 后给出方案的时限"),
        around_the_clock=frozenset(
            reader.words(NAME, data, "around_the_clock", sorted(shipped.around_the_clock), PRIORITIES)
        ),
        warn=reader.share(NAME, data, "warn", shipped.warn, 0.05, 0.99, "用掉时限的几成时提醒"),
    )


def _times(reader: Reader, section: str, data: Any, shipped: Mapping[str, int]) -> Mapping[str, int]:
    table = reader.table(section, data, PRIORITIES)
    found = {
        priority: reader.seconds(section, table, priority, shipped.get(priority, 0), MINUTE, _LONGEST, "时限")
        for priority in PRIORITIES
    }
    return {priority: seconds for priority, seconds in found.items() if seconds}


def _by_category(reader: Reader, data: Any, shipped: SlaRules) -> Mapping[str, Mapping[str, int]]:
    if data is None:
        return shipped.resolution_of
    tables = reader.table("sla.by_category", data, CATEGORIES)
    return {
        category: _times(reader, f"sla.by_category.{category}", table, {})
        for category, table in tables.items()
        if category in CATEGORIES
    }
