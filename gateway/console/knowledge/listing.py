"""The list of entries: tabs, filters, pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, get_args
from urllib.parse import urlencode

from desk import entries
from desk.entries import EntryRecord, Filter, Origin
from desk.numbers import day_of
from desk.session import Session

Tab = Literal["all", "live", "draft", "submitted", "rejected", "overdue", "retired"]
TABS: tuple[Tab, ...] = get_args(Tab)
ORIGINS: tuple[Origin, ...] = get_args(Origin)
PAGE = 50


@dataclass(frozen=True)
class Query:
    """What was asked for; pages count from 1."""

    tab: Tab = "all"
    type: str = ""
    topic: str = ""
    origin: str = ""
    text: str = ""
    page: int = 1

    def address(self, **changes: object) -> str:
        """The list with something else chosen; any other choice than a page begins at the first."""
        asked = {"tab": self.tab, "type": self.type, "topic": self.topic, "origin": self.origin, "q": self.text}
        values = {**asked, **{name: str(value) for name, value in changes.items()}}
        plain = {name: value for name, value in values.items() if value and (name, value) != ("tab", "all")}
        return "/console/entries" + (f"?{urlencode(plain)}" if plain else "")

    def page_address(self, number: int) -> str:
        """Another page of the same list."""
        return self.address(page=number)


@dataclass(frozen=True)
class Listing:
    """One page of the list, and how many entries each tab has without the filters."""

    query: Query
    rows: tuple[EntryRecord, ...]
    total: int
    counts: Mapping[str, int]

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))

    @property
    def first(self) -> int:
        """Number of the first row, from 1."""
        return (self.query.page - 1) * PAGE + 1


def listing(session: Session, query: Query, now: datetime) -> Listing:
    """By id. Unknown choices of type, topic and origin find nothing; a page too far is empty."""
    where = _filter(query, now)
    found = entries.listing(session, where, limit=PAGE, offset=(query.page - 1) * PAGE)
    counts: dict[str, int] = {tab: entries.count(session, _filter(Query(tab), now)) for tab in TABS}
    return Listing(query, found, entries.count(session, where), counts)


def _filter(query: Query, now: datetime) -> Filter:
    origin = next((one for one in ORIGINS if one == query.origin), None)
    where = Filter(topic=query.topic or None, type=query.type or None, text=query.text.strip(), origin=origin)
    match query.tab:
        case "all":
            return where
        case "overdue":
            return replace(where, overdue_on=day_of(now))
        case tab:
            return replace(where, state=tab)
