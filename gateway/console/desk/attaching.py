"""Files of a ticket: what an agent may open, send to the customer or keep for colleagues.

Each function is one transaction, authorised inside it; they raise what `work` raises, and AttachmentError.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta

from starlette.responses import Response

from desk import attachments, audit, tickets
from desk.agents import Agent
from desk.attachments import NewAttachment, shown
from desk.conversations import Conversation
from desk.errors import NotFound
from gateway.attachments.keeping import Keeper, keep, message_kind
from gateway.attachments.serving import served
from gateway.channels.channel import Abilities
from gateway.console.access import require
from gateway.console.desk.step import Step
from gateway.console.errors import Invalid, NotYours
from gateway.console.services import ConsoleServices

OPENED = "file.opened"  # on the trail, once for each agent, file and hour
_AGAIN_AFTER = timedelta(hours=1)
_PICTURES = ".png,.jpg,.jpeg,.webp,.gif,.bmp"
_ANYTHING = f"{_PICTURES},.txt,.log,.csv,.pdf,.docx,.xlsx,.zip"


@dataclass(frozen=True)
class Sends:
    """What can be sent to the customer where they are; said before anybody tries."""

    usable: bool  # there is a place for files
    pictures: bool
    others: bool
    accept: str  # for the browser's own dialog
    megabytes: int


def sends(services: ConsoleServices, conversation: Conversation | None) -> Sends:
    """Pictures where the channel shows them; other files only on our own pages. Nothing where there is no place."""
    usable = services.files.usable
    able = services.channels.of(conversation).abilities if conversation is not None else Abilities()
    pictures, others = usable and able.images, usable and able.files
    accept = _PICTURES if pictures and not others else _ANYTHING
    return Sends(usable, pictures, others, accept, services.rules.attachments.megabytes)


def send(services: ConsoleServices, agent: Agent, number: str, data: bytes, name: str, key: str) -> int | None:
    """To the customer, as a message of its own, once for each click's key."""
    with services.db.read() as session:  # before the dear work, and again below
        require(agent, "ticket.reply", tickets.get(session, number))
    new = _kept(services, data, name, f"console:{agent.id}:{key}")
    with services.db.write() as session:
        step = Step.begin(session, services, agent, number, "ticket.reply")
        conversation = step.held_conversation
        if not (step.ticket.open and conversation.state == "human" and conversation.owner_id == agent.id):
            raise NotYours
        _check_channel(sends(services, conversation), new)
        message = step.say(
            "agent",
            "",
            key=f"console-file:{agent.id}:{key}",
            kind=message_kind(new.media_type),
            payload={"attachments": [shown(new)]},
        )
        if message.seq <= conversation.last_seq:
            return step.rings  # the second click
        attachments.add(session, replace(new, conversation_id=conversation.id, message_id=message.id), now=step.now)
        tickets.reply(session, number, by=agent.actor, message_id=message.id, now=step.now)
        return step.rings


def note(services: ConsoleServices, agent: Agent, number: str, data: bytes, name: str, key: str) -> None:
    """For colleagues only, once for each click's key."""
    with services.db.read() as session:
        require(agent, "ticket.note", tickets.get(session, number))
    new = _kept(services, data, name, f"console-note:{agent.id}:{key}")
    with services.db.write() as session:
        step = Step.begin(session, services, agent, number, "ticket.note")
        again = attachments.find(session, [new.key])
        attachments.add(session, replace(new, ticket_id=step.ticket.id), now=step.now)  # refuses other bytes
        if again:
            return
        told = services.wording.text("console_files.noted", name=new.name)
        tickets.note(session, number, told, by=agent.actor, now=step.now)


def opened(services: ConsoleServices, agent: Agent, key: str) -> Response:
    """The file itself, for the team; that it was opened goes on the trail. Raises NotFound, Missing, Forbidden."""
    now = services.clock()
    with services.db.read() as session:
        one = attachments.get(session, key)
        ticket = attachments.ticket_of(session, one)
        require(agent, "ticket.files", ticket)
        if ticket is None:  # talks without any ticket are nobody's to read
            raise NotFound("there is no such file")
        subject = f"file:{one.id}"
        last = audit.listing(session, subject=subject, actor=agent.actor, action=OPENED, limit=1)
    response = served(services.files, one)
    response.headers["cache-control"] = "private, no-store"
    if not last or last[0].created_at < now - _AGAIN_AFTER:
        with services.db.write() as session:
            detail = {"ticket": ticket.number, "size": one.size, "media_type": one.media_type}
            audit.record(session, agent.actor, OPENED, subject, detail, now=now)
    return response


def _kept(services: Keeper, data: bytes, name: str, key: str) -> NewAttachment:
    return keep(services, data, name, key=_key(key), source="agent")


def _key(click: str) -> str:
    """The same for a repeat. It opens nothing by itself."""
    return hashlib.sha256(click.encode()).hexdigest()[:32]


def _check_channel(can: Sends, new: NewAttachment) -> None:
    picture = new.media_type.startswith("image/")
    if not (can.pictures if picture else can.others):
        raise Invalid("pictures_only" if can.pictures else "no_files_here")
