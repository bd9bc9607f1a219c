from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from starlette.testclient import TestClient

from desk import agents, conversations
from tests.integration.gateway.console.world import World, key_of


def reply(browser: TestClient, number: str, text: str = "请清理导入缓存后再试。", key: str = "click-1"):
    return browser.post(f"/console/tickets/{number}/reply", data={"text": text, "key": key})


def error(answer) -> str:
    return answer.json()["error"]["code"]


JSON = {"accept": "application/json"}


def test_taking_a_ticket_silences_the_bot_and_tells_the_customer_who_is_there(world: World) -> None:
    number = world.ticket(of="zhang")
    zhang = world.agent("zhang")
    assert (world.of(number).assignee_id, world.of(number).status) == (zhang.id, "in_progress")
    assert (world.talk(number).state, world.talk(number).owner_id) == ("human", zhang.id)
    assert [(said.author, said.text) for said in world.messages(number)][1:] == [
        ("system", "工程师张敏已接入，前面的对话都能看到，您不用重复描述。")
    ]
    assert world.services.hub.rung == [world.talk(number).id]


def test_on_wechat_taking_over_costs_nothing_of_the_quota_and_claims_to_have_said_nothing(world: World) -> None:
    number = world.ticket(of="zhang", channel="wechat", customer="openid-7")
    assert [said.author for said in world.messages(number)] == ["user"]
    assert world.outbox() == ()


def test_taking_twice_changes_and_says_nothing_more(world: World) -> None:
    number = world.ticket(of="zhang")
    before = world.messages(number)
    assert world.browser("zhang").post(f"/console/tickets/{number}/take").status_code == 303
    assert world.messages(number) == before
    assert len(world.events(number, "assigned")) == 1


def test_a_reply_becomes_a_message_and_stops_the_first_response_clock(world: World) -> None:
    number = world.ticket(of="zhang")
    answer = reply(world.browser("zhang"), number)
    assert answer.headers["location"] == f"/console/tickets/{number}?done=replied"
    said = world.messages(number)[-1]
    assert (said.author, said.agent_id, said.text) == ("agent", world.agent("zhang").id, "请清理导入缓存后再试。")
    assert said.payload == {"name": "张敏"}  # what the widget shows
    assert world.of(number).first_response_at == world.clock()
    assert world.services.hub.rung[-1] == world.talk(number).id
    assert world.outbox() == ()  # the widget comes and looks


def test_on_wechat_a_reply_is_also_put_into_the_outbox(world: World) -> None:
    number = world.ticket(of="zhang", channel="wechat", customer="openid-7")
    reply(world.browser("zhang"), number)
    (row,) = world.outbox()
    said = world.messages(number)[-1]
    assert (row.kind, row.channel, row.conversation_id) == ("wechat_text", "wechat", world.talk(number).id)
    assert row.payload == {"openid": "openid-7", "text": "请清理导入缓存后再试。", "message_id": str(said.id)}
    assert f"message:{said.id}" in row.dedupe_key


def test_a_second_click_stores_and_sends_nothing_more(world: World) -> None:
    number = world.ticket(of="zhang", channel="wechat", customer="openid-7")
    browser = world.browser("zhang")
    assert reply(browser, number).status_code == reply(browser, number).status_code == 303
    assert [said.author for said in world.messages(number)].count("agent") == 1
    assert len(world.events(number, "replied")) == 1
    assert len(world.outbox()) == 1


def test_clicks_at_the_same_moment_store_and_send_one_reply(world: World) -> None:
    number = world.ticket(of="zhang", channel="wechat", customer="openid-7")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: reply(world.browser("zhang"), number).status_code, range(4)))
    assert answers == [303] * 4
    assert [said.author for said in world.messages(number)].count("agent") == 1
    assert (len(world.events(number, "replied")), len(world.outbox())) == (1, 1)


def test_a_long_reply_goes_to_wechat_in_pieces_that_fit(world: World) -> None:
    number = world.ticket(of="zhang", channel="wechat", customer="openid-7")
    reply(world.browser("zhang"), number, "先备份数据库，再继续下一步。" * 100)
    pieces = [row.payload["text"] for row in world.outbox()]
    assert "".join(piece.partition("）")[2] for piece in pieces) == world.messages(number)[-1].text  # behind （1/3）
    assert max(len(piece.encode()) for piece in pieces) <= 2048


def test_the_same_click_with_another_text_is_refused(world: World) -> None:
    number, browser = world.ticket(of="zhang"), world.browser("zhang", **JSON)
    reply(browser, number)
    other = reply(browser, number, "别的内容")
    assert (other.status_code, error(other)) == (409, "repeat")
    assert world.messages(number)[-1].text == "请清理导入缓存后再试。"


def test_each_page_brings_a_key_of_its_own(world: World) -> None:
    number, browser = world.ticket(of="zhang"), world.browser("zhang")
    first, second = (key_of(browser.get(f"/console/tickets/{number}").text) for _ in range(2))
    assert first != second


def test_nobody_replies_to_a_conversation_that_the_customer_has_taken_back(world: World) -> None:
    number, browser = world.ticket(of="zhang"), world.browser("zhang", **JSON)
    with world.db.write() as session:
        conversations.release(session, world.talk(number).id, now=world.clock())
    refused = reply(browser, number)
    assert (refused.status_code, error(refused)) == (409, "take_first")
    assert "agent" not in [said.author for said in world.messages(number)]


def test_empty_and_overlong_replies_are_refused_with_the_limit(world: World) -> None:
    number, browser = world.ticket(of="zhang"), world.browser("zhang", **JSON)
    assert reply(browser, number, "  \n ").json()["error"]["message"] == "内容 不能为空。"
    assert reply(browser, number, "长" * 2001).json()["error"]["message"] == "内容 最多 2000 个字，现在有 2001 个。"


def test_a_ticket_without_conversation_is_worked_on_by_telephone(world: World) -> None:
    number, browser = world.ticket_without_conversation(), world.browser("zhang", **JSON)
    assert browser.post(f"/console/tickets/{number}/take").status_code == 303
    assert "没有在线会话" in browser.get(f"/console/tickets/{number}").text
    assert error(reply(browser, number)) == "no_conversation"
    assert browser.get(f"/console/tickets/{number}/messages").json()["messages"] == []
    assert browser.post(f"/console/tickets/{number}/resolve", data={"solution": "已电话解决"}).status_code == 303
    assert world.of(number).status == "resolved"


def test_internal_notes_never_become_messages(world: World) -> None:
    number, browser = world.ticket(of="zhang", channel="wechat", customer="openid-7"), world.browser("li")
    browser.post(f"/console/tickets/{number}/note", data={"note": "客户上月投诉过，注意语气"})
    assert "注意语气" not in "".join(said.text for said in world.messages(number))
    assert world.outbox() == ()
    assert "注意语气" not in browser.get(f"/console/tickets/{number}/messages").text
    assert "注意语气" in browser.get(f"/console/tickets/{number}").text


def test_resolving_gives_the_conversation_back_to_the_bot_and_tells_the_customer(world: World) -> None:
    number = world.ticket(of="zhang", channel="wechat", customer="openid-7")
    world.browser("zhang").post(f"/console/tickets/{number}/resolve", data={"solution": "已重置导入模板。"})
    assert (world.of(number).status, world.talk(number).state, world.talk(number).owner_id) == ("resolved", "bot", None)
    said = world.messages(number)[-1]
    assert (said.author, said.text) == (
        "system",
        f"工单 {number} 已处理完毕：已重置导入模板。请问问题解决了吗？",
    )
    (push,) = world.outbox()
    assert push.payload["text"].startswith(f"{said.text}\n1. 已解决\n2. 没解决")


def test_the_customer_is_told_in_their_own_script(world: World) -> None:
    number = world.ticket(of="zhang")
    with world.db.write() as session:
        conversations.update(session, world.talk(number).id, {"script": "hant", "region": "tw"}, now=world.clock())
    world.browser("zhang").post(f"/console/tickets/{number}/resolve", data={"solution": "已完成"})
    assert "問題解決了嗎" in world.messages(number)[-1].text


def test_resolving_leaves_a_conversation_alone_that_a_colleague_needs(world: World) -> None:
    asked = world.ticket(handoff=False)
    handed = world.ticket(of="li")
    assert world.talk(asked).id == world.talk(handed).id
    lead = world.browser("wang")
    assert lead.post(f"/console/tickets/{asked}/resolve", data={"solution": "已答复"}).status_code == 303
    assert (world.talk(handed).state, world.talk(handed).owner_id) == ("human", world.agent("li").id)


def test_taking_a_second_ticket_does_not_take_the_customer_from_a_colleague(world: World) -> None:
    asked = world.ticket(handoff=False)
    handed = world.ticket(of="li")
    assert world.browser("zhang").post(f"/console/tickets/{asked}/take").status_code == 303
    assert world.talk(handed).owner_id == world.agent("li").id
    assert error(reply(world.browser("zhang", **JSON), asked)) == "take_first"


def test_a_lead_takes_over_and_the_agent_before_cannot_answer_any_more(world: World) -> None:
    number = world.ticket(of="zhang")
    assert world.browser("wang").post(f"/console/tickets/{number}/take").status_code == 303
    assert world.talk(number).owner_id == world.of(number).assignee_id == world.agent("wang").id
    assert reply(world.browser("zhang", **JSON), number).status_code == 403
    assert reply(world.browser("wang"), number).status_code == 303


def test_a_transfer_hands_ticket_and_conversation_on_with_the_reason(world: World) -> None:
    number, li = world.ticket(of="zhang"), world.agent("li")
    fields = {"agent": str(li.id), "reason": "BIM 问题"}
    world.browser("zhang").post(f"/console/tickets/{number}/transfer", data=fields)
    assert world.of(number).assignee_id == world.talk(number).owner_id == li.id
    assert "给 李强：BIM 问题" in world.browser("li").get(f"/console/tickets/{number}").text
    assert reply(world.browser("li"), number).status_code == 303


def test_nothing_is_transferred_to_somebody_who_holds_no_tickets(world: World) -> None:
    number, browser = world.ticket(of="zhang"), world.browser("zhang", **JSON)
    with world.db.write() as session:
        agents.update(session, world.agent("li").id, active=False)
    for login in ("chen", "li"):
        answer = browser.post(f"/console/tickets/{number}/transfer", data={"agent": str(world.agent(login).id)})
        assert (answer.status_code, error(answer)) == (422, "target")
    assert error(browser.post(f"/console/tickets/{number}/transfer", data={"agent": "99"})) == "missing"
    assert error(browser.post(f"/console/tickets/{number}/transfer", data={"agent": "一"})) == "unknown_value"
    assert world.of(number).assignee_id == world.agent("zhang").id


def test_a_ticket_waits_for_the_customer_and_goes_on(world: World) -> None:
    number, browser = world.ticket(of="zhang"), world.browser("zhang", **JSON)
    for status in ("waiting", "on_site", "in_progress"):
        assert browser.post(f"/console/tickets/{number}/move", data={"status": status}).status_code == 303
        assert world.of(number).status == status
    assert error(browser.post(f"/console/tickets/{number}/move", data={"status": "closed"})) == "unknown_value"
    assert error(browser.post(f"/console/tickets/{number}/move", data={"status": "in_progress"})) == "stale"


def test_category_and_priority_are_put_right_and_the_history_says_so(world: World) -> None:
    number, browser = world.ticket(), world.browser("zhang")
    browser.post(f"/console/tickets/{number}/correct", data={"category": "data_loss", "priority": "P1"})
    assert (world.of(number).category, world.of(number).priority) == ("data_loss", "P1")
    page = browser.get(f"/console/tickets/{number}").text
    assert "优先级：P3 中 → P1 紧急；分类：导入导出 → 数据丢失" in page
    wrong = browser.post(f"/console/tickets/{number}/correct", data={"category": "x", "priority": "P1"}, headers=JSON)
    assert error(wrong) == "unknown_value"


def test_a_reopened_ticket_waits_to_be_taken_and_the_bot_goes_on_until_then(world: World) -> None:
    number, browser = world.ticket(of="zhang"), world.browser("zhang", **JSON)
    browser.post(f"/console/tickets/{number}/resolve", data={"solution": "已完成"})
    assert error(browser.post(f"/console/tickets/{number}/take")) == "stale"
    assert browser.post(f"/console/tickets/{number}/reopen", data={"reason": "客户说又出现"}).status_code == 303
    assert (world.of(number).status, world.talk(number).state) == ("assigned", "bot")
    assert browser.post(f"/console/tickets/{number}/take").status_code == 303
    assert reply(browser, number).status_code == 303


def test_polling_brings_what_was_said_since_and_tells_when_the_page_is_old(world: World) -> None:
    number, browser = world.ticket(of="zhang"), world.browser("zhang")
    path = f"/console/tickets/{number}/messages"
    first = browser.get(path).json()
    assert [said["author"] for said in first["messages"]] == ["user", "system"]
    assert first["speaks"] is True
    world.say(number, "还是不行", "in-2")
    news = browser.get(path, params={"after": first["messages"][-1]["seq"]}).json()
    assert [(said["author"], said["text"]) for said in news["messages"]] == [("user", "还是不行")]
    assert news["version"] == first["version"]
    world.browser("wang").post(f"/console/tickets/{number}/take")
    later = browser.get(path, params={"after": news["messages"][-1]["seq"]}).json()
    assert later["speaks"] is False
    assert later["version"] != first["version"]
    assert browser.get(path, params={"after": "x"}, headers=JSON).status_code == 400


def test_the_card_tells_all_that_is_known(world: World) -> None:
    earlier = world.ticket(of="zhang", summary="上个月的合同问题")
    world.browser("zhang").post(f"/console/tickets/{earlier}/resolve", data={"solution": "已完成"})
    world.clock.advance(timedelta(hours=3))
    page = world.browser("zhang").get(f"/console/tickets/{world.ticket()}").text
    for known in (
        "导入材料价报 ERR-1042",
        "操作系统",
        "Windows 10",
        "客户要求人工",
        "网页 · 等待人工",
        "上个月的合同问题",
    ):
        assert known in page


def test_a_mistyped_or_unknown_number_is_explained(world: World) -> None:
    browser = world.browser("zhang")
    assert "正确的样子是" in browser.get("/console/tickets/GD-20261122-0042-6").text
    assert browser.get("/console/tickets/GD-20261122-0042-7").status_code == 404
