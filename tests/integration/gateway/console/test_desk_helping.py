"""What helps while a reply is written: entries that may answer, ready replies."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from desk import agents, canned, contacts, conversations
from gateway.console.fakes import FakeKnowledge
from tests.integration.gateway.console.knowledge_world import Knowledge
from tests.integration.gateway.console.world import Staff, World

JSON = {"accept": "application/json"}


class Asked(FakeKnowledge):
    """Remembers what it was asked."""

    def __init__(self, *ids: str) -> None:
        found = [
            {"entry_id": one, "title": f"条目 {one}", "probability": 0.9 - index / 10} for index, one in enumerate(ids)
        ]
        super().__init__({"decision": "choices", "candidates": found})
        self.questions: list[str] = []

    async def search(self, question: str):
        self.questions.append(question)
        return await super().search(question)


@pytest.fixture
def world(staff: Staff, tmp_path: Path) -> World:
    return World(staff, tmp_path, knowledge=Asked("faq-a", "faq-b", "faq-gone", "faq-c", "faq-d"))


def suggestions(world: World, number: str, q: str = ""):
    return world.browser("zhang").get(f"/console/tickets/{number}/suggestions", params={"q": q})


def ready(world: World, number: str, q: str = "", login: str = "zhang") -> list[dict]:
    return world.browser(login).get(f"/console/tickets/{number}/canned", params={"q": q}).json()["replies"]


def add(world: World, shortcut: str, text: str, owner: str | None = None) -> int:
    owner_id = world.agent(owner).id if owner else None
    with world.db.write() as session:
        return canned.save(
            session, shortcut=shortcut, title=shortcut, text=text, owner_id=owner_id, by="agent:1", now=world.clock()
        ).id


def test_the_three_likeliest_entries_in_force_are_offered_as_the_customer_would_read_them(
    world: World, knowledge: Knowledge
) -> None:
    for one in ("faq-a", "faq-b", "faq-c", "faq-d"):
        knowledge.live(one, answer="先 **备份**，再点 `导入`。")
    page = suggestions(world, world.ticket(of="zhang")).text
    assert re.findall(r"/console/entries/([\w-]+)", page) == ["faq-a", "faq-b", "faq-c"]
    assert "把握 90%" in page
    assert re.search(r"<template data-text[^>]*>先 备份，再点 导入。</template>", page)


def test_the_text_is_in_the_script_of_the_customer(world: World, knowledge: Knowledge) -> None:
    knowledge.live("faq-a", answer="请重新登录")
    number = world.ticket(of="zhang")
    with world.db.write() as session:
        conversations.update(session, world.talk(number).id, {"script": "hant", "region": "tw"}, now=world.clock())
    assert "請重新登入" in suggestions(world, number).text


class Sure(FakeKnowledge):
    """Finds something only for what it knows."""

    def __init__(self, **known: float) -> None:
        super().__init__({})
        self.known = known

    async def search(self, question: str):
        probability = self.known.get(question, 0.05)
        return {"candidates": [{"entry_id": "faq-a", "title": question, "probability": probability}]}


def test_the_ticket_and_the_last_words_that_tell_something_are_asked(world: World) -> None:
    number = world.ticket(of="zhang", said="导入材料价报错怎么办")
    world.say(number, "在吗", "in-2")
    suggestions(world, number)
    suggestions(world, number, "审批流怎么设")
    assert world.services.knowledge.questions == ["导入材料价报 ERR-1042", "导入材料价报错怎么办", "审批流怎么设"]


@pytest.mark.parametrize(
    ("last", "shown"), [("是 2021 版，公司电脑", "导出的表是乱码"), ("那审批流怎么设", "那审批流怎么设")]
)
def test_an_answer_to_our_question_is_not_taken_for_a_question(
    staff: Staff, tmp_path: Path, last: str, shown: str
) -> None:
    world = World(staff, tmp_path, knowledge=Sure(导出的表是乱码=0.8, 那审批流怎么设=0.9))
    Knowledge(world).live("faq-a", answer="请换 UTF-8")
    number = world.ticket(of="zhang", said="导出的表是乱码", summary="导出的表是乱码")
    world.say(number, last, "in-2")
    assert f'按“<span translate="no">{shown}</span>”找到' in suggestions(world, number).text


def test_a_ticket_without_conversation_is_asked_about_by_its_summary(world: World) -> None:
    suggestions(world, world.ticket_without_conversation())
    assert world.services.knowledge.questions == ["网页表单提交"]


def test_when_nobody_answers_the_page_says_so_and_works_on(staff: Staff, tmp_path: Path) -> None:
    world = World(staff, tmp_path)
    answer = suggestions(world, world.ticket(of="zhang"))
    assert answer.status_code == 200
    assert "知识检索没有应答" in answer.text


def test_suggestions_are_only_text(staff: Staff, tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    world = World(staff, tmp_path, knowledge=Asked(evil))
    Knowledge(world)
    page = suggestions(world, world.ticket(of="zhang", said=evil * 2), evil).text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_ready_replies_come_with_their_places_filled(world: World) -> None:
    number = world.ticket(of="zhang")
    add(world, "hi", "$contact您好，我是$agent，工单 $number 由我处理。$later")
    with world.db.write() as session:
        contacts.describe(session, world.of(number).contact_id, name="刘工")
    (one,) = ready(world, number, "h")
    assert one["text"] == f"刘工您好，我是张敏，工单 {number} 由我处理。$later"
    assert one["unknown"] == ["later"]


def test_my_own_ready_replies_are_mine(world: World) -> None:
    number = world.ticket(of="zhang")
    add(world, "li-own", "李强的", owner="li")
    assert ready(world, number, "li") == []
    assert [one["shortcut"] for one in ready(world, number, "li", "li")] == ["li-own"]


def test_what_is_used_is_counted_and_others_own_are_not(world: World) -> None:
    number = world.ticket(of="zhang")
    shared, own = add(world, "a", "甲"), add(world, "b", "乙", owner="li")
    browser, path = world.browser("zhang"), f"/console/tickets/{number}/canned"
    for one in (shared, own, 999):
        assert browser.post(path, data={"id": str(one)}).status_code == 200
    with world.db.read() as session:
        assert [canned.get(session, one).used for one in (shared, own)] == [1, 0]
    assert world.browser("chen").post(path, data={"id": str(shared)}).status_code == 403


def test_a_colleague_who_reads_traditional_sees_our_words_so_and_no_others(world: World, knowledge: Knowledge) -> None:
    knowledge.live("faq-a", answer="请重新登录")
    number = world.ticket(of="zhang", said="导入报错，默认设置登录不了", summary="导入软件默认设置报错")
    with world.db.write() as session:
        agents.update(session, world.agent("zhang").id, name="张默认")
        contacts.describe(session, world.of(number).contact_id, name="刘登录")
    browser = world.browser("zhang")
    browser.post(f"/console/tickets/{number}/note", data={"note": "备注：登录"})
    assert browser.post("/console/locale", data={"locale": "zh-TW"}).status_code == 303
    page = browser.get(f"/console/tickets/{number}").text
    for ours in ('<html lang="zh-TW">', "轉交", "內部備註", "建議條目", "工單", 'placeholder="寫給客戶的回覆'):
        assert ours in page
    for theirs in ("导入报错，默认设置登录不了", "导入软件默认设置报错", "张默认", "刘登录", "备注：登录"):
        assert theirs in page
    listed = browser.get("/console?tab=mine").text
    assert "导入软件默认设置报错" in listed
    assert "待處理" in listed
    said = browser.get(f"/console/tickets/{number}/messages").json()["messages"][0]
    assert "导入报错，默认设置登录不了" in said["html"]
    assert "客戶" in said["html"]
    assert "请重新登录" in suggestions(world, number).text
    refused = world.browser("zhang", **JSON).post(f"/console/tickets/{number}/reply", data={"text": "", "key": "k"})
    assert refused.json()["error"]["message"] == "內容 不能為空。"
    assert "轉交" not in world.browser("li").get(f"/console/tickets/{number}").text


def test_a_language_nobody_offers_is_refused(world: World) -> None:
    answer = world.browser("zhang", **JSON).post("/console/locale", data={"locale": "en"})
    assert answer.status_code == 422
    assert world.agent("zhang").locale == "zh-CN"


def test_before_log_in_the_page_is_in_the_browsers_language(world: World) -> None:
    page = world.browser(**{"accept-language": "zh-TW,zh;q=0.9"}).get("/console/login").text
    assert "登入" in page
    assert "登录" not in page
