"""Role by route on the knowledge pages, and four eyes."""

from __future__ import annotations

from pathlib import Path

import pytest

from desk import gaps
from gateway.console.fakes import FakeKnowledge, FakeSettings
from tests.integration.gateway.console.knowledge_pages import EDITORS, EVERYONE, KNOWLEDGE
from tests.integration.gateway.console.knowledge_world import Knowledge
from tests.integration.gateway.console.world import Staff, World

LOGINS = {"agent": "zhang", "lead": "wang", "editor": "chen", "admin": "root"}
FILE = {"file": ("手册.md", b"# \xe4\xb8\x80")}


@pytest.fixture
def world(staff: Staff, tmp_path: Path) -> World:
    settings = FakeSettings(uploads=tmp_path / "uploads")
    made = World(staff, tmp_path, knowledge=FakeKnowledge({"candidates": []}), settings=settings)
    knowledge = Knowledge(made)
    knowledge.draft("faq-draft")
    knowledge.submitted("faq-wait")
    knowledge.live("faq-live")
    knowledge.pin("faq-live")
    knowledge.gap("图纸能加水印吗")
    knowledge.gap("地磅能连吗", title="地磅能连吗")
    knowledge.publication()
    knowledge.job("publish", {"published": True})
    return made


def tried(world: World, role: str, method: str, path: str, fields: dict, entry_id: str) -> int:
    knowledge = Knowledge(world)
    if entry_id == "drafted":
        with world.db.write() as session:
            gaps.draft(session, 1, "faq-live", by="agent:1", now=world.clock())
    if fields.get("base") == "?":
        fields = {**fields, "base": knowledge.of(entry_id).fingerprint}
    question = knowledge.members(1)[0].id
    path = path.format(entry_id=entry_id, pin_id=1, gap_id=1, question_id=question, publication_id=1, job_id=1)
    files = FILE if path.endswith("/imports") and method == "POST" else None
    return world.browser(LOGINS[role]).request(method, path, data=fields or None, files=files).status_code


@pytest.mark.parametrize("role", sorted(EVERYONE))
@pytest.mark.parametrize(
    ("method", "path", "fields", "may", "entry_id"),
    KNOWLEDGE,
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_only_these_roles_get_to_a_knowledge_page(world, role, method, path, fields, may, entry_id) -> None:
    allowed = 200 if method == "GET" or path.endswith("/preview") else 303
    assert tried(world, role, method, path, fields, entry_id) == (allowed if role in may else 403)


@pytest.mark.parametrize("role", sorted(EVERYONE))
def test_a_refused_action_changes_nothing(world: World, role: str) -> None:
    knowledge = Knowledge(world)
    before = [knowledge.of(name) for name in knowledge.entry_ids()], knowledge.pins(), knowledge.jobs()
    for method, path, fields, may, entry_id in KNOWLEDGE:
        if role not in may and entry_id != "drafted":
            tried(world, role, method, path, fields, entry_id)
    assert ([knowledge.of(name) for name in knowledge.entry_ids()], knowledge.pins(), knowledge.jobs()) == before


def test_an_agent_drafts_but_does_not_submit(world: World) -> None:
    knowledge, zhang = Knowledge(world), world.browser("zhang")
    base = knowledge.of("faq-live").fingerprint
    fields = {"title": "新标题", "question": "问", "answer": "答", "type": "faq", "base": base, "gap": ""}
    assert zhang.post("/console/entries/faq-live/draft", data={**fields, "action": "submit"}).status_code == 403
    assert knowledge.of("faq-live").newest == 1
    assert zhang.post("/console/entries/faq-live/draft", data={**fields, "action": "save"}).status_code == 303
    assert knowledge.of("faq-live").state == "draft"


def test_agents_neither_take_a_gap_nor_see_editors_pages_offered(world: World) -> None:
    zhang = world.browser("zhang")
    assert zhang.get("/console/new-entry?gap=1").status_code == 403
    assert zhang.get("/console/entries/faq-live/edit?gap=1").status_code == 403
    page = zhang.get("/console/entries/faq-wait").text
    for href in ("/console/review", "/console/gaps", "/console/publications", "/console/imports"):
        assert href not in page
    assert "批准" not in page.replace("已批准", "")


@pytest.mark.parametrize("role", sorted(EDITORS))
@pytest.mark.parametrize("four_eyes", [True, False])
@pytest.mark.parametrize("whose", ["own", "colleague"])
def test_nobody_approves_their_own_version_where_four_eyes_are_wanted(
    staff: Staff, tmp_path: Path, role: str, four_eyes: bool, whose: str
) -> None:
    world = World(staff, tmp_path, settings=FakeSettings(four_eyes=four_eyes))
    knowledge = Knowledge(world)
    knowledge.submitted(by=LOGINS[role] if whose == "own" else "li")
    answer = world.browser(LOGINS[role]).post("/console/entries/faq-save/approve", data={"number": "1"})
    allowed = whose == "colleague" or not four_eyes
    assert answer.status_code == (303 if allowed else 403)
    assert knowledge.of().in_force is allowed
    assert allowed or "您自己写的" in answer.text


def test_a_request_that_no_page_of_ours_sent_changes_no_entry(world: World) -> None:
    browser = world.browser("chen")
    browser.headers["origin"] = "https://evil.example"
    answers = [
        browser.post("/console/entries/faq-wait/approve", data={"number": "1"}),
        browser.post("/console/entries/faq-live/retire", data={"reason": "x"}),
        browser.post("/console/publications", data={"action": "publish"}),
        browser.post("/console/imports", files=FILE),
    ]
    assert [answer.status_code for answer in answers] == [403] * 4
    knowledge = Knowledge(world)
    assert (knowledge.of("faq-wait").state, knowledge.of("faq-live").retired) == ("submitted", False)
    assert not (world.services.settings.uploads or Path()).exists()
