"""[routing]: who gets which ticket."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from desk.routing.rules import RoutingRules
from gongda.policy.categories import CATEGORIES
from gongda.policy.reader import Reader

NAME, KEYS = "routing", ("presence", "absent_after", "first", "by_module", "by_category", "by_word")
_DAY = 86400  # seconds


def read(reader: Reader, data: dict[str, Any]) -> RoutingRules:
    """Skills by module, category and word; a table that is there replaces the shipped one."""
    shipped = RoutingRules()
    absent = int(shipped.absent_after.total_seconds())
    return RoutingRules(
        by_module=_skills(reader, "by_module", data, shipped.by_module),
        by_category=_skills(reader, "by_category", data, shipped.by_category, CATEGORIES),
        by_word=_words(reader, data, shipped.by_word),
        first=frozenset(reader.words(NAME, data, "first", sorted(shipped.first), CATEGORIES)),
        presence=reader.flag(NAME, data, "presence", default=shipped.presence),
        absent_after=timedelta(
            seconds=reader.seconds(NAME, data, "absent_after", absent, 60, _DAY, "离开多久后没动过的工单转给同事")
        ),
    )


def _skills(
    reader: Reader, key: str, data: dict[str, Any], shipped: Mapping[str, str], known: Collection[str] = ()
) -> Mapping[str, str]:
    section = f"{NAME}.{key}"
    if key not in data:
        return shipped
    given = data[key]
    table = reader.table(section, given, known or (given if isinstance(given, dict) else ()))
    for name, skill in table.items():
        if not isinstance(skill, str) or not skill.strip():
            reader.wrong(section, name, f'{name} 的技能应是文字，例如 "BIM"，不是 {skill!r}')
    return {name: skill.strip() for name, skill in table.items() if isinstance(skill, str) and skill.strip()}


def _words(
    reader: Reader, data: dict[str, Any], shipped: Mapping[str, tuple[str, ...]]
) -> Mapping[str, tuple[str, ...]]:
    if "by_word" not in data:
        return shipped
    section, given = f"{NAME}.by_word", data["by_word"]
    table = reader.table(section, given, given if isinstance(given, dict) else ())
    return {skill: reader.words(section, table, skill, ()) for skill in table}
