"""The list of entries and the page of one."""

from __future__ import annotations

import re
from datetime import timedelta

from desk import messages
from tests.integration.gateway.console.knowledge_world import Knowledge
from tests.integration.gateway.console.world import World

JSON = {"accept": "application/json"}


def listed(world: World, login: str = "chen", **query: str) -> list[str]:
    page = world.browser(login).get("/console/entries", params=query)
    return re.findall(r'<a class="summary" href="/console/entries/([^"]+)"', page.text)


def error(answer) -> str:
    return answer.json()["error"]["code"]


def test_each_tab_has_its_entries_and_says_how_many(world: World, knowledge: Knowledge) -> None:
    knowledge.draft("faq-draft")
    knowledge.submitted("faq-wait")
    knowledge.live("faq-live")
    knowledge.live("faq-gone")
    world.browser("chen").post("/console/entries/faq-gone/retire", data={"reason": "旧了"})
    assert listed(world) == ["faq-draft", "faq-live", "faq-wait"]
    assert listed(world, tab="draft") == ["faq-draft"]
    assert listed(world, tab="submitted") == ["faq-wait"]
    assert listed(world, tab="live") == ["faq-live"]
    assert listed(world, tab="retired") == ["faq-gone"]
    assert listed(world, tab="overdue") == []
    world.clock.advance(timedelta(days=91))
    page = world.browser_later("chen").get("/console/entries?tab=overdue").text
    assert re.findall(r'<a class="summary" href="/console/entries/([^"]+)"', page) == ["faq-live"]
    assert re.findall(r">(\w+) <b class=\"count[^>]*>(\d+)</b>", page) == [
        ("全部", "3"), ("在用", "1"), ("草稿", "1"), ("待审核", "1"), ("被退回", "0"), ("复核过期", "1"), ("已下架", "1"),
    ]  # fmt: skip


def test_filters_narrow_and_the_search_looks_into_questions_and_answers(world: World, knowledge: Knowledge) -> None:
    knowledge.live("faq-a", type="howto", topic="crash", question="闪退怎么办", similar=["一开就没了"])
    knowledge.live("faq-b", answer="点 100% 缩放。")
    assert listed(world, type="howto") == ["faq-a"]
    assert listed(world, topic="backup") == ["faq-b"]
    assert listed(world, q="一开就没了") == ["faq-a"]
    assert listed(world, q="100%") == ["faq-b"]
    assert listed(world, q="_") == []
    assert listed(world, origin="console") == ["faq-a", "faq-b"]
    assert listed(world, origin="gap") == []
    assert "没有符合条件的条目" in world.browser("chen").get("/console/entries?q=没有这种").text


def test_the_list_comes_in_pages_of_fifty_that_keep_the_filters(world: World, knowledge: Knowledge) -> None:
    for number in range(53):
        knowledge.draft(f"faq-{number:03}", title=f"第 {number} 条")
    first = world.browser("chen").get("/console/entries", params={"q": "第"}).text
    assert len(re.findall('class="summary"', first)) == 50
    assert "共 53 条，这里是第 1–50 条" in first
    following = re.search(r'href="([^"]+)" rel="next"', first)
    assert following
    assert listed(world, q="第", page="2") == ["faq-050", "faq-051", "faq-052"]
    assert "q=%E7%AC%AC" in following[1]
    assert "page=2" in following[1]


def test_ticked_drafts_are_submitted_and_unfinished_ones_stay(world: World, knowledge: Knowledge) -> None:
    knowledge.draft("faq-done")
    knowledge.draft("faq-half", answer="〔待编写〕请写答案。")
    knowledge.draft("faq-moved")
    knowledge.draft("faq-moved", answer="又改了。", by="li")
    fields = {"entry": ["faq-done@1", "faq-half@1", "faq-moved@7"]}
    answer = world.browser("chen").post("/console/entries/submit", data=fields)
    assert answer.headers["location"] == "/console/entries?tab=draft&done=submitted_many&n=1&m=2"
    states = {name: knowledge.of(name).state for name in ("faq-done", "faq-half", "faq-moved")}
    assert states == {"faq-done": "submitted", "faq-half": "draft", "faq-moved": "draft"}
    told = world.browser("chen").get(answer.headers["location"]).text
    assert "已提交 1 条。2 条没有提交" in told


def test_a_list_that_nobody_could_have_ticked_is_refused(world: World) -> None:
    browser = world.browser("chen", **JSON)
    assert error(browser.post("/console/entries/submit", data={})) == "nothing_chosen"
    assert error(browser.post("/console/entries/submit", data={"entry": "faq@x"})) == "bad_request"
    many = {"entry": [f"faq-{number}@1" for number in range(501)]}
    assert error(browser.post("/console/entries/submit", data=many)) == "too_many_chosen"


def test_the_page_shows_what_is_live_what_changed_and_who_did_what(world: World, knowledge: Knowledge) -> None:
    knowledge.live()
    knowledge.pin()
    knowledge.submitted(answer="点【打印】。\n")
    page = world.browser("chen").get("/console/entries/faq-save").text
    assert "在用 · 第 1 版" in page
    assert "待审核 · 第 2 版" in page
    assert "点【<del>保存</del>】。" in page
    assert "点【<ins>打印</ins>】。" in page
    assert "随软件附带" not in page
    assert "手工编写" in page
    assert re.findall(r'<li class="(\w+)"><div><b>', page) == [
        "submitted", "saved", "approved", "submitted", "saved",
    ]  # fmt: skip
    assert "李强" in page


def test_any_two_versions_can_be_compared(world: World, knowledge: Knowledge) -> None:
    for answer in ("第一种办法。", "第二种办法。", "第三种办法。"):
        knowledge.live(answer=answer)
    page = world.browser("zhang").get("/console/entries/faq-save", params={"version": 1, "against": 3}).text
    assert re.findall(r'<div class="(gone|new)"><span class="sign">.</span><span class="text">(.*?)</span>', page) == [
        ("gone", "第<del>三</del>种办法。"), ("new", "第<ins>一</ins>种办法。"),
    ]  # fmt: skip
    assert "用这一版的内容再编辑" in page


def test_how_often_an_entry_helped_is_told(world: World, knowledge: Knowledge) -> None:
    knowledge.live()
    number = world.ticket()
    with world.db.write() as session:
        card = {"card": {"entry_id": "faq-save", "title": "怎么保存", "blocks": []}}
        messages.add(session, world.talk(number).id, "bot", "怎么保存", kind="answer", payload=card, now=world.clock())
    assert "回答 1 次" in world.browser("chen").get("/console/entries/faq-save").text


def test_an_entry_is_retired_with_a_reason_and_restored(world: World, knowledge: Knowledge) -> None:
    knowledge.live()
    browser = world.browser("chen", **JSON)
    assert error(browser.post("/console/entries/faq-save/retire", data={"reason": " "})) == "empty"
    browser.post("/console/entries/faq-save/retire", data={"reason": "6.2 起不再需要"})
    assert knowledge.of().in_force is False
    assert "6.2 起不再需要" in browser.get("/console/entries/faq-save").text
    browser.post("/console/entries/faq-save/restore")
    assert knowledge.of().in_force is True


def test_owner_and_next_review_are_set(world: World, knowledge: Knowledge) -> None:
    knowledge.live()
    browser = world.browser("chen", **JSON)
    browser.post("/console/entries/faq-save/owner", data={"owner": "平台组"})
    browser.post("/console/entries/faq-save/review", data={"until": "2027-05-01"})
    assert (knowledge.of().owner, str(knowledge.of().review_on)) == ("平台组", "2027-05-01")
    assert error(browser.post("/console/entries/faq-save/review", data={"until": "2026-11-23"})) == "not_to_come"
    assert error(browser.post("/console/entries/faq-save/review", data={"until": "明年"})) == "not_a_date"


def test_a_draft_that_is_not_complete_leads_to_the_form_that_says_why(world: World, knowledge: Knowledge) -> None:
    knowledge.draft(answer="〔待编写〕请写答案。", question="怎么保存图纸，打 400-123-4567")
    browser = world.browser("chen")
    answer = browser.post("/console/entries/faq-save/submit", data={"number": "1"})
    assert answer.headers["location"] == "/console/entries/faq-save/edit?complete=true"
    page = browser.get(answer.headers["location"]).text
    assert "答案不能为空。" in page
    assert "不在许可名单上的联系方式：400-123-4567" in page
    assert knowledge.of().state == "draft"


def test_submitting_what_is_no_draft_any_more_is_refused(world: World, knowledge: Knowledge) -> None:
    knowledge.submitted()
    answer = world.browser("chen", **JSON).post("/console/entries/faq-save/submit", data={"number": "1"})
    assert (answer.status_code, error(answer)) == (409, "stale")


def test_an_unknown_entry_is_missing(world: World) -> None:
    browser = world.browser("chen", **JSON)
    assert error(browser.get("/console/entries/faq-none")) == "missing"
    assert error(browser.post("/console/entries/faq-none/retire", data={"reason": "x"})) == "missing"
    assert error(browser.post("/console/entries/faq-none/approve", data={"number": "1"})) == "missing"


def test_questions_are_pinned_once_and_to_one_entry(world: World, knowledge: Knowledge) -> None:
    knowledge.live("faq-a")
    knowledge.live("faq-b")
    browser = world.browser("chen", **JSON)
    for _ in range(2):
        browser.post("/console/pins", data={"question": "怎么存", "entry_id": "faq-a"})
    other = browser.post("/console/pins", data={"question": "怎么存", "entry_id": "faq-b"})
    assert (error(other), "faq-a" in other.json()["error"]["message"]) == ("pinned_elsewhere", True)
    assert error(browser.post("/console/pins", data={"question": "存", "entry_id": "faq-none"})) == "missing"
    assert knowledge.pins() == [("怎么存", "faq-a")]
    for _ in range(2):  # the second click finds it gone
        assert browser.post("/console/entries/faq-a/pins/1/remove").status_code == 303
    assert knowledge.pins() == []


def test_a_pin_is_removed_from_its_own_entry_only(world: World, knowledge: Knowledge) -> None:
    knowledge.live("faq-a")
    knowledge.live("faq-b")
    pin = knowledge.pin("faq-a")
    world.browser("chen").post(f"/console/entries/faq-b/pins/{pin.id}/remove")
    assert knowledge.pins() == [("怎么保存", "faq-a")]
