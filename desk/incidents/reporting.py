"""What somebody reports, from a ticket or from a question, and whether it is the trouble of an incident."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from desk.incidents.likeness import likeness, says
from desk.incidents.model import Incident
from desk.incidents.rules import PROBLEMS, IncidentRules
from desk.tickets import Ticket
from zhtext.codes import CodeBook, fold
from zhtext.normalize import normalize
from zhtext.severity import assess, only_asks, over_or_elsewhere
from zhtext.slots import slot_values

_NAMED = ("module", "phenomenon")


@dataclass(frozen=True)
class Report:
    """`texts` say what goes wrong, in whatever words; `codes` are folded. `problem`: it tells of trouble that is there
    now, and neither asks how something is done nor what it costs."""

    texts: tuple[str, ...]
    codes: frozenset[str]
    category: str
    module: str
    problem: bool


def of_ticket(ticket: Ticket) -> Report:
    """A ticket has been judged already; only one of category `other` is read again."""
    said = ticket.slots.get("phenomenon") or ""
    code = ticket.slots.get("error_code") or ""
    problem = ticket.category in PROBLEMS or (ticket.category == "other" and tells_trouble(said or ticket.summary))
    return Report(
        texts=tuple(dict.fromkeys(text for text in (ticket.summary, said) if text)),
        codes=frozenset({fold(code)} if code else ()),
        category=ticket.category,
        module=ticket.slots.get("module") or "",
        problem=problem and ticket.priority != "P4",
    )


def of_question(question: str, slots: Mapping[str, str], codes: Iterable[str], known: Iterable[str]) -> Report:
    """A question as it was asked; `codes` are the ones found in it, `known` those of the incidents, in any disguise."""
    named = slot_values(question, _NAMED)
    found = {fold(code) for code in codes if code}
    found |= {fold(code) for hit in CodeBook(known).find(normalize(question)) for code in (hit.codes or (hit.text,))}
    said = named.get("phenomenon") or ""
    return Report(
        texts=tuple(dict.fromkeys(text for text in (question, said) if text)),
        codes=frozenset(found),
        category=assess(question).category,
        module=named.get("module") or slots.get("module") or "",
        problem=tells_trouble(question),
    )


def tells_trouble(text: str) -> bool:
    """Whether it says that something goes wrong, here and now; 登录不了怎么办 does, 登录失败会锁定吗 does not."""
    said = slot_values(text, ("phenomenon",)).get("phenomenon")
    if said is None or over_or_elsewhere(text):
        return False
    judged = assess(said)
    return judged.priority != "P4" and judged.category not in ("billing", "suggestion") and not only_asks(said)


def about(incident: Incident, report: Report, rules: IncidentRules) -> bool:
    """Whether the report is of this incident: by its code; by module and category; by its words.

    Another code than the incident's is another trouble, whatever else is alike.
    """
    code = fold(incident.code) if incident.code else ""
    if code and code in report.codes:
        return report.problem or not any(over_or_elsewhere(text) for text in report.texts)
    if not report.problem or (code and report.codes):
        return False
    if incident.module and (report.category, report.module) == (incident.category, incident.module):
        return True
    return any(
        says(text, word) or likeness(text, word) >= rules.likeness for text in report.texts for word in incident.words
    )
