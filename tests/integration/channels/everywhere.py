"""One gateway with every channel, real retrieval behind it, and somebody who asks on all of them.

Only the dialogue engine is none: `Relay` hands every message to the action that asks the knowledge base, as the rules
of the real one do for every question, and `silent` makes the gateway ask by itself.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from itertools import count
from pathlib import Path
from typing import Any

import httpx2

from actions.app import create_app as create_actions
from actions.live import LiveKnowledge
from actions.settings import ActionsSettings
from contract.turn import TurnContext
from desk import conversations, messages, turns
from desk.calendar import FixedHours
from desk.clock import FixedClock
from desk.database import Database
from desk.messages import Message
from gateway.answers import HttpAnswers
from gateway.app import create_app
from gateway.channels.channel import Channel, Channels
from gateway.channels.pull.channel import PulledChannel
from gateway.channels.pull.fake import FakeKf
from gateway.channels.pull.kf import Kf
from gateway.channels.pull.puller import Puller
from gateway.channels.terminal.channel import Terminal
from gateway.channels.web.channel import Web
from gateway.channels.web.sessions import WebSessions
from gateway.channels.wechat.adapter import WeChat
from gateway.channels.wechat.fakes.follower import FakeFollower
from gateway.channels.wechat.settings import WeChatSettings
from gateway.engine import Part, parts_of
from gateway.errors import NoReply
from gateway.hub import Hub
from gateway.render import Voice
from gateway.services import Services
from gateway.settings import GatewaySettings
from gateway.turns.bursts import Pace
from gateway.turns.flow import Flow, Incoming
from gateway.wording import Wording
from retrieval.asking.live import Live
from retrieval.indexing.encoder import open_encoder
from tests.unit.actions.calls import call, message
from zhtext.contacts import AllowList

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc)  # a Monday, 10:00 in Beijing
WORDING = Wording.load()
TOKEN = "gongda2026"
_SECRET = "shared"
_EVIDENCE = ("entry_id", "version", "code", "build_id", "trace_id", "review")


class Relay:
    """In place of the engine: one action call over the wire for each message."""

    def __init__(self, actions: httpx2.AsyncClient) -> None:
        self._actions = actions
        self.silent = False

    async def ask(self, sender: str, text: str, context: TurnContext) -> tuple[Part, ...]:
        if self.silent:
            raise NoReply("engine_silent")
        body = call("action_answer", message(text, turn=context.to_json()))
        answer = await self._actions.post("/webhook", json=body, headers={"x-gongda-token": _SECRET})
        answer.raise_for_status()
        said = [{**one, "text": one.get("text") or one.get("response")} for one in answer.json()["responses"]]
        return parts_of(said)

    async def ready(self) -> bool:
        return True


@dataclass(frozen=True)
class Heard:
    """What somebody got for a question on one channel: what it rests on, and how it looked."""

    evidence: tuple[Mapping[str, Any], ...]  # of each message, in order
    degraded: bool
    rendered: str


class Everywhere:
    """`ways` are the channels by name: each takes a person and a text, and returns what the channel calls the person."""

    def __init__(self, database: Database, index: Path) -> None:
        self.db = database
        self._clock = FixedClock(NOW)
        self._ids = count(1)
        self._terminal, self._pulled = Terminal(WORDING), PulledChannel("kf", WORDING)
        self.channels: Mapping[str, Channel] = {
            one.name: one for one in (Web(WORDING), self._terminal, WeChat(WORDING, pushes=True), self._pulled)
        }
        self.ways: Mapping[str, Callable[[str, str], Awaitable[str]]] = {
            "web": self._on_the_website, "terminal": self._at_the_terminal, "wechat": self._in_wechat, "kf": self._pull,
        }  # fmt: skip
        knowledge = LiveKnowledge(Live(index, open_encoder()))
        knowledge.warm_up()
        actions = create_actions(ActionsSettings(index, _SECRET), knowledge)
        self._actions = httpx2.AsyncClient(transport=httpx2.ASGITransport(actions), base_url="http://actions")
        self.engine = Relay(self._actions)
        services = self._services()
        app = create_app(services, "key", pace=Pace(pause=0.01, longest=0.02))
        self._flow: Flow = app.state.flow
        self._http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://us")
        self._kf = FakeKf(self._clock)
        towards = httpx2.AsyncClient(transport=httpx2.ASGITransport(self._kf.app), base_url="http://kf")
        self._puller = Puller(self._pulled, Kf(towards, "wk1", self._kf.access_token), services, self._flow)

    async def ask(self, channel: str, text: str) -> Heard:
        """Somebody who has never been here asks this first."""
        person = await self.ways[channel](f"somebody-{next(self._ids)}", text)
        await self._flow.idle()
        with self.db.read() as session:
            found = conversations.find(session, channel, person)
            assert found is not None
            said = messages.after(session, found.id)
            turn = turns.find(session, next(one.turn_id for one in said if one.turn_id))
        replies = [one for one in said if one.author != "user"]
        pieces = self.channels[channel].render(replies, Voice(found.script, found.region))
        assert turn is not None
        rendered = "\n".join(one.text for one in pieces) + "\n".join(o.label for p in pieces for o in p.options)
        return Heard(tuple(map(_evidence, replies)), turn.degraded, rendered)

    async def aclose(self) -> None:
        for client in (self._actions, self._http):
            await client.aclose()

    def _services(self) -> Services:
        return Services(
            db=self.db,
            clock=self._clock,
            engine=self.engine,
            answers=HttpAnswers("http://actions", _SECRET, 30.0, self._actions),
            hub=Hub(),
            calendar=FixedHours(),
            wording=WORDING,
            settings=GatewaySettings(
                engine_url="http://engine",
                actions_url="http://actions",
                actions_token=_SECRET,
                secret="s",
                sessions_per_minute=100_000,
                wechat=WeChatSettings(token=TOKEN, app_id="wx1", app_secret="s3", customer_service=True),
            ),
            contacts=AllowList(),
            channels=Channels(self.channels.values()),
        )

    async def _on_the_website(self, person: str, text: str) -> str:
        begun = await self._http.post("/web/session", json={"site": "test", "locale": "zh-CN"})
        token = begun.json()["token"]
        headers = {"x-gongda-session": token}
        sent = await self._http.post("/web/messages", json={"client_id": person, "text": text}, headers=headers)
        assert sent.status_code == 202, sent.text
        return WebSessions("s").user(token)

    async def _at_the_terminal(self, person: str, text: str) -> str:
        await self._flow.receive(Incoming(self._terminal.name, person, f"{person}:1", text))
        return person

    async def _in_wechat(self, person: str, text: str) -> str:
        follower = FakeFollower(self._http, TOKEN, self._clock, f"o{person}")
        await follower.say(text)
        assert not follower.unavailable
        return follower.openid

    async def _pull(self, person: str, text: str) -> str:
        self._kf.write(person, f"{person}:1", text)
        assert await self._puller.pull() == 1
        return person


def _evidence(said: Message) -> Mapping[str, Any]:
    """What a message rests on; words, numbers of tickets and links are rendering."""
    card: Mapping[str, Any] = said.payload.get("card") or {}
    options: Sequence[Mapping[str, str]] = said.payload.get("options") or ()
    return {
        "kind": said.kind,
        "title": card.get("title", ""),
        "source": card.get("source", ""),
        "blocks": tuple(card.get("blocks") or ()),
        "options": tuple((one["id"], one["label"]) for one in options),
        **{name: card.get(name) for name in _EVIDENCE},
    }
