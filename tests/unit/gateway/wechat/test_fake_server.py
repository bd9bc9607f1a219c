"""The fake server keeps the documented rules; the page of each rule is named in the module it is written in."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import httpx2
import pytest

from desk.clock import FixedClock
from gateway.channels.wechat.fake import FakeWeChat
from gateway.channels.wechat.fakes.delays import spread

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc)
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


class Account:
    """Calls the fake as a vendor's server does."""

    def __init__(self, **how: Any) -> None:
        self.clock = FixedClock(NOW)
        self.fake = FakeWeChat(self.clock, "wx1", "s3", **how)
        self.http = httpx2.AsyncClient(transport=httpx2.ASGITransport(self.fake.app), base_url="http://wechat")

    async def token(self, *, force: bool = False) -> str:
        body = {"grant_type": "client_credential", "appid": "wx1", "secret": "s3", "force_refresh": force}
        return str((await self.http.post("/cgi-bin/stable_token", json=body)).json()["access_token"])

    async def post(self, path: str, body: object, token: str | None = None) -> dict[str, Any]:
        params = {"access_token": token or await self.token()}
        return dict((await self.http.post(f"/cgi-bin/{path}", json=body, params=params)).json())

    async def get(self, path: str, token: str | None = None, **more: str) -> httpx2.Response:
        return await self.http.get(f"/cgi-bin/{path}", params={"access_token": token or await self.token(), **more})

    async def text(self, openid: str = "oA", text: str = "您好", token: str | None = None) -> int:
        body = {"touser": openid, "msgtype": "text", "text": {"content": text}}
        return int((await self.post("message/custom/send", body, token))["errcode"])


@pytest.fixture
def account() -> Account:
    return Account()


# -- tokens: https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken


async def test_the_token_stays_the_same_until_five_minutes_before_its_end(account: Account) -> None:
    first = await account.token()
    account.clock.advance(timedelta(seconds=7200 - 301))
    assert await account.token() == first


async def test_in_the_last_five_minutes_both_tokens_are_good_and_then_only_the_new_one(account: Account) -> None:
    account.fake.heard("oA")
    old = await account.token()
    account.clock.advance(timedelta(seconds=7200 - 299))
    new = await account.token()
    assert new != old
    assert (await account.text(token=old), await account.text(token=new)) == (0, 0)
    account.clock.advance(timedelta(seconds=300))
    assert (await account.text(token=old), await account.text(token=new)) == (42001, 0)


async def test_a_forced_token_ends_the_old_one_at_once(account: Account) -> None:
    account.fake.heard("oA")
    old = await account.token()
    assert await account.token(force=True) != old
    assert await account.text(token=old) == 40001


async def test_a_second_forced_token_within_thirty_seconds_is_the_first(account: Account) -> None:
    first = await account.token(force=True)
    account.clock.advance(timedelta(seconds=29))
    assert await account.token(force=True) == first


async def test_the_twenty_first_forced_token_of_a_day_is_refused(account: Account) -> None:
    for _ in range(20):
        await account.token(force=True)
        account.clock.advance(timedelta(seconds=30))
    body = {"grant_type": "client_credential", "appid": "wx1", "secret": "s3", "force_refresh": True}
    assert (await account.http.post("/cgi-bin/stable_token", json=body)).json()["errcode"] == 45009


async def test_a_wrong_secret_gets_no_token(account: Account) -> None:
    body = {"grant_type": "client_credential", "appid": "wx1", "secret": "wrong"}
    assert (await account.http.post("/cgi-bin/stable_token", json=body)).json()["errcode"] == 40125


# -- quota: https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage


@pytest.mark.parametrize(("cause", "allowed"), [("message", 5), ("click", 3), ("follow", 3), ("scan", 3)])
async def test_each_cause_allows_its_own_number(account: Account, cause: Any, allowed: int) -> None:
    account.fake.heard("oA", cause)
    assert [await account.text() for _ in range(allowed + 1)] == [0] * allowed + [45047]


async def test_a_click_is_good_for_a_minute_and_a_message_for_48_hours(account: Account) -> None:
    account.fake.heard("oClick", "click")
    account.fake.heard("oWrote")
    account.clock.advance(timedelta(seconds=61))
    assert (await account.text("oClick"), await account.text("oWrote")) == (45015, 0)
    account.clock.advance(timedelta(hours=48))
    assert await account.text("oWrote") == 45015


async def test_a_click_does_not_shorten_what_a_message_allows(account: Account) -> None:
    account.fake.heard("oA")
    account.fake.heard("oA", "click")
    assert account.fake.windows.left("oA") == 8
    assert [await account.text() for _ in range(3)] == [0, 0, 0]
    account.clock.advance(timedelta(minutes=2))
    assert account.fake.windows.left("oA") == 5


async def test_who_has_left_or_never_came_gets_nothing(account: Account) -> None:
    account.fake.heard("oA")
    account.fake.left("oA")
    assert await account.text() == 43004


async def test_a_refused_message_costs_no_quota(account: Account) -> None:
    account.fake.heard("oA")
    assert await account.text(text="字" * 683) == 45002
    assert account.fake.windows.left("oA") == 5


async def test_an_account_without_the_right_is_told_so() -> None:
    account = Account(permitted=False)
    account.fake.heard("oA")
    assert await account.text() == 48001


async def test_a_choice_menu_shows_head_lines_and_tail(account: Account) -> None:
    account.fake.heard("oA")
    menu = {"head_content": "哪一个？", "list": [{"id": "1", "content": "导出"}], "tail_content": "请选择"}
    assert (await account.post("message/custom/send", {"touser": "oA", "msgtype": "msgmenu", "msgmenu": menu}))[
        "errcode"
    ] == 0
    (push,) = account.fake.pushes_to("oA")
    assert (push.head, [choice.id for choice in push.choices], push.tail) == ("哪一个？", ["1"], "请选择")
    assert account.fake.texts_to("oA") == ["哪一个？\n导出\n请选择"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"touser": "oA", "msgtype": "mpnews"}, 40008),
        ({"touser": "oA", "msgtype": "text", "text": {"content": ""}}, 44004),
        ({"touser": "oA", "msgtype": "image", "image": {"media_id": "unknown"}}, 40007),
        ({"touser": "oA", "msgtype": "msgmenu", "msgmenu": {"list": []}}, 44004),
        ({"msgtype": "text", "text": {"content": "x"}}, 40003),
        ([], 47001),
    ],
)
async def test_a_message_that_is_not_as_documented_is_refused(account: Account, body: object, code: int) -> None:
    account.fake.heard("oA")
    assert (await account.post("message/custom/send", body))["errcode"] == code


# -- material: https://developers.weixin.qq.com/doc/offiaccount/Asset_Management/New_temporary_materials.html


async def test_an_uploaded_picture_can_be_sent_and_fetched_for_three_days(account: Account) -> None:
    account.fake.heard("oA")
    token = await account.token()
    made = await account.http.post(
        "/cgi-bin/media/upload", params={"access_token": token, "type": "image"}, files={"media": ("a.png", PNG)}
    )
    media_id = made.json()["media_id"]
    picture = {"touser": "oA", "msgtype": "image", "image": {"media_id": media_id}}
    assert (await account.post("message/custom/send", picture))["errcode"] == 0
    found = await account.get("media/get", media_id=media_id)
    assert (found.content, found.headers["content-type"]) == (PNG, "image/png")
    account.clock.advance(timedelta(days=3))
    assert (await account.get("media/get", media_id=media_id)).json()["errcode"] == 40007


@pytest.mark.parametrize(
    ("kind", "data", "code"),
    [
        ("image", b"%PDF-1.7", 40005),
        ("image", b"", 40006),
        ("image", PNG + b"\x00" * (10 << 20), 40006),
        ("x", PNG, 40004),
    ],
)
async def test_what_is_no_picture_is_not_taken(account: Account, kind: str, data: bytes, code: int) -> None:
    params = {"access_token": await account.token(), "type": kind}
    answer = await account.http.post("/cgi-bin/media/upload", params=params, files={"media": ("a.png", data)})
    assert answer.json()["errcode"] == code


# -- menu: https://developers.weixin.qq.com/doc/offiaccount/Custom_Menus/Creating_Custom-Defined_Menu.html


async def test_a_menu_is_made_shown_and_deleted(account: Account) -> None:
    menu = {"button": [{"type": "click", "name": "查工单", "key": "查工单"}]}
    assert (await account.post("menu/create", menu))["errcode"] == 0
    assert (await account.get("menu/get")).json()["menu"]["button"] == menu["button"]
    assert (await account.get("menu/delete")).json()["errcode"] == 0
    assert (await account.get("menu/get")).json()["errcode"] == 46003


def entry(**changes: object) -> dict[str, object]:
    return {"type": "click", "name": "常见", "key": "k", **changes}


@pytest.mark.parametrize(
    ("buttons", "code"),
    [
        ([], 40016),
        ([entry()] * 4, 40016),
        ([entry(name="六个汉字的名")], 40018),
        ([entry(type="press")], 40017),
        ([entry(key="k" * 129)], 40019),
        ([entry(type="view", url="")], 40020),
        ([{"name": "上", "sub_button": [entry()] * 6}], 40023),
        ([{"name": "上", "sub_button": [entry(name="字" * 21)]}], 40025),
        ([{"name": "上", "sub_button": [entry(key="")]}], 40026),
    ],
)
async def test_a_menu_over_a_limit_is_refused(account: Account, buttons: list[object], code: int) -> None:
    assert (await account.post("menu/create", {"button": buttons}))["errcode"] == code


# -- codes: https://developers.weixin.qq.com/doc/offiaccount/Account_Management/Generating_a_Parametric_QR_Code.html


def scene(action: str, **info: object) -> dict[str, object]:
    return {"action_name": action, "action_info": {"scene": info}}


async def test_a_temporary_code_ends_and_a_permanent_one_does_not(account: Account) -> None:
    body = {**scene("QR_STR_SCENE", scene_str="v6.2-import"), "expire_seconds": 60}
    brief = (await account.post("qrcode/create", body))["ticket"]
    lasting = (await account.post("qrcode/create", scene("QR_LIMIT_SCENE", scene_id=7)))["ticket"]
    assert account.fake.scenes.scanned(brief) == "v6.2-import"
    account.clock.advance(timedelta(seconds=60))
    assert (account.fake.scenes.scanned(brief), account.fake.scenes.scanned(lasting)) == (None, "7")
    picture = await account.http.get("/cgi-bin/showqrcode", params={"ticket": lasting})
    assert picture.content.startswith(b"\x89PNG")
    assert (await account.http.get("/cgi-bin/showqrcode", params={"ticket": "none"})).status_code == 404


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (scene("QR_WHAT", scene_id=1), 40052),
        (scene("QR_SCENE", scene_id=0), 40053),
        (scene("QR_LIMIT_SCENE", scene_id=100_001), 40053),
        (scene("QR_STR_SCENE", scene_str="长" * 65), 40053),
        ({**scene("QR_SCENE", scene_id=1), "expire_seconds": 2_592_001}, 40053),
    ],
)
async def test_a_code_over_a_limit_is_refused(account: Account, body: dict[str, object], code: int) -> None:
    assert (await account.post("qrcode/create", body))["errcode"] == code


async def test_the_list_of_agents_is_what_the_account_has(account: Account) -> None:
    account.fake.kf_accounts.append(("li@gh_fake", "李工"))
    listed = (await account.get("customservice/getkflist")).json()["kf_list"]
    assert [(one["kf_account"], one["kf_nick"]) for one in listed] == [("li@gh_fake", "李工")]


# -- troubles


async def test_a_call_without_a_good_token_is_refused_everywhere(account: Account) -> None:
    for path in ("media/get", "menu/get", "menu/delete", "customservice/getkflist"):
        assert (await account.get(path, token="stale")).json()["errcode"] == 40001


async def test_the_server_is_busy_at_the_given_rate_and_a_busy_call_has_no_effect() -> None:
    account = Account(busy_rate=0.5)
    for number in range(100):
        account.fake.heard(f"o{number}")
    account.fake.tokens.fetch(force=False)
    codes = [await account.text(f"o{number}", token="token-1") for number in range(100)]
    assert set(codes) == {0, -1}
    assert 30 <= codes.count(-1) <= 70
    assert len(account.fake.sent) == codes.count(0)


def test_delays_are_between_their_limits_and_the_same_for_the_same_seed() -> None:
    delays, again = spread(seed=3), spread(seed=3)
    drawn = [delays() for _ in range(1000)]
    assert drawn == [again() for _ in range(1000)]
    assert 0.05 <= min(drawn) < 0.06
    assert 7 < max(drawn) <= 8


def test_a_delay_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 0 s"):
        spread(seed=1, fastest=0.0)
