"""What is announced, as a reader of a channel gets it."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from desk import announcements
from desk.announcements import Level
from desk.session import Session
from gateway.render import Voice


class Announced(TypedDict):
    """`id` changes with the words: who has put one away has not put away the next."""

    id: int
    text: str
    level: Level
    link: str | None


def announced(session: Session, voice: Voice, now: datetime) -> Announced | None:
    """The announcement of this moment in the reader's script, if there is one; at most one is ever shown."""
    found = announcements.current(session, now)
    if found is None:
        return None
    return Announced(id=found.id, text=voice.say(found.text), level=found.level, link=found.link)
