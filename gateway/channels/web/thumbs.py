"""👍 and 👎 under an answer; the second 👎 calls a human."""

from __future__ import annotations

from contract.decisions import Handoff
from desk import conversations, feedback, messages, turns
from desk.conversations import Conversation
from desk.feedback import LONGEST_REASON
from desk.messages import Message
from desk.session import Session
from desk.turns import Content, TurnDraft
from gateway.care.handing import handed
from gateway.errors import Missing
from gateway.render import Voice
from gateway.services import Services
from gateway.turns.carry_out import DISLIKES_BEFORE_HUMAN, CarryOut
from gateway.turns.plan import Situation
from gateway.wording import Wording
from zhtext.severity import assess

CHANNEL = "web"


def rate(services: Services, user: str, seq: int, helpful: bool, reason: str = "", words: str = "") -> None:
    """Keep the thumb of an answer, and why: `reason` is one of `wording/web.yml`, `words` are the person's own.

    Raises Missing when the user has no such answer.
    """
    now = services.clock()
    with services.db.write() as session:
        conversation = conversations.find(session, CHANNEL, user)
        answered = _answer(session, conversation, seq)
        if conversation is None or answered is None:
            raise Missing
        rated = feedback.rate(
            session,
            answered.id,
            conversation_id=conversation.id,
            helpful=helpful,
            reason="" if helpful else _told(services.wording, reason, words),
            now=now,
        )
        if rated.dislikes:
            counted = conversations.count(session, conversation.id, dislikes=rated.dislikes, now=now)
            if rated.dislikes > 0 and counted.dislikes >= DISLIKES_BEFORE_HUMAN and counted.state == "bot":
                _hand_over(services, session, counted, answered)
    services.hub.notify(conversation.id)


def _told(wording: Wording, reason: str, words: str) -> str:
    """As the team reads it: 步骤不对：第三步找不到菜单."""
    named = wording.text(f"web.reason.{reason}") if reason else ""
    return "：".join(part for part in (named, words.strip()) if part)[:LONGEST_REASON]


def _answer(session: Session, conversation: Conversation | None, seq: int) -> Message | None:
    if conversation is None:
        return None
    found = messages.after(session, conversation.id, seq - 1, limit=1)
    return found[0] if found and found[0].seq == seq and found[0].kind == "answer" else None


def _hand_over(services: Services, session: Session, conversation: Conversation, answered: Message) -> None:
    """A turn without a message: the thumb is the cause, and its id makes it happen once."""
    now = services.clock()
    question = conversation.last_question or answered.text
    judged = assess(question)
    voice = Voice(conversation.script, conversation.region)
    situation = Situation.of(services, conversation, question, voice, now=now)
    decision = Handoff("dislikes", judged.category, judged.priority, question, dict(conversation.slots))
    plan = CarryOut(session, situation).plan([decision])
    draft = TurnDraft(
        turn_id=f"thumb-{answered.id}",
        conversation_id=conversation.id,
        message_ids=(),
        change=plan.change,
        ticket=plan.ticket,
        gap=plan.gap,
    )
    said = lambda opened: Content(replies=plan.replies(handed(session, situation, plan, opened)))  # noqa: E731
    turns.record_turn(session, draft, said, now=now)
