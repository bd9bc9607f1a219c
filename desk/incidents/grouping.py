"""Which tickets of the last minutes tell of one trouble."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from desk.incidents.likeness import likeness
from desk.incidents.reporting import Report, of_ticket
from desk.incidents.rules import IncidentRules
from desk.tickets import Ticket

_URGENT = ("P1", "P2")


@dataclass(frozen=True)
class Group:
    """Similar tickets, oldest first, and what they have in common."""

    signature: str
    tickets: tuple[Ticket, ...]


def groups(tickets: Sequence[Ticket], rules: IncidentRules) -> tuple[Group, ...]:
    """Groups that are large enough: by code, then by category and module, then by words. No ticket is in two."""
    left = [(ticket, of_ticket(ticket)) for ticket in sorted(tickets, key=lambda one: (one.created_at, one.id))]
    left = [(ticket, report) for ticket, report in left if report.problem]
    found: list[Group] = []
    for gather in (_by_code, _by_place, _by_words):
        for signature, members in gather(left, rules):
            crowd = crowded(members, rules)
            if crowd:
                found.append(Group(signature or f"words:{crowd[0].id}", crowd))
                taken = {ticket.id for ticket in crowd}
                left = [pair for pair in left if pair[0].id not in taken]
    return tuple(found)


def crowded(tickets: Sequence[Ticket], rules: IncidentRules) -> tuple[Ticket, ...]:
    """The tickets from the first moment on at which enough came within the window; none if there never was one.

    One person counts once, however many tickets they open.
    """
    for at, first in enumerate(tickets):
        near = [ticket for ticket in tickets[at:] if ticket.created_at - first.created_at <= rules.window]
        if enough(near, rules):
            return tuple(tickets[at:])
    return ()


def enough(tickets: Sequence[Ticket], rules: IncidentRules) -> bool:
    """Many people; or, because it is urgent, several companies."""
    people = {ticket.contact_id for ticket in tickets}
    urgent = {ticket.account_id for ticket in tickets if ticket.priority in _URGENT and ticket.account_id is not None}
    return len(people) >= rules.contacts or len(urgent) >= rules.companies


Pairs = Sequence[tuple[Ticket, Report]]
Gathered = list[tuple[str, list[Ticket]]]


def _by_code(left: Pairs, _rules: IncidentRules) -> Gathered:
    found: defaultdict[str, list[Ticket]] = defaultdict(list)
    for ticket, report in left:
        for code in report.codes:
            found[f"code:{code}"].append(ticket)
    return list(found.items())


def _by_place(left: Pairs, _rules: IncidentRules) -> Gathered:
    found: defaultdict[str, list[Ticket]] = defaultdict(list)
    for ticket, report in left:
        if report.module and not report.codes:
            found[f"place:{report.category}:{report.module}"].append(ticket)
    return list(found.items())


def _by_words(left: Pairs, rules: IncidentRules) -> Gathered:
    """Each ticket joins the first group whose oldest member it resembles; hours apart they are not compared."""
    found: list[tuple[Report, list[Ticket]]] = []
    recent = 0  # groups before this one began too long ago
    for ticket, report in left:
        while recent < len(found) and ticket.created_at - found[recent][1][0].created_at > 2 * rules.window:
            recent += 1
        near = next((members for first, members in found[recent:] if alike(first, report, rules)), None)
        if near is None:
            found.append((report, [ticket]))
        else:
            near.append(ticket)
    return [("", members) for _, members in found]


def alike(one: Report, other: Report, rules: IncidentRules) -> bool:
    """Similar words; two different codes are two troubles."""
    if one.codes and other.codes and not one.codes & other.codes:
        return False
    return any(likeness(first, second) >= rules.likeness for first in one.texts for second in other.texts)
