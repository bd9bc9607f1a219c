"""The same journey on the phone: signed XML in, passive replies and customer-service messages out."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import httpx2
from PIL import Image

from tests.e2e import desk_view
from tests.e2e.agent import Agent
from tests.e2e.follower import Follower
from tests.e2e.stack import WECHAT_TOKEN, Stack
from tests.e2e.waiting import until

NUMBER = re.compile(r"GD-\d{8}-\d{4}-\d")
Followers = Callable[[], Follower]


def test_a_follower_asks_gets_an_engineer_and_goes_on_with_the_bot(stack: Stack, follower: Followers) -> None:
    phone = follower()

    answer = phone.say("匯出的 CSV 用 Excel 開啟中文變亂碼、編號開頭的 0 也不見")
    assert "CSV" in answer
    assert "來源：" in answer
    assert "亂碼" in answer
    assert phone.seconds < 5

    assert "ERROR_403" in phone.say("ＥＲＲＯＲ＿４０３")
    assert "服務範圍" in phone.say("今天天氣怎麼樣？")

    opened = phone.say("轉人工")
    number = _number(opened)
    assert "取消人工" in opened
    assert number in phone.say("查工單")

    agent = Agent(stack.url).log_in("admin", stack.secret("admin_password"))
    agent.take(number)
    agent.reply(number, "您好，我是工程师小李，模板已经修好，请再导出一次。")
    assert phone.wait_for_push("模板已经修好", within=15)

    assert phone.say("好的") == ""
    assert "已取消人工" in phone.say("取消人工")
    assert "已關閉" in phone.say(f"查工單 {number}")
    assert phone.unavailable == 0


def test_a_follower_from_the_scan_to_the_score_in_secure_mode(stack: Stack, follower: Followers) -> None:
    phone = follower()

    assert "智能助手" in phone.subscribe("device-A17")
    assert phone.quota == 3
    offered = phone.say("报表")
    assert "1. " in offered
    assert "2. " in offered
    assert phone.quota == 8  # what a message allows stands beside what following has allowed
    assert "哪个版本" in phone.say("1")
    assert "来源：" in phone.say("2")
    assert "图片已经收到" in phone.send_picture(_screenshot())
    assert until(lambda: desk_view.stored_files(stack, phone.openid), 30, "the picture, fetched") == 1

    number = _number(phone.say("转人工"))
    agent = Agent(stack.url).log_in("admin", stack.secret("admin_password"))
    agent.take(number)
    agent.reply(number, "您好，截图看到了，报表模板已经修好，请再导出一次。")
    assert phone.wait_for_push("报表模板已经修好", within=15)
    agent.resolve(number, "报表模板已经修好")
    assert phone.wait_for_push("请问问题解决了吗", within=15)
    asked = phone.say("1")
    assert "5" in asked
    assert "谢谢" in phone.say("5")
    assert desk_view.scores(stack, number) == [5]

    assert phone.unsubscribe() == ""
    assert phone.quota == 0
    assert phone.unavailable == 0


def test_three_deliveries_of_one_message_are_one_row_one_turn_one_ticket_and_one_body(
    stack: Stack, follower: Followers
) -> None:
    phone = follower()
    phone.say("导出 CSV 乱码")
    before = len(desk_view.of_follower(stack, phone.openid).turns)

    responses = phone.say_at_once("转人工", times=3)

    assert [response.status_code for response in responses] == [200, 200, 200]
    assert len({_unstamped(response.text) for response in responses}) == 1
    assert NUMBER.search(responses[0].text)
    found = desk_view.of_follower(stack, phone.openid)
    assert found.by("user") == ["导出 CSV 乱码", "转人工"]
    assert len(found.turns) == before + 1
    assert len(found.tickets) == 1


def test_a_stranger_without_the_token_is_refused(stack: Stack) -> None:
    refused = httpx2.post(f"{stack.url}/wechat", params={"signature": "0" * 40, "timestamp": "1", "nonce": "1"})
    assert refused.status_code == 403
    assert WECHAT_TOKEN not in refused.text


def test_texts_that_are_queued_are_sent_and_none_is_left(stack: Stack) -> None:
    left = until(
        lambda: (counts := desk_view.outbox_counts(stack.database)).pending + counts.leased == 0,
        30,
        "an outbox with nothing to send",
    )
    assert left


def _screenshot() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (320, 200), "white").save(drawn, "PNG")
    return drawn.getvalue()


def _number(text: str) -> str:
    found = NUMBER.search(text)
    assert found is not None, f"no ticket number in {text!r}"
    return found.group()


def _unstamped(xml: str) -> str:
    """Without the second in which it was written."""
    return re.sub(r"<CreateTime>\d+</CreateTime>", "", xml)
