from __future__ import annotations

import httpx2
import pytest

from desk.clock import FixedClock
from gateway.channels.wechat.calls.account import Account
from gateway.channels.wechat.calls.client import WeChatClient
from gateway.channels.wechat.errors import ApiError, NotSetUp
from gateway.channels.wechat.fake import FakeWeChat
from gateway.channels.wechat.hearing import menus
from gateway.channels.wechat.hearing.menus import Button
from gateway.channels.wechat.settings import WeChatSettings
from gateway.wording import Wording
from tests.integration.gateway.wechat_world import NOW

MENU = (
    Button("常见问题", "常见问题"),
    Button("服务", below=(Button("转人工", "转人工"), Button("手册", url="https://help.example.com"))),
)
CLOCK = FixedClock(NOW)


def account(secret: str = "s3") -> tuple[Account, FakeWeChat]:
    server = FakeWeChat(CLOCK, app_id="wx1", app_secret="s3")
    http = httpx2.AsyncClient(transport=httpx2.ASGITransport(server.app), base_url="http://wechat")
    settings = WeChatSettings(token="gongda2026", app_id="wx1", app_secret=secret)
    return Account(WeChatClient(settings, http, CLOCK)), server


def test_the_shipped_menu_keeps_wechats_limits_and_says_its_names() -> None:
    shipped = menus.shipped(Wording.load())
    assert [button.key for button in shipped] == ["常见问题", "查工单", "转人工"]
    assert all(menus.width(button.name) <= menus.NAME_CHARS for button in shipped)


def test_two_letters_are_as_wide_as_one_chinese_character() -> None:
    assert menus.width("FAQ常见") == 3.5


async def test_a_menu_that_was_pushed_is_shown_as_it_was_written_and_deleted_once() -> None:
    ours, server = account()
    assert await ours.menu() == ()
    await ours.push_menu(MENU)
    assert menus.lines(await ours.menu()) == (
        "常见问题 → 常见问题",
        "服务",
        "  转人工 → 转人工",
        "  手册 → https://help.example.com",
    )
    assert menus.lines(await ours.menu()) == menus.lines(menus.payload(MENU)["button"])
    await ours.delete_menu()
    await ours.delete_menu()
    assert server.menu.buttons == ()


async def test_what_wechat_refuses_is_told_with_its_code() -> None:
    ours, _ = account()
    with pytest.raises(ApiError) as told:
        await ours.push_menu((Button("名称实在是太长了", "x"),))
    assert told.value.errcode == 40018


async def test_a_wrong_secret_is_told_as_such() -> None:
    ours, _ = account("wrong")
    with pytest.raises(NotSetUp):
        await ours.menu()


async def test_a_permanent_code_holds_its_scene() -> None:
    ours, server = account()
    url = await ours.permanent_code("site-3")
    [made] = server.scenes.all()
    assert (made.value, made.until) == ("site-3", None)
    assert url.endswith(made.ticket)


@pytest.mark.parametrize("scene", ["", " site", "a" * 65, "行\n行"])
async def test_a_scene_that_would_not_come_back_as_it_was_is_refused(scene: str) -> None:
    ours, _ = account()
    with pytest.raises(ValueError, match="a scene has 1 to 64"):
        await ours.permanent_code(scene)
