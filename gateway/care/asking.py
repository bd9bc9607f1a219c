"""Asking customers whether it is solved and how it was: the questions, and what counts as an answer to one.

The options' ids are `ask:<id>:<value>`. A digit or a word answers only while the question is the last thing offered;
a button says itself which question it belongs to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from contract.decisions import Option
from desk import asks
from desk.asks import Ask
from desk.conversations import Choice, Conversation
from desk.errors import NotFound
from desk.messages import Message
from desk.session import Session
from desk.tickets import Ticket
from desk.turns import Reply
from gateway import render
from gateway.render import Voice
from gateway.turns.choices import pick
from gateway.turns.plan import Plan, Situation
from gateway.wording import Wording
from zhtext.codes import find_codes
from zhtext.normalize import normalize
from zhtext.wish import asks_for_ticket, cancels_human, wants_human

ASK = "ask:"
ANSWERABLE = timedelta(days=3)  # how long the options of a question hold, if nothing else is offered meanwhile
REASONS = ("slow", "unsolved", "unclear", "manner")
REASON_WITHIN = timedelta(minutes=10)
TELL = "tell"  # the option that leads to a reason in one's own words
_WORDS = "words"  # stands for those words: never shown, only waited for
SCORES = ("1", "2", "3", "4", "5")
_LONGEST = 200  # characters of a reason
_LONGEST_ID = 18  # digits; longer ones fit no database
_SCORE = re.compile(r"^(?:我?(?:给|打|评)?)?\s*([1-5一二三四五])\s*(?:分|星|颗星|个星)\s*[。.!~吧]*$")
_DIGITS = str.maketrans("一二三四五", "12345")
_THANKS = re.compile(r"(?:谢谢|謝謝|多谢|多謝|感谢|感謝|辛苦)(?:你们|你們|大家|您|你|了|啦|啊)*")
_AROUND = re.compile(r"^[\s，。！~,.!]+|[\s，。！~,.!]+$")
_END = re.compile(r"[\s，。！~,.!]+$")
_QUESTION = re.compile(r"[?？]\s*$|怎么|怎麼|如何|为什么|為什麼|请问|請問")


@dataclass(frozen=True)
class Replied:
    """A part of a turn: the answer to an ask. `value` is yes, no, 1 to 5, a reason's key, or `tell`."""

    ask_id: int
    value: str
    words: str = ""  # a reason in the customer's own words


def question(voice: Voice, wording: Wording, ask: Ask, ticket: Ticket | None) -> Reply:
    """What is said to ask."""
    if ask.kind == "csat":
        reply = render.text(voice, wording.text("asks.csat.ask"), _scores(wording, ask.id))
        return Reply(reply.text, reply.kind, {**reply.payload, "stars": True})
    number, summary = (ticket.number, ticket.summary) if ticket else ("", "")
    return render.text(voice, wording.text("asks.solved.ask", number=number, summary=summary), _verdicts(wording, ask))


def offered(voice: Voice, wording: Wording, ask: Ask, ticket: Ticket, solution: str) -> Reply:
    """The solution, and whether it is one."""
    sentence = wording.text("asks.solved.offer", number=ticket.number, solution=solution)
    return render.text(voice, sentence, _verdicts(wording, ask))


def why(voice: Voice, wording: Wording, ask_id: int, thanks: str) -> Reply:
    """What a low score is asked."""
    options = [Option(f"{ASK}{ask_id}:{key}", wording.text(f"asks.reason.{key}")) for key in REASONS]
    last = Option(f"{ASK}{ask_id}:{TELL}", wording.text("asks.reason.other"))
    return render.text(voice, f"{thanks}{wording.text('asks.csat.why')}", [*options, last])


def with_turn(session: Session, now: Situation, plan: Plan, said: Sequence[Reply]) -> tuple[Reply, ...]:
    """One thing the person is still to be asked, behind what the turn says: not while something else is open."""
    conversation = now.conversation
    busy = plan.change.get("state", conversation.state) != "bot" or plan.change.get("form") or plan.awaits
    if busy or render.options_of(said):
        return ()
    for ask in asks.pending_in(session, conversation.id, now=now.now)[:1]:
        if asks.ask(session, ask.id, now=now.now):
            plan.choices_for = ANSWERABLE
            return (question(now.voice, now.wording, ask, asks.ticket_of(session, ask)),)
    return ()


def awaited(ask_id: int) -> Choice:
    """What the next words pick: a reason in one's own words."""
    return Choice(f"{ASK}{ask_id}:{_WORDS}", "")


def heard(
    session: Session, conversation: Conversation, burst: Sequence[Message], wording: Wording, now: datetime
) -> Replied | None:
    """The answer that a message is; None when it is something else. With a human there nothing is an answer."""
    if len(burst) != 1 or conversation.state != "bot":
        return None
    message = burst[0]
    clicked = message.payload.get("choice")
    if clicked is not None:
        return _read(session, conversation, str(clicked.get("id", "")))
    offered = conversation.choices_at(now)
    if offered and offered[0].id.startswith(ASK) and offered[0].id.endswith(f":{_WORDS}"):
        return _reason(offered[0], message.text.strip())
    if not any(choice.id.startswith(ASK) for choice in offered):
        return _said_later(session, conversation, message.text, wording)
    chosen = (
        _by_score(message.text, offered) or _by_words(message.text, offered, wording) or pick(message.text, offered)
    )
    return _read(session, conversation, chosen.id) if chosen else None


def _read(session: Session, conversation: Conversation, option_id: str) -> Replied | None:
    """What an option stands for; None for another conversation's."""
    if not option_id.startswith(ASK):
        return None
    number, _, value = option_id.removeprefix(ASK).partition(":")
    if not (number.isascii() and number.isdigit() and len(number) <= _LONGEST_ID):  # a browser may send anything
        return None
    try:
        ask = asks.get(session, int(number))
    except NotFound:
        return None
    known = ("yes", "no") if ask.kind == "solved" else (*SCORES, *REASONS, TELL)
    if ask.conversation_id != conversation.id or value not in known:
        return None
    return Replied(ask.id, value)


def _reason(awaited: Choice, words: str) -> Replied | None:
    """The very next words are the reason, unless they are about something else."""
    other = asks_for_ticket(words) or wants_human(words) or cancels_human(words) or _QUESTION.search(words)
    if other or find_codes(words) or len(words) > _LONGEST:
        return None
    return Replied(int(awaited.id.removeprefix(ASK).partition(":")[0]), TELL, words)


def _said_later(session: Session, conversation: Conversation, text: str, wording: Wording) -> Replied | None:
    """已解决 and 没解决 in so many words answer the question even when something else was said or offered since."""
    plain = normalize(_END.sub("", text.strip()))
    value = next((one for one in ("yes", "no") if plain == wording.text(f"asks.solved.{one}")), None)
    ask = asks.asked_in(session, conversation.id, "solved") if value else None
    return Replied(ask.id, value) if ask and value else None


def _by_score(text: str, offered: Sequence[Choice]) -> Choice | None:
    """5 分, 给四星."""
    match = _SCORE.match(normalize(text))
    if match is None:
        return None
    score = match[1].translate(_DIGITS)
    return next((choice for choice in offered if choice.id.startswith(ASK) and choice.id.endswith(f":{score}")), None)


def _by_words(text: str, offered: Sequence[Choice], wording: Wording) -> Choice | None:
    said = _AROUND.sub("", _THANKS.sub("", text))
    for value in ("yes", "no"):
        if said in wording.text(f"asks.words.{value}").split():
            return next((choice for choice in offered if choice.id.endswith(f":{value}")), None)
    return None


def _verdicts(wording: Wording, ask: Ask) -> list[Option]:
    return [Option(f"{ASK}{ask.id}:{value}", wording.text(f"asks.solved.{value}")) for value in ("yes", "no")]


def _scores(wording: Wording, ask_id: int) -> list[Any]:
    return [Option(f"{ASK}{ask_id}:{score}", wording.text(f"asks.csat.{score}")) for score in SCORES]
