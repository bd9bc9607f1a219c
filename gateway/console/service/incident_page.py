"""Incidents as the team sees them: the list, one with everything about it, and what customers are going to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo

from desk import accounts, agents, audit, contacts, incidents
from desk.audit import Line
from desk.contacts import Contact
from desk.incidents import Incident, Linked, State
from desk.session import Session
from gateway.care.incidents import card, over
from gateway.render import Voice
from gateway.wording import Wording

TABS: Mapping[str, tuple[State, ...]] = {
    "going_on": ("proposed", "confirmed"), "closed": ("closed",), "dismissed": ("dismissed",),
}  # fmt: skip
PAGE = 30
VOICES: Mapping[str, Voice] = {"hans": Voice("hans", "cn"), "tw": Voice("hant", "tw"), "hk": Voice("hant", "hk")}
_MOST = 500


@dataclass(frozen=True)
class Listed:
    """One page of the list."""

    tab: str
    rows: tuple[Incident, ...]
    number: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True)
class Reporter:
    """A linked ticket with the people around it."""

    link: Linked
    contact: Contact
    company: str


@dataclass(frozen=True)
class IncidentPage:
    """Everything on the page of one incident."""

    incident: Incident
    reporters: tuple[Reporter, ...]
    trail: tuple[Line, ...]
    names: Mapping[int, str]  # of agents
    others: tuple[Incident, ...]  # that it can be merged into


def incident_list(session: Session, tab: str, number: int) -> Listed:
    """Those that somebody has to decide on come first."""
    found = sorted(
        incidents.listing(session, TABS[tab], limit=_MOST), key=lambda one: (one.state != "proposed", -one.id)
    )
    return Listed(tab, tuple(found[(number - 1) * PAGE : number * PAGE]), number, len(found))


def incident_page(session: Session, incident_id: int) -> IncidentPage:
    """Raises NotFound."""
    found = incidents.get(session, incident_id)
    links = incidents.tickets_of(session, incident_id)
    companies = _companies(session, links)
    others = incidents.listing(session, incidents.GOING_ON) if found.going_on else ()
    return IncidentPage(
        incident=found,
        reporters=tuple(
            Reporter(one, contacts.get(session, one.ticket.contact_id), companies.get(one.ticket.account_id or 0, ""))
            for one in links
        ),
        trail=tuple(reversed(audit.listing(session, subject=f"incident:{incident_id}", limit=200))),
        names={one.id: one.name for one in agents.listing(session, active=None)},
        others=tuple(one for one in others if one.id != incident_id),
    )


def previews(incident: Incident, wording: Wording, tz: tzinfo, **changes: str) -> dict[str, str]:
    """The card as customers read it, by script; `changes` are what is typed and not yet stored."""
    shown = replace(incident, **changes)  # type: ignore[arg-type]
    return {name: card(voice, shown, wording, tz=tz).text for name, voice in VOICES.items()}


def endings(incident: Incident, wording: Wording) -> dict[str, str]:
    """What customers hear in the end, by script."""
    return {name: over(voice, incident, wording) for name, voice in VOICES.items()}


def _companies(session: Session, links: tuple[Linked, ...]) -> dict[int, str]:
    wanted = {one.ticket.account_id for one in links if one.ticket.account_id is not None}
    return {one: accounts.get(session, one).name for one in sorted(wanted)}
