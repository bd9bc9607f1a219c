"""What the desk has recorded of a conversation since one last looked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from desk import messages, turns
from desk.database import Database
from desk.messages import Message
from gateway.channels.web.events import as_json


@dataclass(frozen=True)
class Said:
    """A message to the customer, as the widget gets it."""

    turn_id: str | None  # None: nobody asked
    text: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class TurnRecord:
    """A committed turn."""

    decisions: tuple[Mapping[str, Any], ...]
    degraded: bool
    ticket: str | None


class Record:
    """Reads each message of one conversation once."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._seq = 0
        self.turn_of: dict[str, str] = {}  # the key of a message of the user's -> its turn

    def news(self, conversation_id: int) -> tuple[Said, ...]:
        """What was said to the user meanwhile; `turn_of` knows the user's own messages afterwards."""
        said: list[Said] = []
        with self._db.read() as session:
            while fresh := messages.after(session, conversation_id, self._seq):
                self._seq = fresh[-1].seq
                for message in fresh:
                    self._note(message, said)
        return tuple(said)

    def dealt_with(self, conversation_id: int, key: str) -> bool:
        """Whether a message of the user's has had its turn."""
        with self._db.read() as session:
            latest = messages.latest(session, conversation_id)
        return any(_key(message) == key and message.status != "pending" for message in latest)

    def turn(self, turn_id: str) -> TurnRecord | None:
        with self._db.read() as session:
            found = turns.find(session, turn_id)
        if found is None:
            return None
        decisions = tuple(found.outcome.get("decisions") or ())
        return TurnRecord(decisions, found.degraded, found.ticket_number)

    def _note(self, message: Message, said: list[Said]) -> None:
        if message.author != "user":
            said.append(_said(message))
        elif message.turn_id:
            self.turn_of[_key(message)] = message.turn_id


def _key(message: Message) -> str:
    """The channel's own id, without the user whom the web puts before it."""
    return (message.external_id or "").rpartition(":")[2]


def _said(message: Message) -> Said:
    shown = as_json(message)
    options = tuple(str(option["label"]) for option in shown.get("options", ()))
    return Said(message.turn_id, _text(shown), options)


def _text(shown: Mapping[str, Any]) -> str:
    """An answer's title and blocks; for everything else the sentence."""
    card = shown.get("card")
    if shown["kind"] != "answer" or not card:
        return str(shown["text"])
    return "\n".join([card["title"], *card["blocks"]])
