"""The checks of the knowledge base with what they need of policy and desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from desk import asked
from desk.clock import Clock
from desk.database import Database
from gongda.policy import Policy
from kb_ingest.lint.finding import Finding
from kb_ingest.lint.run import errors, lint
from kb_ingest.lint.usage import Usage
from retrieval.asking.retriever import Retriever
from retrieval.knowledge.entry import Entry

USED_DAYS = 90

Check = Callable[[Sequence[Entry], Retriever], Sequence[Finding]]


def checker(policy: Policy) -> Check:
    """What stands in the way of a publication. The rest is advice, takes half a minute and is for `gongda kb check`."""

    def check(entries: Sequence[Entry], _: Retriever) -> Sequence[Finding]:
        return errors(entries, allow=policy.contacts)

    return check


def check_all(
    entries: Sequence[Entry],
    retriever: Retriever | None,
    policy: Policy,
    used: Mapping[str, Usage] | None,
    clock: Clock,
) -> tuple[Finding, ...]:
    """Every check; `used` None where there is no desk to know."""
    return lint(entries, today=clock().date(), allow=policy.contacts, retriever=retriever, used=used)


def usage(database: Database, clock: Clock) -> dict[str, Usage]:
    """What customers did with each entry in the last months."""
    with database.read() as session:
        found = asked.usage(session, since=clock() - timedelta(days=USED_DAYS))
    return {entry_id: Usage(one.shown, one.disliked) for entry_id, one in found.items()}
