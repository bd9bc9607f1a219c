"""The second row of navigation, on every knowledge page: what waits to be done."""

from __future__ import annotations

from dataclasses import dataclass

from desk import entries
from desk.entries import Filter
from desk.session import Session


@dataclass(frozen=True)
class Nav:
    """Versions that wait for a reviewer."""

    waiting: int


def nav(session: Session) -> Nav:
    """Counted in the transaction of the page."""
    return Nav(entries.count(session, Filter(state="submitted")))
