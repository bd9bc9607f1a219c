"""Is a question about an incident that is known?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from desk.incidents.model import Incident
from desk.incidents.reading import listing
from desk.incidents.reporting import about, of_question
from desk.incidents.rules import IncidentRules
from zhtext.codes import fold

_MOST = 50  # incidents that run at once


def matching(
    session: Session,
    question: str,
    slots: Mapping[str, str],
    codes: Iterable[str],
    now: datetime,
    rules: IncidentRules | None = None,
) -> Incident | None:
    """The confirmed, running incident that a question is about; of several the one with its code, then the newest.

    `slots` are the conversation's, `codes` the error codes that were found in the question. Questions how something is
    done, wishes, prices and what is past match nothing, unless they name the incident's own code.
    """
    running = [one for one in listing(session, ("confirmed",), limit=_MOST) if (one.confirmed_at or now) <= now]
    if not running:
        return None
    asked = rules or IncidentRules()
    report = of_question(question, slots, codes, [one.code for one in running if one.code])
    found = [one for one in running if about(one, report, asked)]
    return min(found, key=lambda one: not (one.code and fold(one.code) in report.codes), default=None)
