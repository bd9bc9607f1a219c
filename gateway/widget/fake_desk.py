"""A support desk in memory with scripted answers: the other side of the widget's HTTP contract.

It promises what the real gateway promises: sequence numbers without gaps in each conversation, one message for
each client id however often it is sent, and everything after a sequence number again on request.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

Json = dict[str, Any]
Clock = Callable[[], datetime]


@dataclass
class FakeConversation:
    """One visitor: what was said, the state, and who listens."""

    id: str
    token: str
    state: str = "bot"
    messages: list[Json] = field(default_factory=list)
    feedback: list[Json] = field(default_factory=list)
    hints: list[Json] = field(default_factory=list)
    tickets: list[Json] = field(default_factory=list)
    identity: Json | None = None
    listeners: set[asyncio.Queue[tuple[str, Json] | None]] = field(default_factory=set)

    @property
    def whose(self) -> str | None:
        """The id of somebody whose signature was believed."""
        return self.identity["id"] if self.identity and self.identity.get("signature") else None

    def find(self, client_id: str) -> Json | None:
        """The message that came in under this client id."""
        return next((message for message in self.messages if message.get("client_id") == client_id), None)

    def tell(self, event: str, data: Json) -> None:
        """Sends an event to every open stream."""
        for listener in self.listeners:
            listener.put_nowait((event, data))

    def drop_streams(self) -> None:
        """Ends every open stream, as a restart of the gateway would."""
        for listener in self.listeners:
            listener.put_nowait(None)


@dataclass(frozen=True)
class FakeFile:
    """What somebody sent, as it was."""

    name: str
    media_type: str
    data: bytes

    @property
    def kind(self) -> str:
        return "image" if self.media_type.startswith("image/") else "file"


class FakeDesk:
    """Answers by the rules of a script; see `fake_script.json`. `delay_s` is how long it seems to think.

    `on_duty` and `announcement` may be changed while it runs.
    """

    def __init__(self, script: Mapping[str, Any], clock: Clock, delay_s: float = 0.6) -> None:
        self.script = script
        self.clock = clock
        self.delay_s = delay_s
        self.conversations: dict[str, FakeConversation] = {}
        self.files: dict[str, FakeFile] = {}
        self.on_duty = True
        self.announcement: Json | None = None
        self._numbers = count(1)
        self._tasks: set[asyncio.Task[None]] = set()

    def session(self, token: str | None, identity: Json | None = None) -> FakeConversation:
        """The conversation of this signed identity, else of this token, unless that is somebody else's; else a new one.

        Any signature is believed.
        """
        signed = identity if identity and identity.get("signature") else None
        whose = signed["id"] if signed else None
        known = next((one for one in self.conversations.values() if whose and one.whose == whose), None)
        if known:
            return known
        given = self.conversations.get(token or "")
        if given and (not whose or not given.whose):
            return given
        number = next(self._numbers)
        made = FakeConversation(id=f"c{number}", token=f"fake-{number}")
        self.conversations[made.token] = made
        return made

    def say(self, conversation: FakeConversation, author: str, content: Mapping[str, Any]) -> Json:
        """Adds a message and tells every listener."""
        seq = len(conversation.messages) + 1
        message = {"seq": seq, "author": author, "kind": "text", "at": self.clock().isoformat(), **content}
        conversation.messages.append(message)
        conversation.tell("message", message)
        return message

    def receive(self, conversation: FakeConversation, client_id: str, text: str, choice: str | None) -> int:
        """Takes a message of the visitor once and begins to answer; returns its sequence number."""
        known = conversation.find(client_id)
        if known:
            return int(known["seq"])
        message = self.say(conversation, "user", {"client_id": client_id, "text": text})
        if conversation.state == "bot":
            self._start(self._answer(conversation, f"choice:{choice}" if choice else text, text))
        elif text.startswith("取消"):
            self.move(conversation, "bot")
        return int(message["seq"])

    def attach(
        self, conversation: FakeConversation, client_id: str, file: FakeFile, text: str, *, quiet: bool = False
    ) -> int:
        """Takes a file of the visitor once; returns the sequence number of its message. A quiet one has no answer."""
        known = conversation.find(client_id)
        if known:
            return int(known["seq"])
        key = f"f{len(self.files) + 1}"
        self.files[key] = file
        shown = {
            "name": file.name,
            "media_type": file.media_type,
            "size": len(file.data),
            "url": f"/web/attachments/{key}?sig=fake",
        }
        said = {"client_id": client_id, "kind": file.kind, "text": text, "attachments": [shown]}
        message = self.say(conversation, "user", said)
        if conversation.state == "bot" and not quiet:
            self._start(self._answer(conversation, f"file:{file.kind}", text))
        return int(message["seq"])

    def ticket(self, conversation: FakeConversation, form: Mapping[str, Any]) -> Json:
        """Makes one ticket of a form, however often it is sent."""
        made = next((one for one in conversation.tickets if one["client_id"] == form["client_id"]), None)
        if made is None:
            number = f"GD-20261122-{len(conversation.tickets) + 1:04d}-3"
            made = {**form, "number": number, "progress_url": "/progress/demo", "when": "2026-11-23T09:15:00+08:00"}
            conversation.tickets.append(made)
            self.say(conversation, "user", {"client_id": form["client_id"], "text": form["question"]})
            card = {"number": number, "status": "待受理", "when": made["when"], "link": made["progress_url"]}
            self.say(conversation, "bot", {"kind": "ticket", "text": self.script["form_received"], "card": card})
        return {key: made[key] for key in ("number", "progress_url", "when")}

    def human(self, conversation: FakeConversation, client_id: str) -> int:
        """The visitor wants a person."""
        known = conversation.find(client_id)
        if known:
            return int(known["seq"])
        message = self.say(conversation, "user", {"client_id": client_id, "text": "转人工"})
        self._start(self._hand_over(conversation))
        return int(message["seq"])

    def move(self, conversation: FakeConversation, state: str) -> None:
        """Changes the state and tells every listener."""
        conversation.state = state
        conversation.tell("state", {"state": state})

    async def events(self, conversation: FakeConversation, after: int) -> AsyncIterator[tuple[str, Json]]:
        """The state, everything after `after`, and then what happens, until the stream is dropped."""
        queue: asyncio.Queue[tuple[str, Json] | None] = asyncio.Queue()
        conversation.listeners.add(queue)
        try:
            yield "state", {"state": conversation.state}
            for message in conversation.messages[after:]:
                yield "message", message
            while (event := await queue.get()) is not None:
                yield event
        finally:
            conversation.listeners.discard(queue)

    async def _answer(self, conversation: FakeConversation, question: str, text: str) -> None:
        conversation.tell("typing", {"who": "bot"})
        await asyncio.sleep(self.delay_s)
        if question == "choice:human":
            await self._hand_over(conversation)
            return
        for reply in self._replies(question):
            filled = {**reply, "text": reply["text"].replace("{text}", text)} if "text" in reply else reply
            self.say(conversation, "bot", filled)

    def _replies(self, question: str) -> list[Json]:
        for rule in self.script["rules"]:
            if re.search(rule["match"], question, re.IGNORECASE):
                return list(rule["replies"])
        return [self.script["declined"]]

    async def _hand_over(self, conversation: FakeConversation) -> None:
        self.move(conversation, "waiting")
        for reply in self.script["human"]:
            self.say(conversation, "system", reply)
        await asyncio.sleep(4 * self.delay_s)
        if conversation.state != "waiting":
            return
        self.move(conversation, "human")
        conversation.tell("typing", {"who": "agent"})
        await asyncio.sleep(2 * self.delay_s)
        self.say(conversation, "agent", {"name": self.script["agent"], "text": self.script["agent_says"]})

    def _start(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
