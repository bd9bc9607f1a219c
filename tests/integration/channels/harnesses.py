"""The four channels as somebody uses them: widget, follower, terminal, customer of 微信客服."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

import httpx2
from fastapi import FastAPI

from desk import messages
from gateway.attachments.telling import install_attachment_errors
from gateway.channels.channel import Channel
from gateway.channels.pull.channel import PulledChannel
from gateway.channels.pull.fake import FakeKf
from gateway.channels.pull.kf import Kf
from gateway.channels.pull.puller import Puller
from gateway.channels.pull.sender import PullSender
from gateway.channels.terminal.channel import Terminal
from gateway.channels.terminal.sitting import Sitting
from gateway.channels.web import events
from gateway.channels.web.channel import Web
from gateway.channels.web.routes import web_router
from gateway.channels.wechat.adapter import WeChat, WeChatSender
from gateway.channels.wechat.calls.client import WeChatClient
from gateway.channels.wechat.channel import WeChatChannel
from gateway.channels.wechat.delivering.ledger import Ledger
from gateway.channels.wechat.delivering.media import Keeping
from gateway.channels.wechat.fake import FakeWeChat
from gateway.channels.wechat.fakes.follower import FakeFollower
from gateway.channels.wechat.fakes.pushes import Push
from gateway.channels.wechat.routes import router as wechat_router
from gateway.channels.wechat.settings import WeChatSettings
from gateway.guard import install_errors
from tests.integration.channels.harness import Harness, MakeHarness, Trouble
from tests.integration.channels.stage import Stage
from tests.integration.gateway.turn_world import WORDING

PATIENCE = 30.0  # seconds for a turn of fakes, however busy the machine


class Visitor:
    """The widget: HTTP in, and what its event stream would bring."""

    called: ClassVar[bool] = False

    def __init__(self, stage: Stage, http: httpx2.AsyncClient, token: str, channel: Channel) -> None:
        self.stage, self.channel = stage, channel
        self._http = http
        self._token = token
        self._seen: list[dict[str, Any]] = []
        self._cut_off = False

    async def say(self, text: str, message_id: str) -> None:
        await self._post("/web/messages", json={"client_id": f"client-{message_id}", "text": text})

    async def press(self, label: str) -> None:
        offered = [option for one in await self._read() for option in one.get("options", ())]
        (choice,) = [{"id": one["id"], "label": one["label"]} for one in offered if one["label"] == label][-1:]
        await self._post(
            "/web/messages", json={"client_id": f"pressed-{len(offered)}", "text": label, "choice": choice}
        )

    async def picture(self, data: bytes, message_id: str) -> None:
        files = {"file": ("screen.png", data, "image/png")}
        await self._post("/web/attachments", data={"client_id": f"client-{message_id}"}, files=files)

    async def screen(self) -> list[str]:
        return [shown(one) for one in await self._read() if one["author"] != "user"]

    def trouble(self, how: Trouble) -> None:
        self._cut_off = bool(how)

    async def _post(self, path: str, **body: Any) -> None:
        answer = await self._http.post(path, headers={"x-gongda-session": self._token}, **body)
        assert answer.status_code == 202, answer.text
        await self.stage.work()

    async def _read(self) -> list[dict[str, Any]]:
        """As the stream does: by number, from the last one seen on."""
        if not self._cut_off:
            with self.stage.db.read() as session:
                last = self._seen[-1]["seq"] if self._seen else 0
                fresh = messages.after(session, self.stage.conversation().id, last)
            self._seen += [events.as_json(one) for one in fresh]
        return self._seen


def shown(message: dict[str, Any]) -> str:
    """A message as the widget puts it on the screen."""
    card = message.get("card") or {}
    blocks = [card["title"], *card["blocks"], card["source"]] if "blocks" in card else [message["text"]]
    return "\n".join([*blocks, *(option["label"] for option in message.get("options", ()))])


@asynccontextmanager
async def web(stage: Stage) -> AsyncIterator[Harness]:
    channel = Web(WORDING)
    stage.put_on(channel)
    app = FastAPI()
    install_errors(app, WORDING)
    install_attachment_errors(app, stage.services)
    app.include_router(web_router(stage.services, stage.flow))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://gateway") as http:
        begun = await http.post("/web/session", json={})
        yield Visitor(stage, http, begun.json()["token"], channel)


class Follower:
    """Somebody who follows the official account: passive replies and pushes, as they come."""

    called: ClassVar[bool] = True

    def __init__(self, stage: Stage, phone: FakeFollower, server: FakeWeChat, channel: Channel) -> None:
        self.stage, self.channel = stage, channel
        self._phone = phone
        self._server = server
        self._screen: list[str] = []
        self._answered: set[str] = set()
        server.on_push = self._pushed

    def _pushed(self, push: Push) -> None:
        self._screen.append(push.text)

    async def say(self, text: str, message_id: str) -> None:
        await self._send({"MsgType": "text", "Content": text, "MsgId": number(message_id)})

    async def press(self, label: str) -> None:
        raise AssertionError(f"no button {label} on a phone that shows words")

    async def picture(self, data: bytes, message_id: str) -> None:
        kept = self._server.media.keep("image", data, "image/png").media_id
        await self._send({"MsgType": "image", "PicUrl": "http://x", "MediaId": kept, "MsgId": number(message_id)})

    async def screen(self) -> list[str]:
        return self._screen

    def trouble(self, how: Trouble) -> None:
        self._server.broken = how == "for a while"
        if how == "for good":
            self._server.left(self._phone.openid)

    async def _send(self, fields: dict[str, str]) -> None:
        """WeChat shows the answer to a message once, whichever of its deliveries brought it."""
        reply, message_id = await self._phone.send(fields), fields["MsgId"]
        if reply and message_id not in self._answered:
            self._answered.add(message_id)
            self._screen.append(reply)
        await self.stage.work()


def number(message_id: str) -> str:
    """WeChat's ids are numbers."""
    return str(int.from_bytes(message_id.encode()[-7:], "big"))


@asynccontextmanager
async def wechat(stage: Stage) -> AsyncIterator[Harness]:
    settings = WeChatSettings(token="gongda2026", app_id="wx1", app_secret="s3", customer_service=True)
    channel = WeChat(WORDING, pushes=True)
    server = FakeWeChat(stage.clock, app_id="wx1", app_secret="s3")
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(server.app), base_url="http://wechat") as towards:
        client = WeChatClient(settings, towards, stage.clock)
        keeping = Keeping(stage.services.files)
        stage.put_on(channel, [WeChatSender(client, stage.db, stage.clock, WORDING, keeping)])
        ledger = Ledger(stage.db, stage.clock, pushes=True)
        side = WeChatChannel(settings, stage.flow, ledger, WORDING, stage.clock)
        app = FastAPI()
        app.include_router(wechat_router(side, settings, stage.clock))
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://us") as http:
            phone = FakeFollower(http, settings.token, stage.clock, "oFollower1", server)
            yield Follower(stage, phone, server, channel)
        await side.aclose()


class Sitter:
    """Somebody at a terminal."""

    called: ClassVar[bool] = False

    def __init__(self, stage: Stage, folder: Path, channel: Channel) -> None:
        self.stage, self.channel = stage, channel
        self._sitting = Sitting(stage.services, stage.flow, "sitter")
        self._folder = folder
        self._screen: list[str] = []
        self._away = False

    async def say(self, text: str, message_id: str) -> None:
        await self._sitting.say(text, message_id)
        await self.stage.work()

    async def press(self, label: str) -> None:
        raise AssertionError(f"no button {label} in a terminal")

    async def picture(self, data: bytes, message_id: str) -> None:
        path = self._folder / f"{message_id}.png"
        await asyncio.to_thread(path.write_bytes, data)
        await self.say(str(path), message_id)

    async def screen(self) -> list[str]:
        if not self._away:
            self._screen += [piece.text for piece in await self._sitting.news()]
        return self._screen

    def trouble(self, how: Trouble) -> None:
        self._away = bool(how)


@asynccontextmanager
async def terminal(stage: Stage) -> AsyncIterator[Harness]:
    channel = Terminal(WORDING)
    stage.put_on(channel)
    folder = stage.services.files.path("0" * 64).parents[2]
    yield Sitter(stage, folder, channel)


class Customer:
    """Somebody who writes to an account of 微信客服."""

    called: ClassVar[bool] = True

    def __init__(self, stage: Stage, server: FakeKf, puller: Puller, channel: Channel) -> None:
        self.stage, self.channel, self.puller = stage, channel, puller
        self._server = server
        self._user = "wm-1"

    async def say(self, text: str, message_id: str) -> None:
        self._server.write(self._user, message_id, text)
        await self._told()

    async def press(self, label: str) -> None:
        raise AssertionError(f"no button {label} where options are numbered")

    async def picture(self, data: bytes, message_id: str) -> None:
        self._server.write(self._user, message_id, image={"media_id": f"media-{message_id}"})
        await self._told()

    async def screen(self) -> list[str]:
        return self._server.shown[self._user]

    def trouble(self, how: Trouble) -> None:
        self._server.down = how == "for a while"
        self._server.blocked = {self._user} if how == "for good" else set()

    async def _told(self) -> None:
        await self.puller.pull()
        await self.stage.work()


@asynccontextmanager
async def pull(stage: Stage) -> AsyncIterator[Harness]:
    channel = PulledChannel("kf", WORDING)
    server = FakeKf(stage.clock)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(server.app), base_url="http://kf") as http:
        source = Kf(http, "wk-1", server.access_token)
        stage.put_on(channel, [PullSender(channel.name, source, stage.db, stage.clock)])
        yield Customer(stage, server, Puller(channel, source, stage.services, stage.flow), channel)


HARNESSES: dict[str, MakeHarness] = {"web": web, "wechat": wechat, "terminal": terminal, "kf": pull}
