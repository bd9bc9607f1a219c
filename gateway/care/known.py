"""Trouble that is known already: said before anything else, and linked to the ticket that reports it once more."""

from __future__ import annotations

from collections.abc import Iterable

from desk.session import Session
from desk.tickets import Opened
from desk.turns import Reply
from gateway.care import incidents
from gateway.turns.plan import Plan, Situation

# Decisions about a question or a trouble; whoever asks for a ticket or thanks is told nothing.
_ABOUT = frozenset({"answer", "choices", "decline", "runbook", "handoff", "open_ticket", "complaint", "asking"})


def before(session: Session, now: Situation, plan: Plan, opened: Opened | None) -> tuple[Reply, ...]:
    """What is said of a running incident that this turn is about; nothing where none is."""
    decided = {str(decision.get("type")) for decision in plan.decisions}
    if not decided & _ABOUT:
        return ()
    rules, conversation = now.rules.incidents, now.conversation
    if opened is not None and opened.fresh:
        incidents.attach(session, opened.ticket, now.question, now.now, rules)
    known = incidents.known(session, now.question, conversation.slots, _codes(plan), now.now, rules)
    if known is None:
        return ()
    tz = now.hours.tz
    return (incidents.greet(session, known, conversation.id, now.voice, now.wording, tz=tz, now=now.now),)


def _codes(plan: Plan) -> Iterable[str]:
    """The codes that the engine has read in the question; incidents look for their own besides."""
    for decision in plan.decisions:
        yield from filter(None, (decision.get("code"), *(decision.get("codes") or ())))
