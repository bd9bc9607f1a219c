"""Saving what stands in the form: in one transaction with what belongs to it, or back into the form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from desk import entries, gaps
from desk.agents import Agent
from desk.entries import EntryVersion
from desk.errors import EditConflict, NotFound, StoreError
from desk.session import Session
from gateway.console.access import require
from gateway.console.errors import problem
from gateway.console.knowledge.checking import check
from gateway.console.knowledge.difference import Change, changes
from gateway.console.knowledge.written import Written
from gateway.console.services import ConsoleServices, labels_of
from retrieval.knowledge.entry import Entry


@dataclass(frozen=True)
class Order:
    """What was sent. `base` is the fingerprint of the version that was edited, empty for a new entry."""

    entry_id: str
    written: Written
    base: str
    gap_id: int | None
    submit: bool


@dataclass(frozen=True)
class Saved:
    """The version; or why there is none, by field. `theirs` is what somebody saved meanwhile."""

    version: EntryVersion | None = None
    mistakes: Mapping[str, str] = field(default_factory=dict)
    theirs: EntryVersion | None = None
    changes: tuple[Change, ...] = ()  # from theirs to what was typed
    status: int = 422


def save(services: ConsoleServices, agent: Agent, order: Order) -> Saved:
    """Raises Forbidden, NotFound, IllegalMove (of the gap)."""
    require(agent, "entries.submit" if order.submit else "entries.draft")
    if order.gap_id is not None:
        require(agent, "gaps.keep")
    labels = labels_of(services)
    with services.db.read() as session:
        before = _edited(session, order)
    checked = check(
        order.written, order.entry_id, labels, services.contacts, complete=order.submit, before=before
    )  # fmt: skip
    if checked.entry is None:
        return Saved(mistakes=checked.mistakes)
    try:
        return _write(services, agent, order, checked.entry)
    except EditConflict:
        return _conflict(services, order, checked.entry)
    except StoreError as error:
        found = problem(error, services.wording)
        return Saved(mistakes={"form": found.sentence}, status=found.status)
    except ValueError as error:
        return Saved(mistakes={"form": labels.wording.text("console.mistake.other", problem=error)})


def _write(services: ConsoleServices, agent: Agent, order: Order, entry: Entry) -> Saved:
    now = services.clock()
    with services.db.write() as session:
        if order.submit and _retired(session, order.entry_id):
            return Saved(mistakes={"form": services.wording.text("console.mistake.retired")}, status=409)
        version = entries.save_draft(
            session,
            order.entry_id,
            entry.content,
            entry.version,
            author=agent.actor,
            origin="console" if order.gap_id is None else "gap",
            base=order.base,
            now=now,
        )
        if order.gap_id is not None:
            gaps.draft(session, order.gap_id, order.entry_id, by=agent.actor, now=now)
        if order.submit and version.state == "draft":
            version = entries.submit(session, order.entry_id, version.number, by=agent.actor, now=now)
        return Saved(version)


def _conflict(services: ConsoleServices, order: Order, entry: Entry) -> Saved:
    with services.db.read() as session:
        theirs = entries.versions(session, order.entry_id)[-1]
    differ = changes(theirs.content, entry.content, labels_of(services))
    return Saved(theirs=theirs, changes=differ, status=409)


def _edited(session: Session, order: Order) -> Mapping[str, Any] | None:
    """The content that the form began with."""
    try:
        versions = entries.versions(session, order.entry_id)
    except NotFound:
        return None
    return next((one.content for one in reversed(versions) if one.fingerprint == order.base), None)


def _retired(session: Session, entry_id: str) -> bool:
    try:
        return entries.get(session, entry_id).retired
    except NotFound:
        return False
