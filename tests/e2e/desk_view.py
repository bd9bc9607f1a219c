"""What the desk has recorded, seen from outside: read only."""

from __future__ import annotations

from dataclasses import dataclass

from desk import attachments, conversations, messages, outbox, tickets
from desk.conversations import Conversation
from desk.database import Database
from desk.messages import Message
from desk.outbox import Counts
from desk.tickets import Filter, Ticket
from desk.turns import Turn, find
from gateway.channels.web.sessions import WebSessions
from tests.e2e.stack import Stack


@dataclass(frozen=True)
class Record:
    """One conversation as it stands."""

    conversation: Conversation
    messages: tuple[Message, ...]
    turns: tuple[Turn, ...]
    tickets: tuple[Ticket, ...]

    def by(self, author: str) -> list[str]:
        return [message.text for message in self.messages if message.author == author]


def of_visitor(stack: Stack, token: str) -> Record:
    """A website visitor's."""
    return record(stack.database, "web", WebSessions(stack.secret("session_secret")).user(token))


def of_follower(stack: Stack, openid: str) -> Record:
    """A WeChat follower's."""
    return record(stack.database, "wechat", openid)


def record(database: Database, channel: str, user: str) -> Record:
    """Everything of one person on one channel."""
    with database.read() as session:
        found = conversations.find(session, channel, user)
        assert found is not None, f"the desk knows no {user} on {channel}"
        said = messages.after(session, found.id)
        ids = dict.fromkeys(message.turn_id for message in said if message.turn_id)
        turns = tuple(turn for turn in (find(session, turn_id) for turn_id in ids) if turn)
        mine = tickets.listing(session, Filter(conversation_id=found.id))
    return Record(found, said, turns, mine)


def stored_files(stack: Stack, openid: str) -> int:
    """How many of a follower's files have been fetched and checked."""
    with stack.database.read() as session:
        found = conversations.find(session, "wechat", openid)
        assert found is not None
        return sum(one.status == "stored" for one in attachments.of_conversation(session, found.id))


def scores(stack: Stack, number: str) -> list[int]:
    """What the customer has given a ticket."""
    with stack.database.read() as session:
        return [int(line.detail["score"]) for line in tickets.events(session, number) if line.kind == "scored"]


def outbox_counts(database: Database) -> Counts:
    """The outbox at a glance."""
    with database.read() as session:
        return outbox.counts(session)
