"""What people do with entries: each function is one transaction (long lists: several of 50), authorised inside it.

All raise Forbidden, NotFound, IllegalMove and StoreError.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from desk import entries
from desk.agents import Agent
from desk.entries import EntryVersion
from desk.errors import IllegalMove, NotFound
from desk.numbers import day_of
from desk.session import Session
from gateway.console.access import Verdict, allow, require
from gateway.console.errors import Invalid
from gateway.console.knowledge.checking import incomplete
from gateway.console.knowledge.written import of_content
from gateway.console.services import ConsoleServices, labels_of
from gateway.errors import Forbidden

CHUNK = 50  # entries in one transaction: some 100 ms, in which no customer's message waits noticeably
MOST = 500  # in one request
_NAMED = re.compile(r"([a-z0-9][a-z0-9._-]{0,99})@([1-9]\d{0,8})")


@dataclass(frozen=True)
class Named:
    """A version as the page had it."""

    entry_id: str
    number: int


@dataclass(frozen=True)
class Done:
    """How many of a list were done; the rest was left because it had changed or is not allowed."""

    done: int
    left: int


def named(values: Sequence[str]) -> tuple[Named, ...]:
    """`id@number`, each once. Raises Invalid for none, too many, and what is written otherwise."""
    found = [_NAMED.fullmatch(value) for value in dict.fromkeys(values)]
    if not found:
        raise Invalid("nothing_chosen")
    if len(found) > MOST:
        raise Invalid("too_many_chosen", limit=MOST, n=len(found))
    if not all(found):
        raise Invalid("bad_request")
    return tuple(Named(match[1], int(match[2])) for match in found if match)


def submit(services: ConsoleServices, agent: Agent, entry_id: str, number: int) -> bool:
    """Ask for approval. False, and nothing done, while something is missing."""
    with services.db.write() as session:
        require(agent, "entries.submit")
        version = entries.version(session, entry_id, number)
        if _missing(services, version):
            return False
        entries.submit(session, entry_id, number, by=agent.actor, now=services.clock())
    return True


def submit_many(services: ConsoleServices, agent: Agent, wanted: Sequence[Named]) -> Done:
    """Drafts that are complete, as they were when they were chosen."""
    require(agent, "entries.submit")

    def one(session: Session, version: EntryVersion) -> None:
        if _missing(services, version):
            raise IllegalMove(f"entry {version.entry_id}: version {version.number} is not complete")
        entries.submit(session, version.entry_id, version.number, by=agent.actor, now=services.clock())

    return _each(services, wanted, one)


def approve(services: ConsoleServices, agent: Agent, entry_id: str, number: int) -> None:
    """Put a submitted version in force, from the next publication on."""
    with services.db.write() as session:
        _approve(session, services, agent, entries.version(session, entry_id, number))


def approve_many(services: ConsoleServices, agent: Agent, wanted: Sequence[Named]) -> Done:
    """Submitted versions, as they were when they were chosen; one's own are left where four eyes are wanted."""
    require(agent, "entries.review")
    return _each(services, wanted, lambda session, version: _approve(session, services, agent, version))


def reject(services: ConsoleServices, agent: Agent, entry_id: str, number: int, comment: str) -> None:
    """Send it back with a comment."""
    with services.db.write() as session:
        require(agent, "entries.review")
        entries.reject(session, entry_id, number, by=agent.actor, comment=comment, now=services.clock())


def retire(services: ConsoleServices, agent: Agent, entry_id: str, reason: str) -> None:
    """Out of force, from the next publication on."""
    with services.db.write() as session:
        require(agent, "entries.keep")
        entries.retire(session, entry_id, by=agent.actor, reason=reason, now=services.clock())


def restore(services: ConsoleServices, agent: Agent, entry_id: str) -> None:
    """In force again as it was approved."""
    with services.db.write() as session:
        require(agent, "entries.keep")
        entries.restore(session, entry_id, by=agent.actor, now=services.clock())


def set_owner(services: ConsoleServices, agent: Agent, entry_id: str, owner: str) -> None:
    """Who answers for it."""
    with services.db.write() as session:
        require(agent, "entries.keep")
        entries.set_owner(session, entry_id, owner, by=agent.actor, now=services.clock())


def postpone_review(services: ConsoleServices, agent: Agent, entry_id: str, until: date) -> None:
    """The next look is due `until`. Raises Invalid unless that is to come."""
    with services.db.write() as session:
        require(agent, "entries.keep")
        if until <= day_of(services.clock()):
            raise Invalid("not_to_come")
        entries.postpone_review(session, entry_id, until, by=agent.actor, now=services.clock())


def review_day(services: ConsoleServices) -> date:
    """When an entry that was found right today is looked at again."""
    return day_of(services.clock()) + timedelta(days=services.settings.review_days)


def _approve(session: Session, services: ConsoleServices, agent: Agent, version: EntryVersion) -> None:
    four_eyes = services.settings.four_eyes
    if not allow(agent, "entry.approve", Verdict(version.author, four_eyes)):
        raise Forbidden("own_version" if allow(agent, "entries.review") else "forbidden")
    entries.approve(
        session,
        version.entry_id,
        version.number,
        by=agent.actor,
        four_eyes=four_eyes,
        review_after=timedelta(days=services.settings.review_days),
        now=services.clock(),
    )


def _missing(services: ConsoleServices, version: EntryVersion) -> bool:
    content = {"id": version.entry_id, **version.content}
    return bool(incomplete(content, of_content(content), labels_of(services), services.contacts))


def _each(services: ConsoleServices, wanted: Sequence[Named], act: Callable[[Session, EntryVersion], None]) -> Done:
    """One that cannot be done is left as it is; the desk changes nothing before it has looked."""
    done = 0
    for chunk in _chunks(wanted):
        with services.db.write() as session:
            for one in chunk:
                try:
                    act(session, entries.version(session, one.entry_id, one.number))
                except (Forbidden, IllegalMove, NotFound):
                    continue
                done += 1
    return Done(done, len(wanted) - done)


def _chunks(wanted: Sequence[Named]) -> Iterator[Sequence[Named]]:
    for start in range(0, len(wanted), CHUNK):
        yield wanted[start : start + CHUNK]
