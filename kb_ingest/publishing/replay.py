"""The same questions to the old and to the new build, through the live retrieval function."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from kb_ingest.publishing.questions import Question
from retrieval.asking.decision import ANSWER, DECLINE
from retrieval.asking.retriever import Retriever


class Worth(IntEnum):
    """What a pinned question got, from worst to best."""

    WRONG = 0  # another entry, as the answer or among choices without the right one
    DECLINED = 1
    OFFERED = 2  # the right entry is among the choices
    RIGHT = 3


@dataclass(frozen=True)
class Outcome:
    """What one build makes of a question. `version` is the content of the entry answered with."""

    decision: str
    shown: tuple[str, ...]  # the entry answered with, or those offered
    version: str = ""
    title: str = ""

    def worth(self, entry_id: str) -> Worth:
        """How good that is when `entry_id` is right."""
        if self.decision == DECLINE:
            return Worth.DECLINED
        if entry_id not in self.shown:
            return Worth.WRONG
        return Worth.RIGHT if self.decision == ANSWER or len(self.shown) == 1 else Worth.OFFERED


@dataclass(frozen=True)
class Change:
    """One question that the new build answers otherwise. `before` and `after` are None where there is no build, or
    where the pinned entry is gone."""

    question: Question
    before: Outcome | None
    after: Outcome
    verdict: str  # stolen, lost, weaker, better, gone, other, reworded


def outcome(retriever: Retriever, text: str) -> Outcome:
    """What a person who asks this gets to see. The choice between versions of one entry shows that entry."""
    result = retriever.ask(text)
    if result.decision == ANSWER and result.entry_id is not None:
        entry = retriever.entry(result.entry_id)
        return Outcome(ANSWER, (result.entry_id,), entry.version if entry else "", result.title or "")
    if result.decision == DECLINE:  # neighbours of an unknown code are no answer
        return Outcome(DECLINE, ())
    return Outcome(result.decision, result.offered, title=" / ".join(offer.label for offer in result.offers))


@dataclass(frozen=True)
class Replayed:
    """All changes, and how many questions of each kind were asked."""

    changes: tuple[Change, ...]
    pinned: int
    recent: int
    recent_answered: int  # by the old build


def replay(questions: Iterable[Question], before: Retriever | None, after: Retriever) -> Replayed:
    """Ask everything of both builds; without an old one there is nothing to compare with."""
    known = {entry.id for entry in after.entries}
    pinned = recent = answered = 0
    changes: list[Change] = []
    for question in questions:
        new = outcome(after, question.text)
        old = outcome(before, question.text) if before is not None else None
        pinned += question.entry_id is not None
        recent += question.entry_id is None
        answered += question.entry_id is None and old is not None and old.decision == ANSWER
        changes += _change(question, old, new, known)
    return Replayed(tuple(changes), pinned, recent, answered)


def _change(question: Question, old: Outcome | None, new: Outcome, known: set[str]) -> Iterator[Change]:
    verdict = _verdict(question, old, new, known)
    if verdict:
        yield Change(question, old, new, verdict)


def _verdict(question: Question, old: Outcome | None, new: Outcome, known: set[str]) -> str:
    if question.entry_id is not None and question.entry_id not in known:
        return "gone"
    if old is None:
        return ""
    if question.entry_id is None:
        return _recent(old, new)
    was, now = old.worth(question.entry_id), new.worth(question.entry_id)
    if now == was:
        return "reworded" if old.version != new.version else ""
    if now > was:
        return "better"
    if now == Worth.WRONG:
        return "stolen"
    return "lost" if now == Worth.DECLINED else "weaker"


def _recent(old: Outcome, new: Outcome) -> str:
    if (old.decision, old.shown) == (new.decision, new.shown):
        return "reworded" if old.version != new.version else ""
    if old.decision == ANSWER and new.decision == DECLINE:
        return "lost"
    return "better" if old.decision == DECLINE else "other"
