"""Where in the product the visitor is, as the page says: known slots, unless the person said otherwise."""

from __future__ import annotations

import re

from pydantic import Field

from desk import conversations, messages
from desk.conversations import Change, Conversation
from desk.session import Session
from gateway.requests import RequestBody
from gateway.services import Services
from zhtext.slots import slot_values

CHANNEL = "web"
_VERSION = re.compile(r"[vV]?(\d{1,4}(?:\.\d{1,6}){0,3})")
_LOOKED_AT = 30  # messages, newest first, for what the person has said


class Hints(RequestBody):
    """All may be left out; empty is nothing known."""

    module: str = Field(default="", max_length=60)
    version: str = Field(default="", max_length=40)
    page: str = Field(default="", max_length=200)


def keep(services: Services, who: str, hints: Hints) -> None:
    """Into the slots of the visitor's conversation; what has not changed writes nothing."""
    told = _read(hints)
    if not told:
        return
    now = services.clock()
    with services.db.read() as session:
        found = conversations.find(session, CHANNEL, who)
        if found is not None and not _news(session, found, told):
            return
    with services.db.write() as session:
        conversation = conversations.open_for(session, CHANNEL, who, now=now)
        new = _news(session, conversation, told)
        if new:
            change = Change(slots={**conversation.slots, **new})
            conversations.update(session, conversation.id, change, now=now)


def _read(hints: Hints) -> dict[str, str]:
    """As slots: the module by its usual name, the version without its v."""
    named = slot_values(hints.module, ("module",)).get("module", " ".join(hints.module.split()))
    version = _VERSION.fullmatch(hints.version.strip())
    told = {"module": named, "version": version[1] if version else "", "page": " ".join(hints.page.split())}
    return {name: value for name, value in told.items() if value}


def _news(session: Session, conversation: Conversation, told: dict[str, str]) -> dict[str, str]:
    new = {name: value for name, value in told.items() if conversation.slots.get(name) != value}
    kept = set(new) & set(conversation.slots)
    if kept:
        said = _said(session, conversation.id)
        new = {name: value for name, value in new.items() if name not in kept or said.get(name) is None}
    return new


def _said(session: Session, conversation_id: int) -> dict[str, str]:
    """What of it the person has said lately. Kept by itself nowhere: the messages are what they said."""
    values: dict[str, str] = {}
    for message in messages.latest(session, conversation_id, limit=_LOOKED_AT):
        if message.author == "user" and message.text:
            values |= slot_values(message.text, ("module", "version"))
    return values
