"""One turn: store first, ask the engine with a deadline, carry out what it decided, commit once.

The engine may be silent, late or dead; the message is stored, and the person gets an honest
sentence all the same. While a human owns the conversation the bot says nothing.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from time import monotonic

from starlette.concurrency import run_in_threadpool

from contract.decisions import Answer, Choices, Complaint, EndHandoff, Handoff, Runbook, TicketStatus, TicketUrge
from contract.turn import TurnContext
from desk import conversations, messages, tickets, turns
from desk.calendar import WorkingHours
from desk.conversations import Change
from desk.errors import Overtaken, StoreError
from desk.session import Session
from desk.turns import Content, Recorded, TurnDraft
from gateway import render
from gateway.care import asking, known
from gateway.care.asking import Replied
from gateway.care.handing import handed
from gateway.care.news import News
from gateway.care.ticket_talk import TICKET
from gateway.engine import Part, Said
from gateway.errors import NoReply
from gateway.patience import patiently
from gateway.services import Services
from gateway.turns import waited
from gateway.turns.carry_out import CarryOut
from gateway.turns.fallback import Fallback, plainly
from gateway.turns.heard import Heard, hear
from gateway.turns.plan import Plan, Situation

log = logging.getLogger(__name__)

# What a person may still ask of the bot while a human is on the way or there.
_WHILE_WAITING = (EndHandoff, TicketStatus, TicketUrge)
_AFTERWARDS = (Answer, Choices)  # what else the message asked that ended it
_WHILE_HUMAN = (EndHandoff,)
_HUMANS = ("waiting", "human")  # states in which a human is responsible
_TRIES = 2  # once more when the conversation changed hands during the turn


@dataclass(frozen=True)
class Answered:
    """What came back, and whether it came the ordinary way."""

    parts: tuple[Part | Replied, ...]
    degraded: bool


class TurnRunner:
    """Runs turns; that turns of one conversation do not overlap is the flow's business."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._fallback = Fallback(services.answers, services.wording, services.contacts)
        self._news = News(services.wording, services.contacts)

    async def run(self, conversation_id: int, message_ids: Sequence[int]) -> Recorded | None:
        """The committed turn; None when the message went to a human and the bot is silent.

        Raises StoreError after minutes of trouble: then nothing is kept, and the messages are still to be dealt with.
        """
        for _ in range(_TRIES):
            heard = await patiently(partial(hear, self._services, conversation_id, tuple(message_ids)))
            if not heard.messages:
                return None  # another delivery of the same messages was faster
            try:
                return await self._turn(heard)
            except Overtaken:
                # A human took over while the engine was thinking: say nothing. Or let go of it: then answer after all.
                log.info("conversation %s changed hands during a turn", conversation_id)
        await patiently(partial(self._leave_to_human, heard))
        return None

    async def _turn(self, heard: Heard) -> Recorded | None:
        began = monotonic()
        turn_id = uuid.uuid4().hex
        try:
            answered = await self._answered(turn_id, heard)
            return await patiently(partial(self._commit, turn_id, heard, answered, _since(began)))
        except (Overtaken, StoreError):
            raise
        except Exception:
            # What the engine wants cannot be carried out; nothing of it was kept. Silence would be worse than this.
            log.exception("turn %s of conversation %s failed", turn_id, heard.conversation.id)
            if heard.conversation.state in _HUMANS:
                return await patiently(partial(self._leave_to_human, heard))
            apology = Answered((self._fallback.apology("answer_failed"),), degraded=True)
            return await patiently(partial(self._commit, turn_id, heard, apology, _since(began)))

    async def _answered(self, turn_id: str, heard: Heard) -> Answered:
        state = heard.conversation.state
        if heard.replied is not None:
            return Answered((heard.replied,), degraded=False)
        if heard.choice is not None and heard.choice.id.startswith(TICKET) and state != "human":
            return Answered((TicketStatus(heard.choice.id.removeprefix(TICKET)),), degraded=False)
        if state in _HUMANS:
            return Answered(await self._overheard(turn_id, heard), degraded=False)
        try:
            return Answered(await self._ask(turn_id, heard), degraded=False)
        except NoReply as error:
            log.warning("turn %s of conversation %s: %s", turn_id, heard.conversation.id, error)
            parts = await self._fallback.decide(heard.text, heard.conversation.last_question)
            return Answered(parts, degraded=True)

    async def _ask(self, turn_id: str, heard: Heard) -> tuple[Part, ...]:
        if not heard.text:
            return (self._sentence("decline.no_evidence"),)
        context = await run_in_threadpool(self._context, turn_id, heard)  # the calendar may have to be read
        return await self._services.engine.ask(heard.conversation.sender, heard.text, context)

    async def _overheard(self, turn_id: str, heard: Heard) -> tuple[Part, ...]:
        """While a human is responsible: only the few things the bot may still do, and no word about failures."""
        human = heard.conversation.state == "human"
        allowed = _WHILE_HUMAN if human else _WHILE_WAITING
        try:
            parts = await self._ask(turn_id, heard)
        except NoReply:
            plain = plainly(heard.text, heard.conversation.last_question)
            parts = (plain,) if plain else ()
        fresh = not human and not heard.urgent  # more about an emergency that is known only goes to the people
        over = any(isinstance(part, EndHandoff) for part in parts)
        allowed = (*allowed, *_AFTERWARDS) if over else allowed
        if not human and not heard.complained:
            allowed = (*allowed, Complaint)  # a lead hears of it at once, whoever is on the way
        kept = tuple(part for part in parts if isinstance(part, allowed) or (fresh and _emergency(part, parts)))
        if kept or heard.reassured or human:
            return kept
        return (self._sentence("human.forwarded"),)

    def _commit(self, turn_id: str, heard: Heard, answered: Answered, ms: int) -> Recorded | None:
        now = self._services.clock()
        hours = self._services.hours  # may have to be read, which is not for inside
        with self._services.db.write() as session:
            heard = _held(session, heard, now)
            if not answered.parts:
                self._forward(session, heard, now)
                return None
            if heard.conversation.state in _HUMANS:  # what the bot says to it changes nothing: the customer has written
                waited.over(session, heard.conversation, now=now)
            situation = self._situation(heard, hours, now)
            plan = CarryOut(session, situation).plan(answered.parts)
            if answered.degraded:
                # A late answer of the engine must not meet the next question; an unfinished form goes on there.
                plan.change |= Change(new_episode=True, form=None if plan.ticket else heard.conversation.form)
            recorded = turns.record_turn(
                session,
                self._draft(turn_id, heard, plan, answered.degraded, ms),
                lambda opened: self._content(session, heard, situation, plan, opened, degraded=answered.degraded),
                now=now,
            )
            self._deliver(session, recorded, now)
            return recorded

    def _deliver(self, session: Session, recorded: Recorded, now: datetime) -> None:
        """Where nobody waits for the outcome, the replies are to be sent: recorded with the turn that said them."""
        channel = self._services.channels.of(recorded.conversation)
        if recorded.fresh and recorded.replies and not channel.abilities.waits:
            key = f"turn:{recorded.turn.turn_id}"
            channel.record(session, recorded.conversation, recorded.replies, key=key, now=now)

    def _draft(self, turn_id: str, heard: Heard, plan: Plan, degraded: bool, ms: int) -> TurnDraft:
        return TurnDraft(
            turn_id=turn_id,
            conversation_id=heard.conversation.id,
            message_ids=tuple(message.id for message in heard.messages),
            expects=heard.conversation.state,
            episode=heard.conversation.episode,
            change=plan.change,
            ticket=plan.ticket,
            gap=plan.gap,
            degraded=degraded,
            ms=ms,
            trace_ids=tuple(plan.traces),
        )

    def _content(
        self,
        session: Session,
        heard: Heard,
        situation: Situation,
        plan: Plan,
        opened: tickets.Opened | None,
        *,
        degraded: bool,
    ) -> Content:
        now = situation.now
        replies = plan.replies(handed(session, situation, plan, opened))
        if not degraded:  # an apology is the last resort: nothing beside it may fail
            replies = (*known.before(session, situation, plan, opened), *replies)
            replies += self._news.with_turn(session, heard.conversation, plan, heard.voice, now=now)
            replies += asking.with_turn(session, situation, plan, replies)
        # The change object is applied after the content is made: what was offered can be picked from now on.
        offered = render.options_of(replies) or plan.awaits
        if offered or not heard.behind:  # otherwise they have not yet seen what was offered by the answer before
            plan.change["choices"] = offered
            plan.change["choices_until"] = now + plan.choices_for if offered else None
        return Content(replies=replies, outcome={"decisions": list(plan.decisions)})

    def _forward(self, session: Session, heard: Heard, now: datetime) -> None:
        """The bot is silent: the message is the human's, and a ticket that waited for the customer goes on."""
        messages.mark(session, [message.id for message in heard.messages], "handled")
        waited.over(session, conversations.update(session, heard.conversation.id, {}, now=now), now=now)

    def _leave_to_human(self, heard: Heard) -> None:
        with self._services.db.write() as session:
            self._forward(session, heard, self._services.clock())

    def _situation(self, heard: Heard, hours: WorkingHours, now: datetime) -> Situation:
        return Situation.of(self._services, heard.conversation, heard.question, heard.voice, hours, now=now)

    def _context(self, turn_id: str, heard: Heard) -> TurnContext:
        now = self._services.clock()
        opening = self._services.hours.next_opening(now)
        conversation = heard.conversation
        return TurnContext(
            turn_id=turn_id,
            now=now.isoformat(),
            working=self._services.hours.is_working(now),
            next_opening=opening.isoformat() if opening else None,
            channel=conversation.channel,
            script=heard.voice.script,
            region=heard.voice.region,
            slots={**({"phone": heard.phone} if heard.phone else {}), **conversation.slots},
            form=conversation.form,
            last_question=conversation.last_question,
            misses=conversation.misses,
            dislikes=conversation.dislikes,
            open_tickets=heard.open_tickets,
            choice={"id": heard.choice.id, "label": heard.choice.label} if heard.choice else None,
        )

    def _sentence(self, key: str) -> Said:
        return Said(self._services.wording.text(f"turn.{key}"))


def _held(session: Session, heard: Heard, now: datetime) -> Heard:
    """The conversation, locked before any ticket as everywhere. Whose it is now, for two people may have become one,
    and what is known of them by now, for a page or a scan may have told something meanwhile."""
    present = conversations.update(session, heard.conversation.id, {}, now=now)
    return replace(heard, conversation=replace(heard.conversation, contact_id=present.contact_id, slots=present.slots))


def _emergency(part: Part, parts: Sequence[Part]) -> bool:
    """First aid and the hand-off of an emergency told while somebody waits."""
    told = any(isinstance(each, Handoff) and each.reason == "emergency" for each in parts)
    return told and isinstance(part, (Handoff, Runbook))


def _since(began: float) -> int:
    return round((monotonic() - began) * 1000)
