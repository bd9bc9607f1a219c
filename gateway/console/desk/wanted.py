"""What a list of tickets is asked for: all of it stands in the address, to be kept and sent to colleagues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Literal, cast, get_args
from urllib.parse import urlencode

from desk.finding import Search
from desk.tickets import Filter, Priority, Tier

Tab = Literal["todo", "mine", "all", "done"]
TABS: tuple[Tab, ...] = get_args(Tab)
NOBODY = "none"  # as assignee
LONGEST = 60  # characters of one value

_OPEN: Mapping[Tab, Filter] = {
    "todo": Filter(statuses=("new", "assigned")),
    "mine": Filter(open=True),
    "all": Filter(open=True),
    "done": Filter(open=False),
}


@dataclass(frozen=True)
class Wanted:
    """One list; an empty value is no condition. What nobody offers finds everything, like an old address."""

    tab: Tab = "todo"
    priority: str = ""
    category: str = ""
    tier: str = ""
    skill: str = ""
    channel: str = ""
    company: str = ""  # id of an account
    assignee: str = ""  # id of an agent, or `none`
    incident: str = ""  # id
    q: str = ""
    page: int = 1

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Wanted:
        """From the query of an address."""
        tab, page = asked.get("tab", ""), asked.get("page", "")
        values = {name: asked.get(name, "").strip()[:LONGEST] for name in _VALUES}
        return cls(
            tab=next((one for one in TABS if one == tab), "todo"),
            page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
            **values,
        )

    @property
    def narrow(self) -> bool:
        """Whether anything but the tab is asked for."""
        return any(getattr(self, name) for name in _VALUES)

    @property
    def narrowed_by(self) -> int:
        """How many conditions besides the words."""
        return sum(bool(getattr(self, name)) for name in _VALUES if name != "q")

    def address(self, **changes: object) -> str:
        """The list with other values; a change of anything but the page begins at the first one."""
        changed = replace(self, **{"page": 1, **changes})  # type: ignore[arg-type]  # names are checked by replace
        default = asdict(Wanted())
        query = {name: value for name, value in asdict(changed).items() if value != default[name]}
        return f"/console?{urlencode(query)}" if query else "/console"

    def filter(self, me: int) -> Filter:
        """As the desk finds tickets; `me` is the id of who is looking."""
        found = replace(
            _OPEN[self.tab],
            priority=cast(Priority, self.priority) if self.priority in ("P1", "P2", "P3", "P4") else None,
            tier=cast(Tier, self.tier) if self.tier in ("L1", "L2", "L3") else None,
            category=self.category or None,
            skill=self.skill or None,
            account_id=_id(self.company),
            incident_id=_id(self.incident),
            assignee_id=_id(self.assignee),
            unassigned=True if self.assignee == NOBODY else None,
        )
        return replace(found, assignee_id=me) if self.tab == "mine" else found

    @property
    def search(self) -> Search:
        """What is asked for by words and channel."""
        return Search(text=self.q, channel=self.channel)


_VALUES = ("priority", "category", "tier", "skill", "channel", "company", "assignee", "incident", "q")


def _id(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 18 else None
