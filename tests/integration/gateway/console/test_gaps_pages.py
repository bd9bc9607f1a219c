"""From a question that nobody answered to the entry that does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from desk import contacts, entries, gaps, messages, notices, unanswered
from gateway.console.fakes import FakeKnowledge
from tests.integration.gateway.console.knowledge_world import Knowledge, form
from tests.integration.gateway.console.world import Staff, World

JSON = {"accept": "application/json"}
WATERMARK = ("下载的图纸能不能加水印", "下載的圖紙可以加浮水印嗎", "图纸水印在哪里设置")
SECRET = "13812345678"


@pytest.fixture
def world(staff: Staff, tmp_path: Path) -> World:
    near = {"candidates": [{"entry_id": "faq-live", "title": "图纸怎么下载", "probability": 0.41}]}
    return World(staff, tmp_path, knowledge=FakeKnowledge(near))


@pytest.fixture
def knowledge(world: World) -> Knowledge:
    made = Knowledge(world)
    made.live("faq-live", topic="document_archive", module="资料管理", similar=["图纸怎么下载"])
    return made


def error(answer) -> str:
    return answer.json()["error"]["code"]


def test_what_most_people_asked_comes_first(world: World, knowledge: Knowledge) -> None:
    knowledge.gap("地磅能连吗", title="地磅能连吗")
    knowledge.gap(*WATERMARK, channel="wechat")
    knowledge.loose()
    page = world.browser("chen").get("/console/gaps").text
    assert re.findall(r'<a class="summary" href="/console/gaps/\d+">([^<]+)<', page) == ["图纸能加水印吗", "地磅能连吗"]
    assert re.findall(r'<b class="people">(\d+)</b>', page) == ["3", "1"]
    assert "没答上 3" in page
    assert "微信" in page
    assert "还有 1 个问题没有归类" in page


def test_gaps_are_sorted_into_tabs(world: World, knowledge: Knowledge) -> None:
    gap = knowledge.gap(*WATERMARK)
    browser = world.browser("chen")
    browser.post(f"/console/gaps/{gap.id}/dismiss", data={"reason": "没有这个功能"})
    assert "图纸能加水印吗" not in browser.get("/console/gaps").text
    assert "图纸能加水印吗" in browser.get("/console/gaps?tab=dismissed").text
    browser.post(f"/console/gaps/{gap.id}/reopen")
    assert "图纸能加水印吗" in browser.get("/console/gaps").text


def test_a_gap_shows_every_question_and_masks_secrets(world: World, knowledge: Knowledge) -> None:
    gap = knowledge.gap(*WATERMARK, f"图纸水印打我电话 {SECRET} 说", title=f"水印 {SECRET}")
    browser = world.browser("chen")
    for path in ("/console/gaps", f"/console/gaps/{gap.id}", f"/console/new-entry?gap={gap.id}"):
        assert SECRET not in browser.get(path).text
    page = browser.get(f"/console/gaps/{gap.id}").text
    assert all(text in page for text in WATERMARK)
    assert "［电话］" in page
    assert "图纸怎么下载" in page  # the live index finds it
    question = knowledge.members(gap.id)[3]
    talk = browser.get(f"/console/gaps/{gap.id}/talk/{question.id}").text
    assert "图纸水印打我电话 ［电话］ 说" in talk


def test_the_talk_around_a_question_masks_everybodys_words_and_shows_no_ticket(world, knowledge) -> None:
    gap = knowledge.gap("图纸水印怎么加")
    question = knowledge.members(gap.id)[0]
    offered = {"options": [{"label": f"打 {SECRET}", "value": "x"}]}
    answer = {
        "title": f"水印 {SECRET}",
        "blocks": [f"请拨打 {SECRET}。"],
        "workaround": f"加 {SECRET}",
        "source": f"手册 {SECRET}",
    }
    with world.db.write() as session:
        for author, text, payload in (
            ("agent", f"我打您的 {SECRET}，密码是abc123", {}),
            ("bot", f"您问的是“{SECRET}”吗", offered),
            ("bot", "水印", {"card": answer, "question": SECRET}),
            ("bot", "已登记", {"card": {"number": "GD-20261123-0001-1", "status": "处理中"}}),
            ("bot", "已登记", {"number": "GD-20261123-0001-1"}),
            ("system", f"客服将拨打 {SECRET}", {}),
        ):
            messages.add(session, question.conversation_id, author, text, payload=payload, now=world.clock())
    talk = world.browser("chen").get(f"/console/gaps/{gap.id}/talk/{question.id}").text
    assert SECRET not in talk
    assert "abc123" not in talk
    assert "GD-2026" not in talk
    assert talk.count("［电话］") == 8
    assert talk.count("已登记") == 2


def test_a_question_of_another_gap_is_missing(world: World, knowledge: Knowledge) -> None:
    one, other = knowledge.gap(*WATERMARK), knowledge.gap("地磅能连吗", title="地磅能连吗")
    theirs = knowledge.members(other.id)[0]
    answer = world.browser("chen", **JSON).get(f"/console/gaps/{one.id}/talk/{theirs.id}")
    assert error(answer) == "missing"


def test_customers_are_named_to_the_team_only(world: World, knowledge: Knowledge) -> None:
    number = world.ticket(customer="known")
    with world.db.write() as session:
        talk = world.talk(number)
        contacts.describe(session, talk.contact_id, name="刘工")
        unanswered.record(session, talk.id, "地磅", source="handed_off", reason="", now=world.clock())
        fresh = [one.id for one in gaps.unclustered(session)]
        gap = gaps.attach(session, None, fresh, "地磅", now=world.clock())
    assert "刘工" not in world.browser("chen").get(f"/console/gaps/{gap.id}").text
    assert f"/console/tickets/{number}" not in world.browser("chen").get(f"/console/gaps/{gap.id}").text
    page = world.browser("wang").get(f"/console/gaps/{gap.id}").text
    assert "刘工" in page
    assert f"/console/tickets/{number}" in page


def test_an_entry_is_begun_with_the_questions_and_belongs_to_the_gap_once_saved(world, knowledge) -> None:
    gap = knowledge.gap(*WATERMARK)
    browser = world.browser("chen")
    page = browser.get(f"/console/new-entry?gap={gap.id}").text
    entry_id = re.search(r'name="entry_id" value="(gap-\w+)"', page)
    assert entry_id
    assert 'value="图纸能加水印吗"' in page
    assert "\n".join(WATERMARK[:2]) in page
    assert '<option value="document_archive" selected>' in page  # where the nearest entry stands
    assert "〔待编写〕" not in page
    assert knowledge.entry_ids() == ["faq-live"]  # nothing is kept before somebody says so
    sent = form(entry_id=entry_id[1], gap=str(gap.id), action="submit", similar="\n".join(WATERMARK))
    assert browser.post("/console/new-entry", data=sent).status_code == 303
    found = knowledge.gap_now(gap.id)
    assert (found.state, found.entry_id, found.number) == ("drafted", entry_id[1], 1)
    assert knowledge.of(entry_id[1]).origin == "gap"
    assert "批准并发布之后，会告知问过的人" in browser.get(f"/console/gaps/{gap.id}").text


def test_a_mistake_in_the_form_leaves_the_gap_open(world: World, knowledge: Knowledge) -> None:
    gap = knowledge.gap(*WATERMARK)
    sent = form(entry_id="gap-1", gap=str(gap.id), title="")
    refused = world.browser("chen").post("/console/new-entry", data=sent)
    assert refused.status_code == 422
    assert f'name="gap" value="{gap.id}"' in refused.text
    assert knowledge.gap_now(gap.id).state == "open"


def test_an_existing_entry_takes_the_questions_it_does_not_have(world: World, knowledge: Knowledge) -> None:
    gap = knowledge.gap("图纸怎么下载？", *WATERMARK)
    browser = world.browser("chen")
    page = browser.get(f"/console/entries/faq-live/edit?gap={gap.id}").text
    similar = re.search(r'name="similar"[^>]*>([^<]*)</textarea>', page)
    assert similar
    lines = similar[1].split("\n")
    assert lines[0] == "图纸怎么下载"
    assert set(WATERMARK[:2]) < set(lines)
    assert "图纸怎么下载？" not in lines  # nearly the same
    sent = form(base=knowledge.of("faq-live").fingerprint, gap=str(gap.id), similar=similar[1])
    assert browser.post("/console/entries/faq-live/draft", data=sent).status_code == 303
    found = knowledge.gap_now(gap.id)
    assert (found.state, found.entry_id, found.number) == ("drafted", "faq-live", 2)
    assert browser.get(f"/console/new-entry?gap={gap.id}").headers["location"] == (
        f"/console/entries/faq-live/edit?gap={gap.id}"
    )


def test_entries_can_be_searched_for_on_the_page(world: World, knowledge: Knowledge) -> None:
    gap = knowledge.gap(*WATERMARK)
    page = world.browser("chen").get(f"/console/gaps/{gap.id}?find=怎么保存").text
    assert page.count(f"/console/entries/faq-live/edit?gap={gap.id}") == 2  # found by words and by meaning


def test_a_gap_is_renamed_and_merged(world: World, knowledge: Knowledge) -> None:
    one, other = knowledge.gap(*WATERMARK), knowledge.gap("水印字体", title="水印字体")
    browser = world.browser("chen", **JSON)
    browser.post(f"/console/gaps/{one.id}/rename", data={"title": "图纸水印"})
    answer = browser.post(f"/console/gaps/{other.id}/merge", data={"into": str(one.id)})
    assert answer.headers["location"] == f"/console/gaps/{one.id}?done=gap_merged"
    found = knowledge.gap_now(one.id)
    assert (found.title, found.questions) == ("图纸水印", 4)
    assert error(browser.post(f"/console/gaps/{one.id}/merge", data={"into": str(one.id)})) == "stale"
    assert error(browser.post(f"/console/gaps/{one.id}/merge", data={"into": ""})) == "unknown_value"
    assert error(browser.post(f"/console/gaps/{one.id}/dismiss", data={"reason": ""})) == "empty"


def test_who_asked_is_told_once_and_the_page_says_how_far_that_is(world: World, knowledge: Knowledge) -> None:
    gap = knowledge.gap(*WATERMARK)
    with world.db.write() as session:
        gaps.draft(session, gap.id, "faq-live", by="agent:1", now=world.clock())
        gaps.answered(
            session, {each.entry_id: each.fingerprint for each in entries.in_force(session)}, now=world.clock()
        )
        notices.mark_told(session, notices.of_gap(session, gap.id)[0].id, now=world.clock())
    page = world.browser("chen").get(f"/console/gaps/{gap.id}").text
    assert (page.count(">已告知<"), page.count(">等下次联系<")) == (1, 2)
    for path in ("rename", "merge", "dismiss", "reopen"):
        assert f"/console/gaps/{gap.id}/{path}" not in page.split("<dialog")[0]


def test_gathering_is_asked_for_once_and_the_page_waits_for_it(world: World, knowledge: Knowledge) -> None:
    browser = world.browser("chen")
    for _ in range(2):
        assert browser.post("/console/gaps/cluster").headers["location"] == "/console/gaps?done=clustering"
    assert [job.kind for job in knowledge.jobs()] == ["cluster"]
    page = browser.get("/console/gaps").text
    assert 'data-live="gaps" data-refresh="3"' in page
    assert "正在归类" in page


def test_a_gap_page_without_the_action_server_lacks_suggestions_only(staff: Staff, tmp_path: Path) -> None:
    world = World(staff, tmp_path)
    gap = Knowledge(world).gap(*WATERMARK)
    page = world.browser("chen").get(f"/console/gaps/{gap.id}")
    assert (page.status_code, "检索到的相近条目" in page.text) == (200, False)
    assert world.browser("chen").get(f"/console/new-entry?gap={gap.id}").status_code == 200
