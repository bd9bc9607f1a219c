"""Gaps as editors see them: who asked what where, and how far the answer is. Secrets are masked, whoever wrote them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Literal, get_args

from desk import contacts, conversations, entries, gaps, jobs, messages, notices, tickets, unanswered
from desk.entries import EntryRecord
from desk.errors import NotFound
from desk.gaps import Gap
from desk.jobs import Job
from desk.messages import Message
from desk.notices import Notice
from desk.session import Session
from desk.unanswered import Question
from gateway.console.desk.transcript import Bubble, bubbles
from zhtext.secrets import mask_secrets

Tab = Literal["todo", "answered", "dismissed"]
TABS: tuple[Tab, ...] = get_args(Tab)
PAGE = 30
_MOST = 500  # gaps that are sorted
_LOOKED_AT = 50  # questions of a gap, for its channels
_AROUND = timedelta(minutes=10)
_CONTEXT = 8  # messages before and after a question
_UNSHOWN = frozenset({"number"})  # of a ticket, on cards; tickets are the team's
_STATES: dict[Tab, gaps.State | None] = {"todo": None, "answered": "answered", "dismissed": "dismissed"}


@dataclass(frozen=True)
class Row:
    """One gap of the list."""

    gap: Gap
    channels: tuple[str, ...]
    entry: EntryRecord | None


@dataclass(frozen=True)
class Gaps:
    """One page of the list. `loose` questions belong to no gap yet; `job` gathers them."""

    tab: Tab
    rows: tuple[Row, ...]
    total: int
    number: int
    loose: int
    job: Job | None

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True)
class Asked:
    """One question of a gap."""

    question: Question
    channel: str
    contact: contacts.Contact
    ticket: str  # number of a ticket of the same conversation, if any


@dataclass(frozen=True)
class GapPage:
    """Everything on the page of one gap."""

    gap: Gap
    asked: tuple[Asked, ...]
    entry: EntryRecord | None
    told: tuple[tuple[Notice, contacts.Contact], ...]
    others: tuple[Gap, ...]  # that it can be merged into


def gap_list(session: Session, tab: Tab, number: int) -> Gaps:
    """What most people asked first."""
    found = sorted(gaps.open_gaps(session, _STATES[tab], limit=_MOST), key=lambda one: (-one.contacts, -one.questions))
    shown = found[(number - 1) * PAGE : number * PAGE]
    return Gaps(
        tab=tab,
        rows=tuple(Row(masked(one), _channels(session, one), _entry(session, one)) for one in shown),
        total=len(found),
        number=number,
        loose=len(gaps.unclustered(session)),
        job=next((one for one in jobs.listing(session, kinds=("cluster",), limit=1)), None),
    )


def gap_page(session: Session, gap_id: int) -> GapPage:
    """Raises NotFound."""
    gap = gaps.get(session, gap_id)
    asked = gaps.members(session, gap_id)
    others = gaps.open_gaps(session, limit=100) if gap.state != "answered" else ()
    return GapPage(
        gap=masked(gap),
        asked=tuple(_asked(session, one) for one in reversed(asked)),
        entry=_entry(session, gap),
        told=tuple((one, contacts.get(session, one.contact_id)) for one in notices.of_gap(session, gap_id)),
        others=tuple(masked(one) for one in others if one.id != gap_id),
    )


def talk(session: Session, gap_id: int, question_id: int) -> tuple[Bubble, ...]:
    """What was said around a question. Raises NotFound for a question of another gap."""
    asked = next((one for one in gaps.members(session, gap_id, limit=_MOST) if one.id == question_id), None)
    if asked is None:
        raise NotFound(f"gap {gap_id} has no question {question_id}")
    said = messages.after(session, asked.conversation_id, limit=5_000)
    return bubbles([_masked_message(one) for one in _around(said, asked)], {})


def masked(gap: Gap) -> Gap:
    """Without what askers should not have written."""
    samples = tuple(mask_secrets(one).text for one in gap.samples)
    return replace(gap, title=mask_secrets(gap.title).text, samples=samples)


def _asked(session: Session, question: Question) -> Asked:
    conversation = conversations.get(session, question.conversation_id)
    theirs = tickets.listing(session, tickets.Filter(conversation_id=conversation.id), limit=1)
    return Asked(
        question=replace(question, question=mask_secrets(question.question).text),
        channel=conversation.channel,
        contact=contacts.get(session, question.contact_id),
        ticket=theirs[0].number if theirs else "",
    )


def _around(said: Sequence[Message], asked: Question) -> Sequence[Message]:
    """A few messages before and after; the question was recorded when its turn ended."""
    near = [place for place, one in enumerate(said) if abs(one.created_at - asked.created_at) <= _AROUND]
    if not near:
        return said[-_CONTEXT:]
    middle = min(near, key=lambda place: abs(said[place].created_at - asked.created_at))
    return said[max(0, middle - _CONTEXT) : middle + _CONTEXT]


def _masked_message(message: Message) -> Message:
    """Agents repeat phone numbers and the bot repeats questions, so nobody's words are taken to be harmless."""
    return replace(message, text=mask_secrets(message.text).text, payload=_masked_payload(message.payload))


def _masked_payload(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: _masked_value(value) for key, value in payload.items() if key not in _UNSHOWN}


def _masked_value(value: Any) -> Any:
    if isinstance(value, str):
        return mask_secrets(value).text
    if isinstance(value, Mapping):
        return _masked_payload(value)
    # A number may be a phone number, and nothing that a bubble shows is one by nature.
    return [_masked_value(one) for one in value] if isinstance(value, list) else None


def _channels(session: Session, gap: Gap) -> tuple[str, ...]:
    asked = unanswered.of_gap(session, gap.id, limit=_LOOKED_AT)
    found = {one.conversation_id for one in asked}
    return tuple(sorted({conversations.get(session, one).channel for one in found}))


def _entry(session: Session, gap: Gap) -> EntryRecord | None:
    return entries.get(session, gap.entry_id) if gap.entry_id is not None else None
