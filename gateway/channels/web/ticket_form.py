"""The widget's ticket form: a question, how to reach the person, and their files become a ticket, once.

The words are stored as the person's message and the ticket is opened in the same transaction, whoever has the
conversation at the moment. It is no hand-off: a bot that answers goes on answering, and people who are there stay.
"""

from __future__ import annotations

import re
import unicodedata

from pydantic import BaseModel, Field

from desk import attachments, contacts, conversations, messages, turns
from desk.contacts import SHORTEST_DIGITS, dialled
from desk.conversations import Conversation
from desk.messages import Message
from desk.session import Session
from desk.tickets import Opened, Ticket, TicketDraft
from desk.turns import Content, Gap, Recorded, TurnDraft
from gateway.attachments.errors import Damaged
from gateway.care.handing import handed
from gateway.care.ticket_talk import TicketTalk
from gateway.channels.web.uploads import web_key
from gateway.errors import TooLarge, Unusable
from gateway.render import Voice
from gateway.requests import RequestBody
from gateway.services import Services
from gateway.turns import waited
from gateway.turns.plan import Plan, Situation, remembered
from zhtext.script import detect
from zhtext.severity import assess
from zhtext.slots import slot_values

CHANNEL = "web"
MOST_FILES = 20
_EMAIL = re.compile(r"[^\s@<>\"',;]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24}")
_LONGEST_PHONE = 20  # digits


class TicketRequest(RequestBody):
    """`attachments` are the client ids of files sent before."""

    client_id: str = Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")
    question: str
    name: str = Field(default="", max_length=100)
    phone: str = Field(default="", max_length=40)
    email: str = Field(default="", max_length=200)
    company: str = Field(default="", max_length=100)
    attachments: list[str] = Field(default_factory=list, max_length=MOST_FILES)


class TicketReply(BaseModel):
    """`when` promises a time, in the person's script."""

    number: str
    progress_url: str
    when: str


def submit(services: Services, who: str, form: TicketRequest) -> tuple[TicketReply, int]:
    """Open the ticket; a repeat finds it. What is told, and the conversation. Raises Unusable, TooLarge,
    ConflictingRepeat and the desk's errors; nothing of it is then kept."""
    _check(form, services.settings.max_text)
    if len(form.attachments) > services.rules.attachments.per_message:
        raise Damaged("too_many_files", files=services.rules.attachments.per_message)
    now = services.clock()
    with services.db.write() as session:
        conversation = conversations.open_for(session, CHANNEL, who, now=now)
        stored = messages.record_inbound(
            session,
            conversation.id,
            f"{who}:{form.client_id}",
            form.question,
            payload={"form": form.model_dump(exclude={"client_id", "question"})},
            now=now,
        )
        situation = Situation.of(services, conversation, form.question, _voice(conversation, form.question), now=now)
        if stored.fresh:
            waited.over(session, conversation, now=now)
            _describe(session, services, conversation, form)
        recorded = _open(session, situation, stored.message, form)
        ticket = _ticket(recorded)
        if stored.fresh:
            keys = [web_key(services, who, one) for one in form.attachments]
            attachments.link(session, keys, ticket.id, conversation_id=conversation.id)
        return _told(situation, recorded, ticket), conversation.id


def _open(session: Session, situation: Situation, asked: Message, form: TicketRequest) -> Recorded:
    """A turn of its own, with the message's id in its name; the same message finds the same turn."""
    judged = assess(form.question)
    plan = Plan(change=remembered(situation))
    said = slot_values(form.question)
    slots = {**plan.change["slots"], **said, **_reachable(form)}
    plan.change["form"] = situation.conversation.form
    plan.ticket = TicketDraft(
        category=judged.category,
        priority=judged.priority,
        summary=form.question,
        slots=slots,
        reason="form",
        handoff=False,
    )
    talk = TicketTalk(session, situation)

    def content(opened: Opened | None) -> Content:
        given = handed(session, situation, plan, opened)
        if given is None:
            raise RuntimeError("a ticket was planned and none was opened")
        return Content(replies=(talk.reply("turn.ticket.opened", given.ticket),))

    draft = TurnDraft(
        turn_id=f"form-{asked.id}",
        conversation_id=situation.conversation.id,
        message_ids=(asked.id,),
        expects=None,
        change=plan.change,
        ticket=plan.ticket,
        gap=Gap(form.question, "form", source="handed_off"),
    )
    return turns.record_turn(session, draft, content, now=situation.now)


def _ticket(recorded: Recorded) -> Ticket:
    if recorded.ticket is None:
        raise RuntimeError(f"turn {recorded.turn.turn_id} has no ticket")
    return recorded.ticket.ticket


def _told(situation: Situation, recorded: Recorded, ticket: Ticket) -> TicketReply:
    """As the card of the reply says it, so that a repeat hears the same."""
    cards = (reply.payload.get("card") or {} for reply in recorded.replies)
    when = next((str(card["when"]) for card in cards if card.get("when")), "")
    return TicketReply(number=ticket.number, progress_url=situation.links.to(ticket.number), when=when)


def _describe(session: Session, services: Services, conversation: Conversation, form: TicketRequest) -> None:
    contact = contacts.get(session, conversation.contact_id)
    company = form.company.strip()
    known = bool(contact.note) or contact.account_id is not None
    contacts.describe(
        session,
        contact.id,
        name=form.name.strip() or None,
        phone=form.phone.strip() or None,
        email=form.email.strip() or None,
        note=services.wording.text("web.company_note", company=company) if company and not known else None,
    )


def _reachable(form: TicketRequest) -> dict[str, str]:
    """What the ticket itself says about the person, should the contact be somebody else's card one day."""
    said = {"phone": _phone(form.phone), "name": form.name, "email": form.email, "company": form.company}
    return {name: value.strip() for name, value in said.items() if value.strip()}


def _check(form: TicketRequest, longest: int) -> None:
    if len(form.question) > longest:
        raise TooLarge(limit=longest)
    if not form.question.strip():
        raise Unusable
    if form.phone.strip() and not SHORTEST_DIGITS <= len(dialled(form.phone)) <= _LONGEST_PHONE:
        raise Unusable("bad_phone")
    if form.email.strip() and not _EMAIL.fullmatch(form.email.strip()):
        raise Unusable("bad_email")


def _phone(given: str) -> str:
    """Digits only, a leading plus kept, as everywhere."""
    plain = unicodedata.normalize("NFKC", given).strip()
    digits = "".join(char for char in plain if char.isdigit())
    return f"+{digits}" if plain.startswith("+") and digits else digits


def _voice(conversation: Conversation, text: str) -> Voice:
    found = detect(text)
    if found.name == "none":
        return Voice(conversation.script, conversation.region)
    return Voice(found.name, found.region)
