"""What a list of tickets can be narrowed to: values and their names, for the form above it."""

from __future__ import annotations

from collections.abc import Mapping

from desk import accounts, agents
from desk.session import Session
from gateway.console.access import allow
from gateway.console.labels import Labels

COMPANIES = 200  # in the form; others are found by words, or from a ticket

Choices = Mapping[str, Mapping[str, str]]


def filters(session: Session, labels: Labels) -> Choices:
    """By name of the condition."""
    skills = sorted({skill for known in agents.skills(session).values() for skill in known})
    people = {str(one.id): one.name for one in agents.listing(session) if allow(one, "tickets.hold")}
    return {
        "priority": labels.options("priority"),
        "category": labels.options("category"),
        "tier": labels.options("tier"),
        "skill": {skill: skill for skill in skills},
        "channel": labels.options("channel"),
        "assignee": people,
        "company": {str(one.id): one.name for one in accounts.listing(session, limit=COMPANIES)},
    }
