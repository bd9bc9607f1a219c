"""The second pair of eyes."""

from __future__ import annotations

import re
from datetime import timedelta

from tests.integration.gateway.console.knowledge_world import Knowledge
from tests.integration.gateway.console.world import World

JSON = {"accept": "application/json"}


def waiting(world: World, login: str = "chen") -> list[str]:
    page = world.browser(login).get("/console/review").text
    return re.findall(r'<a href="/console/entries/([\w-]+)">', page.split("复核过期")[0])


def error(answer) -> str:
    return answer.json()["error"]["code"]


def test_what_waits_longest_comes_first_beside_what_is_live(world: World, knowledge: Knowledge) -> None:
    knowledge.live("faq-b", answer="旧的。\n")
    world.clock.advance(timedelta(minutes=1))
    knowledge.submitted("faq-b", answer="新的。\n")
    world.clock.advance(timedelta(minutes=1))
    knowledge.submitted("faq-a")
    page = world.browser("chen").get("/console/review").text
    assert waiting(world) == ["faq-b", "faq-a"]
    assert "<del>旧</del>的。" in page
    assert "<ins>新</ins>的。" in page
    assert "新条目" in page
    assert "改动 1 处" in page


def test_the_author_sees_why_they_cannot_approve(world: World, knowledge: Knowledge) -> None:
    knowledge.submitted(by="chen")
    page = world.browser("chen").get("/console/review").text
    assert "您写的" in page
    assert 'name="entry"' not in page
    assert "faq-save/approve" not in page
    assert "要由另一位同事批准" in world.browser("chen").get("/console/entries/faq-save").text
    assert 'name="entry" value="faq-save@1"' in world.browser("wang").get("/console/review").text


def test_approving_puts_the_version_in_force(world: World, knowledge: Knowledge) -> None:
    knowledge.submitted()
    world.browser("chen").post("/console/entries/faq-save/approve", data={"number": "1"})
    assert (knowledge.of().live, str(knowledge.of().review_on)) == (1, "2027-02-21")
    assert knowledge.versions()[0].reviewer == world.agent("chen").actor


def test_a_rejection_needs_a_comment_which_the_author_reads(world: World, knowledge: Knowledge) -> None:
    knowledge.submitted(by="zhang")
    browser = world.browser("chen", **JSON)
    fields = {"number": "1", "comment": " "}
    assert error(browser.post("/console/entries/faq-save/reject", data=fields)) == "empty"
    browser.post("/console/entries/faq-save/reject", data={"number": "1", "comment": "请补上截图"})
    page = world.browser("zhang").get("/console/entries/faq-save").text
    assert "第 1 版被 陈静 退回" in page
    assert "请补上截图" in page


def test_a_version_that_was_replaced_meanwhile_is_not_approved(world: World, knowledge: Knowledge) -> None:
    knowledge.submitted(answer="一。")
    knowledge.submitted(answer="二。")
    answer = world.browser("chen", **JSON).post("/console/entries/faq-save/approve", data={"number": "1"})
    assert (answer.status_code, error(answer)) == (409, "stale")
    assert knowledge.of().live is None


def test_hundreds_are_approved_in_one_go_and_ones_own_are_left(world: World, knowledge: Knowledge) -> None:
    for number in range(120):
        knowledge.submitted(f"faq-{number:03}")
    knowledge.submitted("faq-mine", by="chen")
    named = [f"faq-{number:03}@1" for number in range(120)]
    browser = world.browser("chen")
    answer = browser.post("/console/review", data={"entry": [*named, "faq-mine@1", "faq-000@9", "faq-none@1"]})
    assert answer.headers["location"] == "/console/review?done=approved_many&n=120&m=3"
    assert waiting(world) == ["faq-mine"]
    assert knowledge.of("faq-119").in_force
    assert "已批准 120 条。3 条没有批准" in browser.get(answer.headers["location"]).text
    again = browser.post("/console/review", data={"entry": named[:2]})
    assert again.headers["location"].endswith("done=approved_many&n=0&m=2")


def test_overdue_entries_stand_below_with_owner_and_date(world: World, knowledge: Knowledge) -> None:
    knowledge.live(review="2026-11-24")
    assert "复核过期" not in world.browser("chen").get("/console/review").text
    world.clock.advance(timedelta(days=2))
    page = world.browser_later("chen").get("/console/review").text
    assert "复核过期" in page
    assert "2026-11-24</span> · 资料组" in page


def test_a_question_can_be_tried_on_what_is_live(world: World) -> None:
    assert 'action="/console/hit-test"' in world.browser("wang").get("/console/review").text


def test_numbers_in_the_address_cannot_make_the_page_say_things(world: World) -> None:
    page = world.browser("chen").get("/console/review?done=approved_many&n=<script>&m=0").text
    assert "approved_many" not in page
    assert "<script>" not in page
    assert 'role="status" aria-live="polite" hidden' in page
