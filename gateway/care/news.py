"""What somebody is told whose question had no answer when it was asked, and has one now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from contract.decisions import Answer, Runbook
from desk import entries, notices, publications
from desk.conversations import Conversation
from desk.messages import Message
from desk.notices import Notice
from desk.numbers import day_of
from desk.publications import Publication
from desk.session import Session
from desk.turns import Reply
from gateway import render
from gateway.render import Voice
from gateway.turns.outgoing import checked
from gateway.turns.plan import Plan
from gateway.wording import Wording
from retrieval.errors import BadEntry
from retrieval.knowledge.entry import Entry
from retrieval.knowledge.shown import decision_for
from zhtext.contacts import AllowList

NOTICE = "notice"  # key of the payload: the notice that a message tells
AT_ONCE = 3  # pieces of news in one turn; more would bury its answer
_QUESTION_CHARS = 60  # of the question; enough to know it again
_STAND_IN = "\ue000"  # private use: no script conversion touches it


@dataclass(frozen=True)
class News:
    """The words for it, and whom an answer may name."""

    wording: Wording
    contacts: AllowList

    def claim(
        self, session: Session, notice: Notice, conversation: Conversation, voice: Voice, *, now: datetime
    ) -> tuple[Reply, ...]:
        """What is to be said, in the transaction that records it: for one caller only, nothing for all others.

        Nothing either while the entry is not live (rolled back), and never when it has been withdrawn.
        """
        last = publications.latest(session)
        if last is None or last.kind == "rollback":
            return ()
        card = self._card(session, notice, conversation, last)
        if card is None:
            notices.drop(session, notice.id, f"entry {notice.entry_id} is retired or cannot be shown", now=now)
            return ()
        if not notices.mark_told(session, notice.id, now=now):
            return ()
        said = render.entry(voice, card, notice.question)
        heading = Reply(self._heading(notice, voice), "notice", {NOTICE: notice.id})
        return heading, Reply(said.text, said.kind, {**said.payload, NOTICE: notice.id})

    def with_turn(
        self, session: Session, conversation: Conversation, plan: Plan, voice: Voice, *, now: datetime
    ) -> tuple[Reply, ...]:
        """What the person is still to be told, said after the turn's own replies.

        Not while a human has the conversation or a form asks on: then it waits until the bot speaks again.
        """
        if plan.change.get("state", conversation.state) != "bot" or plan.change.get("form"):
            return ()
        said: list[Reply] = []
        answers = {decision.get("entry_id") for decision in plan.decisions}
        for notice in notices.pending_for(session, conversation.contact_id, limit=AT_ONCE):
            if notice.entry_id in answers:  # they have just asked again and got it
                notices.mark_told(session, notice.id, now=now)
            else:
                said += self.claim(session, notice, conversation, voice, now=now)
        return tuple(said)

    def _card(
        self, session: Session, notice: Notice, conversation: Conversation, last: Publication
    ) -> Answer | Runbook | None:
        """The entry as it was published, for the version that the person uses."""
        found = entries.in_force_at(session, notice.entry_id, last.created_at)
        if found is None:
            return None
        try:
            entry = Entry.from_json(found.published)
        except BadEntry:
            return None
        version = conversation.slots.get("version")
        variant = entry.variant(version) if version else None
        trace_id = f"{NOTICE}:{notice.id}"
        card = decision_for(entry, variant, probability=1.0, build_id=last.build_id, trace_id=trace_id)
        said = checked(card, self.contacts)
        return said if isinstance(said, (Answer, Runbook)) else None

    def _heading(self, notice: Notice, voice: Voice) -> str:
        asked = day_of(notice.asked_at)
        day = self.wording.text("notices.day", month=asked.month, day=asked.day)
        sentence = voice.say(self.wording.text("notices.answered", day=day, question=_STAND_IN))
        question = " ".join(notice.question.split())
        short = question if len(question) <= _QUESTION_CHARS else question[: _QUESTION_CHARS - 1] + "…"
        return sentence.replace(_STAND_IN, short)  # in the person's own words, not converted


def last_answer(said: Sequence[Message]) -> Message | None:
    """The answer that a bare 没用 is about: the last one, but not news told along with a turn about something else."""
    return next((each for each in reversed(said) if each.kind == "answer" and not _told_along(each)), None)


def _told_along(message: Message) -> bool:
    return message.turn_id is not None and NOTICE in message.payload
