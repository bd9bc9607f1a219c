"""Publishing from the console: what would change, the job, its report, and the way back."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from desk import jobs
from gateway.console.fakes import FakeKnowledge, FakeSettings
from tests.integration.gateway.console.knowledge_world import BUILD, Knowledge, entry, write_build
from tests.integration.gateway.console.world import Staff, World

JSON = {"accept": "application/json"}
OLDER = "20261101T080000000000-77e0"
REPORT: dict[str, Any] = {
    "published": False, "rehearsed": False, "build_id": BUILD, "former": OLDER, "entries": 12,
    "new": ["faq-new"], "changed": [], "gone": ["faq-gone"],
    "counts": {"new": 1, "changed": 0, "gone": 1, "findings": 1, "answers": 2, "pinned": 9, "recent": 4},
    "findings": [
        {"check": "contradiction", "level": "error", "entry_ids": ["faq-a"], "message": "faq-a 说 50 MB，faq-b 说 40 MB"}
    ],
    "answers": [
        {"question": "导入报 ERR-1042", "pinned": "err-1042", "verdict": "stolen",
         "before": {"decision": "answer", "shown": ["err-1042"], "title": "ERR-1042"},
         "after": {"decision": "answer", "shown": ["faq-new"], "title": "抢答的条目"}},
        {"question": "标签扫不出来", "pinned": None, "verdict": "better", "before": None,
         "after": {"decision": "answer", "shown": ["faq-new"], "title": "标签打印"}},
    ],
    "objections": [{"reason": "stolen", "count": 1, "limit": 0}, {"reason": "lint", "count": 1, "limit": 0}],
    "overruled": "", "refitted": False, "seconds": {"build": 6.0, "check": 0.5, "replay": 1.5},
}  # fmt: skip


@pytest.fixture
def world(staff: Staff, tmp_path: Path) -> World:
    settings = FakeSettings(index=tmp_path / "index")
    return World(staff, tmp_path, knowledge=FakeKnowledge({"candidates": []}, BUILD), settings=settings)


@pytest.fixture
def knowledge(world: World) -> Knowledge:
    return Knowledge(world)


def error(answer) -> str:
    return answer.json()["error"]["code"]


def waiting(page: str) -> dict[str, list[str]]:
    """The lists under 待发布: 新增, 改动, 下架."""
    found = re.findall(r'<span class="sign \w+">([^<]+)</span> \d+ 条</summary><ul class="rows">(.*?)</ul>', page)
    return {name: re.findall(r'href="/console/entries/([^"]+)"', rows) for name, rows in found}


def serve(world: World, knowledge: Knowledge, *entry_ids: str) -> None:
    """A build of what is approved now, with the review dates that the desk knows."""
    reviews = {name: str(knowledge.of(name).review_on) for name in entry_ids}
    write_build(world.services.settings.index or Path(), *(entry(name, review=day) for name, day in reviews.items()))


def test_the_page_says_what_serves_and_what_the_next_publication_changes(world, knowledge) -> None:
    for name in ("faq-same", "faq-edited", "faq-shelved"):
        knowledge.live(name)
    serve(world, knowledge, "faq-same", "faq-edited", "faq-shelved")
    assert "没有变化" in world.browser("chen").get("/console/publications").text
    knowledge.live("faq-edited", answer="改过的答案。")
    knowledge.live("faq-new")
    knowledge.submitted("faq-waiting")
    world.browser("chen").post("/console/entries/faq-shelved/retire", data={"reason": "旧"})
    page = world.browser("chen").get("/console/publications").text
    assert waiting(page) == {"新增": ["faq-new"], "改动": ["faq-edited"], "下架": ["faq-shelved"]}
    assert f"正在服务 <code>{BUILD}</code>" in page


def test_without_the_build_or_the_action_server_the_page_says_so(staff: Staff, tmp_path: Path) -> None:
    world = World(staff, tmp_path)
    Knowledge(world).live()
    page = world.browser("chen").get("/console/publications").text
    assert "检索服务没有应答" in page
    assert "读不到正在服务的索引" in page
    assert "已批准 1 条" in page


def test_a_damaged_build_does_not_keep_anybody_from_publishing(world: World, knowledge: Knowledge) -> None:
    write_build(world.services.settings.index or Path(), entry())
    path = (world.services.settings.index or Path()) / BUILD / "entries.jsonl"
    path.write_text("{broken", encoding="utf-8")
    assert "读不到正在服务的索引" in world.browser("chen").get("/console/publications").text


def test_a_rehearsal_and_a_publication_are_jobs_for_the_worker(world: World, knowledge: Knowledge) -> None:
    browser = world.browser("chen")
    answer = browser.post("/console/publications", data={"action": "rehearse", "refit": "yes"})
    (job,) = knowledge.jobs("publish")
    assert answer.headers["location"] == f"/console/jobs/{job.id}?done=job_asked"
    assert job.payload == {"overrule": "", "refit": True, "rehearse": True}
    assert job.requested_by == world.agent("chen").actor
    second = browser.post("/console/publications", data={"action": "publish"})
    assert second.headers["location"] == f"/console/jobs/{job.id}?done=job_busy"
    assert (
        browser.post("/console/publications/rollback", data={"reason": "错了"}).headers["location"].endswith("job_busy")
    )
    assert len(knowledge.jobs()) == 1


def test_the_page_of_a_job_follows_it_until_it_is_done(world: World, knowledge: Knowledge) -> None:
    job = knowledge.job("publish", rehearse=True)
    browser = world.browser("chen")
    page = browser.get(f"/console/jobs/{job.id}").text
    assert 'data-live="job" data-refresh="2"' in page
    assert "排队中" in page
    world.clock.advance(timedelta(seconds=40))
    assert "后台进程可能没有运行" in browser.get(f"/console/jobs/{job.id}").text
    with world.db.write() as session:
        taken = jobs.lease(session, ("publish",), now=world.clock())
    assert taken is not None
    assert "正在进行，已经 40 秒" in browser.get(f"/console/jobs/{job.id}").text
    with world.db.write() as session:
        jobs.finish(session, taken, {**REPORT, "rehearsed": True, "objections": []}, now=world.clock())
    page = browser.get(f"/console/jobs/{job.id}").text
    assert 'data-refresh="0"' in page
    assert "试发布结束：正式发布会通过。" in page
    assert "现在正式发布" in page


def test_a_report_shows_changed_answers_objections_and_findings_in_plain_words(world, knowledge) -> None:
    found = knowledge.publication(state="refused", **REPORT)
    page = world.browser("chen").get(f"/console/publications/{found.id}").text
    assert "没有发布：下面的检查没有通过" in page
    assert "1 个固定问题被别的条目抢答（不允许有）。" in page
    assert "有 1 处条目问题必须先改（不允许有）。" in page
    assert "faq-a 说 50 MB，faq-b 说 40 MB" in page
    assert re.findall(r'verdict-chip \w+">([^<]+)<', page) == ["被别的条目抢答", "变好"]
    assert "抢答的条目" in page
    assert "8.0 秒" in page


def test_a_refusal_is_overruled_with_a_reason_and_only_a_refusal(world: World, knowledge: Knowledge) -> None:
    browser = world.browser("chen", **JSON)
    fields = {"action": "publish", "overrule": "旧条目是错的"}
    assert error(browser.post("/console/publications", data=fields)) == "nothing_refused"
    assert "overrule" not in browser.get("/console/publications").text
    found = knowledge.publication(state="refused", **REPORT)
    assert "强制发布" in browser.get(f"/console/publications/{found.id}").text
    browser.post("/console/publications", data=fields)
    (job,) = knowledge.jobs("publish")
    assert job.payload == {"overrule": "旧条目是错的", "refit": False, "rehearse": False}


def test_objections_of_a_rehearsal_can_be_overruled_too(world: World, knowledge: Knowledge) -> None:
    job = knowledge.job("publish", {**REPORT, "rehearsed": True}, rehearse=True)
    browser = world.browser("chen")
    assert "正式发布会被拒绝" in browser.get(f"/console/jobs/{job.id}").text
    answer = browser.post("/console/publications", data={"action": "publish", "overrule": "有意的"})
    assert answer.headers["location"].endswith("done=job_asked")


def test_once_something_was_published_there_is_nothing_left_to_overrule(world: World, knowledge: Knowledge) -> None:
    knowledge.job("publish", {**REPORT, "rehearsed": True}, rehearse=True)
    world.clock.advance(timedelta(minutes=1))
    knowledge.publication()
    answer = world.browser("chen", **JSON).post("/console/publications", data={"action": "publish", "overrule": "x"})
    assert error(answer) == "nothing_refused"


def test_only_the_last_publication_is_said_to_serve(world: World, knowledge: Knowledge) -> None:
    knowledge.publication()
    knowledge.publication(build_id=OLDER)
    knowledge.publication()
    assert world.browser("chen").get("/console/publications").text.count(">在用<") == 1


def test_an_overrule_is_never_taken_along_by_a_rehearsal(world: World, knowledge: Knowledge) -> None:
    world.browser("chen").post("/console/publications", data={"action": "rehearse", "overrule": "x"})
    assert knowledge.jobs("publish")[0].payload["overrule"] == ""


def test_a_job_that_failed_says_why_and_that_nothing_changed(world: World, knowledge: Knowledge) -> None:
    job = knowledge.job("publish")
    with world.db.write() as session:
        taken = jobs.lease(session, ("publish",), now=world.clock())
        assert taken is not None
        jobs.fail(session, taken, "没有一条已批准的条目，不能发布空的知识库", now=world.clock())
    page = world.browser("chen").get(f"/console/jobs/{job.id}").text
    assert "没有一条已批准的条目" in page
    assert "客户不受影响" in page


def test_one_goes_back_to_a_build_that_is_still_there_with_a_reason(world: World, knowledge: Knowledge) -> None:
    index = world.services.settings.index or Path()
    write_build(index, entry(), build_id=OLDER)
    write_build(index, entry())
    knowledge.publication(build_id=OLDER, former="20261001T000000000000-gone")
    knowledge.publication(former=OLDER)
    browser = world.browser("chen", **JSON)
    page = browser.get("/console/publications").text
    assert re.findall(r'<option value="(\w+-\w+)"', page) == [OLDER]
    assert error(browser.post("/console/publications/rollback", data={"build_id": OLDER, "reason": ""})) == "empty"
    browser.post("/console/publications/rollback", data={"build_id": OLDER, "reason": "6.2 的答案错了"})
    (job,) = knowledge.jobs("rollback")
    assert job.payload == {"build_id": OLDER, "reason": "6.2 的答案错了"}


def test_a_rollback_that_is_done_says_from_where_to_where(world: World, knowledge: Knowledge) -> None:
    job = knowledge.job("rollback", {"former": BUILD, "build_id": OLDER}, build_id=OLDER, reason="错了")
    page = world.browser("chen").get(f"/console/jobs/{job.id}").text
    assert f"已退回到 <code>{OLDER}</code>" in page
    assert "理由：错了" in page


def test_jobs_of_other_kinds_have_no_page(world: World, knowledge: Knowledge) -> None:
    job = knowledge.job("something_else")
    assert world.browser("root", **JSON).get(f"/console/jobs/{job.id}").status_code == 404
    assert world.browser("root", **JSON).get("/console/jobs/99").status_code == 404


def test_a_report_without_its_keys_is_shown_all_the_same(world: World, knowledge: Knowledge) -> None:
    job = knowledge.job("publish", {})
    found = knowledge.publication(state="failed", error="磁盘满了")
    assert world.browser("chen").get(f"/console/jobs/{job.id}").status_code == 200
    assert "磁盘满了" in world.browser("chen").get(f"/console/publications/{found.id}").text
    assert world.browser("chen").get("/console/publications").status_code == 200
