from __future__ import annotations

import io
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from PIL import Image

from desk import attachments, conversations, messages, outbox
from desk.attachments import Attachment, NewAttachment
from gateway.attachments.files import Files
from gateway.attachments.limits import AttachmentLimits
from gateway.care.pictures import PictureReader
from gateway.channels.known import all_channels
from gateway.channels.wechat.adapter import WeChat, WeChatSender
from gateway.channels.wechat.calls.client import WeChatClient
from gateway.channels.wechat.delivering.media import FETCH, Keeping
from gateway.channels.wechat.delivering.pictures import LARGEST, fitted
from gateway.channels.wechat.errors import MediaRefused
from gateway.wording import Wording
from tests.integration.gateway.visitors.test_attachments_kept import index, program
from tests.integration.gateway.wechat_world import World, world

WORDING = Wording.load()
AMR = b"#!AMR\n" + b"\x3c" * 64
LIMITS = AttachmentLimits(largest=200_000)


def picture(width: int = 60, height: int = 40, kind: str = "PNG", *, noise: bool = False) -> bytes:
    made = Image.effect_noise((width, height), 90).convert("RGB") if noise else Image.new("RGB", (width, height), "red")
    written = io.BytesIO()
    made.save(written, kind)
    return written.getvalue()


@dataclass
class Shop:
    """An account whose worker keeps files."""

    wechat: World
    files: Files
    look: Callable[[str], object] = lambda _: None

    def sender(self, client: WeChatClient | None = None) -> WeChatSender:
        keeping = Keeping(self.files, limits=LIMITS, look=self.look)
        return WeChatSender(client or self.wechat.client, self.wechat.database, self.wechat.clock, WORDING, keeping)

    async def work(self, after: timedelta = timedelta(seconds=5), client: WeChatClient | None = None) -> list[str]:
        self.wechat.clock.advance(after)
        with self.wechat.database.write() as session:
            due = outbox.lease(session, limit=50, now=self.wechat.clock())
        sender = self.sender(client)
        return [str(await sender.send(row)) for row in due]

    def known(self) -> tuple[Attachment, ...]:
        with self.wechat.database.read() as session:
            return attachments.of_conversation(session, 1)

    @property
    def only(self) -> Attachment:
        [one] = self.known()
        return one


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with world(tmp_path) as made:
        yield Shop(made, Files(tmp_path / "files"))


# ---- what followers send


async def test_a_picture_is_expected_with_its_message_and_kept_by_the_worker(shop: Shop) -> None:
    await shop.wechat.follower("oA").picture(picture())
    with shop.wechat.database.read() as session:
        [message] = [one for one in messages.latest(session, 1) if one.kind == "image"]
    assert (shop.only.status, shop.only.message_id) == ("expected", message.id)
    assert await shop.work() == ["sent"]
    kept = shop.only
    assert (kept.status, kept.media_type, kept.width, kept.height) == ("stored", "image/png", 60, 40)
    assert kept.sha256 is not None
    assert Image.open(io.BytesIO(shop.files.read(kept.sha256))).size == (60, 40)


async def test_a_voice_is_kept_with_and_without_recognition(shop: Shop) -> None:
    follower = shop.wechat.follower("oA")
    await follower.voice(None, AMR)
    await follower.voice("导入报错", AMR + b"\x3c")
    assert await shop.work() == ["sent", "sent"]
    assert [(one.status, one.media_type) for one in shop.known()] == [("stored", "audio/amr")] * 2


async def test_three_deliveries_expect_one_file(shop: Shop) -> None:
    follower = shop.wechat.follower("oA")
    body = follower.body({"MsgType": "image", "MediaId": "m1", "PicUrl": "http://127.0.0.1/x", "MsgId": "5"})
    for _ in range(3):
        await follower.deliver(body)
    await shop.wechat.restart()
    await follower.deliver(body)
    assert len(shop.known()) == 1


async def test_only_the_api_host_is_asked_and_only_by_media_id(shop: Shop) -> None:
    asked: list[httpx2.URL] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url)
        if request.url.path.endswith("stable_token"):
            return httpx2.Response(200, json={"access_token": "t", "expires_in": 7200})
        return httpx2.Response(302, headers={"location": "http://169.254.169.254/latest/meta-data"})

    follower = shop.wechat.follower("oA")
    fields = {"MsgType": "image", "MediaId": "m1", "PicUrl": "http://10.0.0.1/secret", "MsgId": "5"}
    await follower.deliver(follower.body(fields))
    assert await shop.work(client=client_of(shop, answer)) == ["again"]
    assert {url.host for url in asked} == {"api.example"}
    assert asked[-1].params["media_id"] == "m1"
    assert shop.only.status == "expected"


def client_of(shop: Shop, answer: Callable[[httpx2.Request], httpx2.Response]) -> WeChatClient:
    http = httpx2.AsyncClient(
        transport=httpx2.MockTransport(answer), base_url="http://api.example", follow_redirects=True
    )
    return WeChatClient(shop.wechat.settings, http, shop.wechat.clock)


async def test_after_three_days_the_agent_is_told_that_it_is_gone(shop: Shop) -> None:
    await shop.wechat.follower("oA").picture(picture())
    assert await shop.work(timedelta(days=3)) == ["sent"]
    assert shop.only.status == "failed"
    assert shop.only.error == WORDING.text("wechat_media.expired")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "不能发送"),
        (b"MZ\x90\x00 a program", "不能发送"),
        (picture()[:40], "打不开"),
        (picture(600, 600, noise=True), "过大"),
    ],
)
async def test_what_is_no_picture_or_too_large_is_refused_for_good_with_the_reason(
    shop: Shop, data: bytes, why: str
) -> None:
    await shop.wechat.follower("oA").picture(data)
    assert await shop.work() == ["sent"]
    assert shop.only.status == "failed"
    assert why in str(shop.only.error)
    assert await shop.work(timedelta(hours=2)) == []


async def test_a_video_is_an_address_and_that_is_not_followed(shop: Shop) -> None:
    await shop.wechat.follower("oA").picture(picture())
    asked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.host)
        if request.url.path.endswith("stable_token"):
            return httpx2.Response(200, json={"access_token": "t", "expires_in": 7200})
        return httpx2.Response(200, json={"video_url": "http://10.0.0.1/x"})

    assert await shop.work(client=client_of(shop, answer)) == ["sent"]
    assert shop.only.status == "failed"
    assert set(asked) == {"api.example"}


async def test_a_file_is_tried_again_while_wechat_is_out_of_order(shop: Shop) -> None:
    await shop.wechat.follower("oA").picture(picture())
    shop.wechat.server.broken = True
    assert await shop.work() == ["again"]
    for _ in range(12):
        await shop.work(timedelta(hours=1))
    assert shop.only.status == "expected"
    shop.wechat.server.broken = False
    assert await shop.work(timedelta(hours=1)) == ["sent"]
    assert shop.only.status == "stored"


async def test_what_never_comes_is_given_up_after_three_days(shop: Shop) -> None:
    await shop.wechat.follower("oA").picture(picture())
    shop.wechat.server.broken = True
    await shop.work()
    assert await shop.work(timedelta(days=3)) == ["sent"]
    assert shop.only.status == "failed"
    assert "502" in str(shop.only.error)


async def test_a_place_without_room_is_tried_again(shop: Shop, tmp_path: Path) -> None:
    await shop.wechat.follower("oA").picture(picture())
    (tmp_path / "files").write_text("no folder")
    assert await shop.work() == ["again"]
    (tmp_path / "files").unlink()
    assert await shop.work(timedelta(minutes=1)) == ["sent"]
    assert shop.only.status == "stored"


async def test_what_was_erased_meanwhile_is_not_fetched(shop: Shop) -> None:
    await shop.wechat.follower("oA").picture(picture())
    with shop.wechat.database.write() as session:
        attachments.erase_conversation(session, 1)
    assert await shop.work() == ["sent"]
    assert shop.only.status == "erased"
    assert not [call for call in shop.wechat.server.calls if "media" in call.path]


def test_the_kind_of_row_is_what_the_worker_sends() -> None:
    assert FETCH in WeChatSender.kinds


# ---- what agents send


def say_with_picture(shop: Shop, data: bytes, media_type: str = "image/png") -> None:
    """An agent's message with one picture."""
    now, channel = shop.wechat.clock(), WeChat(WORDING, pushes=True)
    with shop.wechat.database.write() as session:
        conversation = conversations.open_for(session, "wechat", "oA", now=now)
        new = NewAttachment(
            attachments.new_key(),
            "截图.png",
            media_type,
            len(data),
            shop.files.put(data),
            source="agent",
            conversation_id=conversation.id,
        )
        shown = attachments.shown(attachments.add(session, new, now=now))
        said = messages.add(
            session, conversation.id, "agent", "请看图", kind="image", payload={"attachments": [shown]}, now=now
        )
        channel.record(session, conversation, (said,), key=f"message:{said.id}", now=now)


async def test_an_agent_s_picture_arrives_behind_its_words(shop: Shop) -> None:
    await shop.wechat.follower("oA").say("在吗")
    say_with_picture(shop, picture())
    assert await shop.work() == ["sent", "sent"]
    words, sent = shop.wechat.server.pushes_to("oA")
    assert (words.kind, words.text, sent.kind) == ("text", "请看图", "image")
    assert shop.wechat.server.media.get(sent.media_id).data == picture()


async def test_a_webp_and_a_large_picture_become_jpeg_within_the_limit(shop: Shop) -> None:
    await shop.wechat.follower("oA").say("在吗")
    say_with_picture(shop, picture(kind="WEBP"), "image/webp")
    large = picture(1400, 1400, noise=True)
    assert len(large) > LARGEST
    say_with_picture(shop, large)
    assert "failed" not in await shop.work()
    sent = [shop.wechat.server.media.get(push.media_id) for push in shop.wechat.server.pushes if push.media_id]
    assert [one.media_type for one in sent] == ["image/jpeg", "image/jpeg"]
    assert max(len(one.data) for one in sent) <= LARGEST


async def test_a_picture_that_is_gone_fails_where_it_is_seen_and_holds_up_nobody(shop: Shop) -> None:
    await shop.wechat.follower("oA").say("在吗")
    say_with_picture(shop, picture())
    for digest in shop.files.digests():
        shop.files.path(digest).unlink()
    assert await shop.work() == ["sent", "failed"]
    assert shop.wechat.counts().failed == 1


async def test_a_parked_picture_is_never_taken_for_said(shop: Shop) -> None:
    follower = shop.wechat.follower("oA")
    await follower.say("在吗")
    shop.wechat.clock.advance(timedelta(hours=48))
    say_with_picture(shop, picture())
    assert await shop.work() == ["parked", "parked"]
    shown = await follower.say("在吗")
    assert shown is not None
    assert "请看图" in shown
    assert shop.wechat.server.pushes == []
    assert await shop.work() == ["sent"]
    assert [push.kind for push in shop.wechat.server.pushes] == ["image"]


async def test_an_upload_that_fails_costs_nothing_and_is_no_perhaps(shop: Shop) -> None:
    await shop.wechat.follower("oA").say("在吗")
    say_with_picture(shop, picture())

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("stable_token"):
            return httpx2.Response(200, json={"access_token": "t", "expires_in": 7200})
        if request.url.path.endswith("media/upload"):
            raise httpx2.ReadTimeout("slow", request=request)
        return httpx2.Response(200, json={"errcode": 0, "errmsg": "ok"})

    assert await shop.work(client=client_of(shop, answer)) == ["sent", "again"]
    assert shop.wechat.counts().ambiguous == 0


@pytest.mark.parametrize("data", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * LARGEST])
def test_what_cannot_be_made_a_picture_is_refused(data: bytes) -> None:
    with pytest.raises(MediaRefused):
        fitted(data, "image/webp")


# ---- the operator's program that reads pictures


def reader_of(shop: Shop, folder: Path, *, pushes: bool = True) -> PictureReader:
    return PictureReader(
        db=shop.wechat.database,
        clock=shop.wechat.clock,
        wording=WORDING,
        channels=all_channels(WORDING, pushes=pushes),
        files=shop.files,
        index=index(folder, "ERROR_403"),
        command=program(folder, "print('ERROR_403')"),
    )


async def test_a_picture_is_read_once_it_is_kept_and_its_code_asked_about(shop: Shop, tmp_path: Path) -> None:
    shop.look = reader_of(shop, tmp_path).look
    await shop.wechat.follower("oA").picture(picture())

    assert await shop.work() == ["sent"]  # fetched and read
    assert shop.only.text == "ERROR_403"
    assert await shop.work() == ["sent"]  # asked
    [asked] = shop.wechat.server.texts_to("oA")
    assert "ERROR_403" in asked


async def test_what_cannot_be_pushed_is_read_for_the_agents_alone(shop: Shop, tmp_path: Path) -> None:
    shop.look = reader_of(shop, tmp_path, pushes=False).look
    await shop.wechat.follower("oA").picture(picture())

    assert await shop.work() == ["sent"]
    assert shop.only.text == "ERROR_403"
    assert shop.wechat.counts().parked == 0


async def test_a_picture_that_cannot_be_read_is_kept_all_the_same_and_recordings_are_not_looked_at(shop: Shop) -> None:
    looked: list[str] = []

    def fails(key: str) -> None:
        looked.append(key)
        raise RuntimeError("the program is broken")

    shop.look = fails
    await shop.wechat.follower("oA").voice(None, AMR)
    assert (await shop.work(), looked) == (["sent"], [])
    await shop.wechat.follower("oA").picture(picture())
    assert (await shop.work(), len(looked)) == (["sent"], 1)
    assert [one.status for one in shop.known()] == ["stored", "stored"]
