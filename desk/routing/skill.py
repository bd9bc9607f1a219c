"""What the one who takes a ticket should know."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from desk.routing.rules import RoutingRules
from zhtext.normalize import normalize

_READ = ("os", "phenomenon", "role", "file")  # slots in which words count, besides the summary


def skill_of(category: str, summary: str, slots: Mapping[str, str], rules: RoutingRules) -> str:
    """The skill the rules name for a ticket; empty: anybody."""
    if category in rules.first and rules.by_category.get(category):
        return rules.by_category[category]
    said = normalize("\n".join((summary, *(slots.get(name, "") for name in _READ)))).lower()
    for skill, words in rules.by_word.items():
        if words and _pattern(tuple(words)).search(said):
            return skill
    return rules.by_module.get(slots.get("module", "")) or rules.by_category.get(category, "")


@lru_cache(maxsize=64)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """One of the words; those of Latin letters only as a whole, for there is `app` in `approve`."""
    return re.compile("|".join(_one(normalize(word).lower()) for word in words))


def _one(word: str) -> str:
    return rf"(?<![a-z0-9_]){re.escape(word)}(?![a-z_])" if word.isascii() else re.escape(word)
