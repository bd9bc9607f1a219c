"""A follower of the account, with WeChat in between: everything one can do with a phone.

Which doing opens which window: https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage;
a click on a line of a msgmenu is a text with `bizmsgmenuid` and opens none. Fields of the messages: 接收普通消息,
接收事件推送 (a scan by who does not follow yet is a `subscribe` with `qrscene_`).
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx2

from desk.clock import Clock
from gateway.channels.wechat.fake import FakeWeChat
from gateway.channels.wechat.fakes import replies as fake_replies
from gateway.channels.wechat.fakes import wire as fake_wire
from gateway.channels.wechat.fakes.crypto import FakeCrypto
from gateway.channels.wechat.fakes.pushes import Choice
from gateway.channels.wechat.fakes.replies import Shown
from gateway.channels.wechat.fakes.windows import Cause
from gateway.channels.wechat.fakes.wire import DELIVERIES, Mode, Wire, until_answered

__all__ = ["ACCOUNT", "DELIVERIES", "FakeFollower"]

ACCOUNT = "gh_fake"
_ids = random.SystemRandom()
_CAUSES: dict[str, Cause] = {
    "subscribe": "follow", "SCAN": "scan", "CLICK": "click", "scancode_push": "click", "scancode_waitmsg": "click",
}  # fmt: skip


@dataclass
class FakeFollower:
    """`chat` is what the follower sees as passive replies; `unavailable` counts 该公众号暂时无法提供服务.

    `cut` is WeChat's patience in seconds; tests may shorten it together with the channel's deadline. A `mode` other
    than `plain` needs `aes_key` and `app_id`.
    """

    http: httpx2.AsyncClient  # towards our callback
    token: str
    clock: Clock
    openid: str
    server: FakeWeChat | None = None
    path: str = "/wechat"
    cut: float = 5.0
    chat: list[str] = field(default_factory=list)
    unavailable: int = 0
    deliveries: int = 0
    mode: Mode = "plain"
    aes_key: str = ""
    app_id: str = ""
    shown: list[Shown] = field(default_factory=list)  # one for each message, `nothing` included

    def __post_init__(self) -> None:
        crypto = FakeCrypto(self.token, self.aes_key, self.app_id) if self.aes_key else None
        self.wire = Wire(self.token, self.clock, self.mode, crypto)

    # -- what one can do ---------------------------------------------------------------------------

    async def say(self, text: str) -> str | None:
        """Send a text; the passive reply, None for `success`."""
        return await self.send({"MsgType": "text", "Content": text, "MsgId": new_id()})

    async def choose(self, choice: Choice) -> str | None:
        """Click a line of a msgmenu."""
        fields = {"MsgType": "text", "Content": choice.content, "MsgId": new_id(), "bizmsgmenuid": choice.id}
        return await self.send(fields)

    async def picture(self, data: bytes, media_type: str = "image/png") -> str | None:
        """Send a picture, which WeChat keeps for three days."""
        media_id = self._kept("image", data, media_type)
        address = f"http://mmbiz.qpic.cn/{media_id}"  # of no use to us: media are fetched by their id
        return await self.send({"MsgType": "image", "PicUrl": address, "MediaId": media_id, "MsgId": new_id()})

    async def voice(self, recognition: str | None = None, data: bytes = b"#!AMR\n") -> str | None:
        """Speak; `Recognition` is there only for accounts that have it switched on."""
        fields = {"MsgType": "voice", "MediaId": self._kept("voice", data, "audio/amr"), "Format": "amr"}
        heard = {} if recognition is None else {"Recognition": recognition}
        return await self.send({**fields, **heard, "MsgId": new_id()})

    async def place(self, latitude: float, longitude: float, label: str) -> str | None:
        """Send a place."""
        where = {"Location_X": f"{latitude:.6f}", "Location_Y": f"{longitude:.6f}", "Scale": "15", "Label": label}
        return await self.send({"MsgType": "location", **where, "MsgId": new_id()})

    async def link(self, title: str, url: str) -> str | None:
        """Share a page."""
        fields = {"MsgType": "link", "Title": title, "Description": "", "Url": url, "MsgId": new_id()}
        return await self.send(fields)

    async def press(self, key: str) -> str | None:
        """A menu entry of type `click`."""
        return await self.event("CLICK", key)

    async def visit(self, url: str) -> str | None:
        """A menu entry of type `view`."""
        return await self.event("VIEW", url)

    async def subscribe(self, scene: str = "", ticket: str = "") -> str | None:
        """Follow the account, perhaps by scanning a code."""
        by_code = {"Ticket": ticket} if ticket else {}
        return await self.event("subscribe", f"qrscene_{scene}" if scene else "", by_code)

    async def scan(self, scene: str, ticket: str = "gQFake") -> str | None:
        """Scan a code while following already."""
        return await self.event("SCAN", scene, {"Ticket": ticket})

    async def unsubscribe(self) -> str | None:
        """Leave; nothing can be sent any more."""
        return await self.event("unsubscribe")

    async def event(self, event: str, key: str = "", more: Mapping[str, str] | None = None) -> str | None:
        """Do something that WeChat reports as an event."""
        return await self.send({"MsgType": "event", "Event": event, "EventKey": key, **(more or {})})

    # -- on the wire -------------------------------------------------------------------------------

    async def send(self, fields: Mapping[str, str]) -> str | None:
        """Send a message of any type, delivered until one delivery is answered in time."""
        self._noted(fields)
        whole = self.whole(fields)
        response = await until_answered(lambda: self.hand_over(whole), self.cut)
        if response is None:
            shown = fake_replies.unavailable(f"no answer to {DELIVERIES} deliveries")
        else:
            event = fields.get("MsgType") == "event"
            shown = fake_replies.read(
                response, self.openid, event=event, crypto=self.wire.crypto, secure=self.wire.secure
            )
        return self._see(shown)

    async def hand_over(self, fields: Mapping[str, str]) -> httpx2.Response:
        """One delivery of a message with all its fields."""
        self.deliveries += 1
        envelope = self.wire.wrap(fields)
        return await self.http.post(self.path, params=envelope.query, content=envelope.body)

    async def deliver(self, body: bytes, query: Mapping[str, str] | None = None) -> httpx2.Response:
        """One delivery of any bytes in 明文模式, signed unless the query is given."""
        self.deliveries += 1
        return await self.http.post(self.path, params=query or self.query(), content=body)

    def query(self) -> dict[str, str]:
        """Timestamp, nonce and signature, as WeChat adds them to the URL."""
        return self.wire.query()

    def body(self, fields: Mapping[str, str]) -> bytes:
        """The XML of a message in 明文模式."""
        return fake_wire.xml(self.whole(fields))

    def whole(self, fields: Mapping[str, str]) -> dict[str, str]:
        """With the fields that all messages have; made once, the same for every delivery."""
        common = {
            "ToUserName": ACCOUNT,
            "FromUserName": self.openid,
            "CreateTime": str(int(self.clock().timestamp())),
        }
        return {**common, **fields}

    def _noted(self, fields: Mapping[str, str]) -> None:
        """What WeChat's server learns by it."""
        if self.server is None:
            return
        event = fields.get("Event", "")
        if event == "unsubscribe":
            self.server.left(self.openid)
        elif fields.get("MsgType") == "event":
            if event in _CAUSES:
                self.server.heard(self.openid, _CAUSES[event])
        elif "bizmsgmenuid" not in fields:
            self.server.heard(self.openid)

    def _kept(self, kind: str, data: bytes, media_type: str) -> str:
        return self.server.media.keep(kind, data, media_type).media_id if self.server is not None else "media_none"

    def _see(self, shown: Shown) -> str | None:
        self.shown.append(shown)
        self.unavailable += shown.kind == "unavailable"
        if shown.kind != "text":
            return None
        self.chat.append(shown.text)
        return shown.text


def new_id() -> str:
    """A MsgId of 64 bits, as WeChat gives them; not repeated in other processes either."""
    return str(24_000_000_000_000_000 + _ids.randrange(10**15))
