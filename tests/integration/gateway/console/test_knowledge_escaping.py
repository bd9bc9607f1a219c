"""Whatever people, customers and documents say is only text on the knowledge pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from desk import agents, entries
from gateway.console.fakes import FakeKnowledge, FakeSettings
from tests.integration.gateway.console.knowledge_world import BUILD, Knowledge, entry, form, write_build
from tests.integration.gateway.console.world import Staff, World

EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}"
REPORT: dict[str, Any] = {
    "error": EVIL, "build_id": EVIL, "former": EVIL, "entries": 1, "new": [EVIL], "changed": [EVIL], "gone": [EVIL],
    "counts": {"new": 1, "answers": 1, "findings": 1}, "overruled": EVIL, "seconds": {"build": 1.0},
    "findings": [{"check": EVIL, "level": EVIL, "entry_ids": [EVIL], "message": EVIL}],
    "answers": [{"question": EVIL, "pinned": EVIL, "verdict": EVIL, "before": {"decision": EVIL, "title": EVIL}, "after": None}],
    "objections": [{"reason": EVIL, "count": 1, "limit": 0}],
    "files": [{"path": EVIL, "status": EVIL, "reason": EVIL, "repaired": {EVIL: 1}, "refused_contacts": [EVIL],
               "quarantined": [{"line": 1, "text": EVIL, "reason": EVIL, "place": EVIL}], "dropped": [EVIL],
               "mistakes": [{"sheet": EVIL, "row": 1, "message": EVIL}], "notes": [EVIL]}],
    "drafts": ["faq-evil"], "conflicts": [EVIL], "published": True,
}  # fmt: skip


def assert_harmless(page: str, *, said: bool = True) -> None:
    assert "<script>" not in page
    assert "<img src=x" not in page
    if said:
        assert "&lt;script&gt;alert(1)" in page
        assert "{{7*7}}" in page


def test_every_page_escapes_everything(staff: Staff, tmp_path: Path) -> None:
    near = {
        "candidates": [{"entry_id": EVIL, "title": EVIL, "probability": 0.5}],
        "title": EVIL,
        "entry_id": EVIL,
        "variant": EVIL,
    }
    settings = FakeSettings(index=tmp_path / "index", four_eyes=False)
    world = World(staff, tmp_path, knowledge=FakeKnowledge(near, BUILD), settings=settings)
    knowledge = Knowledge(world)
    said = {
        name: EVIL
        for name in ("title", "question", "answer", "topic", "module", "source", "workaround", "audience", "code")
    }
    evil = {
        **said,
        "owner": EVIL[:40],
        "similar": [EVIL],
        "variants": [{"versions": "6.2", "label": EVIL, "answer": EVIL}],
    }
    knowledge.live("faq-evil", **evil)
    knowledge.pin("faq-evil", EVIL)
    knowledge.submitted("faq-evil", **{**evil, "answer": EVIL + "2"})
    knowledge.submitted("faq-no", **evil)
    write_build(tmp_path / "index", entry("faq-other", title=EVIL))
    gap = knowledge.gap(EVIL, title=EVIL)
    with world.db.write() as session:
        agents.update(session, world.agent("li").id, name=EVIL[:40])
        entries.reject(session, "faq-no", 1, by="agent:1", comment=EVIL, now=world.clock())
    publication = knowledge.publication(state="refused", **REPORT)
    published, imported = knowledge.job("publish", REPORT), knowledge.job("ingest", REPORT)
    rolled_back = knowledge.job("rollback", REPORT, reason=EVIL)
    question = knowledge.members(gap.id)[0].id
    browser = world.browser("root")
    for path in (
        "/console/entries", "/console/entries/faq-evil", "/console/entries/faq-no", "/console/entries/faq-evil/edit",
        f"/console/entries/faq-evil/edit?gap={gap.id}", f"/console/new-entry?gap={gap.id}", "/console/review",
        "/console/gaps", f"/console/gaps/{gap.id}?find=evil", f"/console/gaps/{gap.id}/talk/{question}", "/console/publications",
        f"/console/publications/{publication.id}", f"/console/jobs/{published.id}", f"/console/jobs/{imported.id}",
        f"/console/jobs/{rolled_back.id}",
    ):  # fmt: skip
        answer = browser.get(path)
        assert answer.status_code == 200
        assert_harmless(answer.text)
        assert answer.headers["content-security-policy"].startswith("default-src 'self';")
    assert_harmless(browser.get("/console/entries", params={"q": EVIL, "type": EVIL, "topic": EVIL}).text, said=False)
    assert_harmless(browser.get("/console/hit-test", params={"question": EVIL}).text)
    assert_harmless(browser.post("/console/hit-test", data={"question": EVIL}).text)


def test_what_is_typed_into_the_form_comes_back_as_text(world: World) -> None:
    fields = form(
        **{name: EVIL for name in ("title", "type", "code", "topic", "module", "versions", "audience", "source", "review")},
        question=EVIL, similar=EVIL, answer=EVIL, workaround=EVIL, entry_id=EVIL[:90], variant_versions=EVIL,
        variant_label=EVIL, variant_answer=EVIL,
    )  # fmt: skip
    browser = world.browser("chen")
    refused = browser.post("/console/new-entry", data=fields)
    assert refused.status_code == 422
    assert_harmless(refused.text)
    assert_harmless(browser.post("/console/preview", data=fields).text)
