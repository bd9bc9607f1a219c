"""Entries, gaps, publications and jobs for the tests of the knowledge pages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from desk import conversations, entries, gaps, jobs, messages, pins, publications, unanswered
from desk.entries import EntryRecord, EntryVersion
from desk.gaps import Gap
from desk.jobs import Job
from desk.pins import Pin
from desk.publications import Publication
from desk.unanswered import Question
from retrieval.knowledge.entry import Entry
from tests.integration.gateway.console.world import World

BUILD = "20261122T080000000000-a41c"
FORM = {
    "type": "faq", "title": "怎么保存", "question": "怎么保存图纸", "similar": "图纸怎么存\n圖紙怎麼存", "answer": "点【保存】。",
    "versions": "*", "topic": "backup", "module": "资料管理", "audience": "user", "owner": "资料组", "source": "手册", "code": "",
    "review": "", "workaround": "",
}  # fmt: skip


def entry(entry_id: str = "faq-save", **more: Any) -> Entry:
    """A valid one."""
    said = {
        "id": entry_id, "type": "faq", "title": "怎么保存", "question": "怎么保存图纸", "similar": ["图纸怎么存"],
        "answer": "点【保存】。\n", "topic": "backup", "versions": "*", "owner": "资料组",
    }  # fmt: skip
    return Entry.from_json({**said, **more})


def form(base: str = "", action: str = "save", **more: Any) -> dict[str, Any]:
    """What the browser sends."""
    return {**FORM, "base": base, "action": action, "gap": "", **more}


class Knowledge:
    """Does to a world's desk what people would have done."""

    def __init__(self, world: World) -> None:
        self._world = world

    def draft(self, entry_id: str = "faq-save", *, by: str = "li", **more: Any) -> EntryVersion:
        made, author = entry(entry_id, **more), self._world.agent(by).actor
        with self._world.db.write() as session:
            return entries.save_draft(
                session, made.id, made.content, made.version, author=author, now=self._world.clock()
            )

    def submitted(self, entry_id: str = "faq-save", *, by: str = "li", **more: Any) -> EntryVersion:
        saved = self.draft(entry_id, by=by, **more)
        with self._world.db.write() as session:
            return entries.submit(session, entry_id, saved.number, by=saved.author, now=self._world.clock())

    def live(self, entry_id: str = "faq-save", *, by: str = "li", **more: Any) -> EntryVersion:
        waiting = self.submitted(entry_id, by=by, **more)
        with self._world.db.write() as session:
            return entries.approve(session, entry_id, waiting.number, by="agent:99", now=self._world.clock())

    def pin(self, entry_id: str = "faq-save", text: str = "怎么保存") -> Pin:
        with self._world.db.write() as session:
            return pins.add(session, text, entry_id, author="agent:1", now=self._world.clock())

    def gap(self, *questions: str, title: str = "图纸能加水印吗", channel: str = "web") -> Gap:
        """Asked by a different person each."""
        now = self._world.clock()
        with self._world.db.write() as session:
            before = {one.id for one in gaps.unclustered(session)}
            for number, text in enumerate(questions):
                talk = conversations.open_for(session, channel, f"{channel}-{title}-{number}", now=now)
                messages.record_inbound(session, talk.id, f"{title}-{number}", text, now=now)
                unanswered.record(session, talk.id, text, source="declined", reason="no_evidence", now=now)
            fresh = [one.id for one in gaps.unclustered(session) if one.id not in before]
            return gaps.attach(session, None, fresh, title, now=now)

    def loose(self, text: str = "手机上能看模型吗") -> None:
        with self._world.db.write() as session:
            talk = conversations.open_for(session, "web", "loose", now=self._world.clock())
            unanswered.record(session, talk.id, text, source="declined", reason="no_evidence", now=self._world.clock())

    def publication(self, *, state: Any = "published", build_id: str = BUILD, **report: Any) -> Publication:
        with self._world.db.write() as session:
            return publications.record(
                session, "publish", build_id, by="agent:1", state=state, report=report, now=self._world.clock()
            )

    def job(self, kind: str, report: Mapping[str, Any] | None = None, **payload: Any) -> Job:
        """Finished when there is a report."""
        with self._world.db.write() as session:
            asked = jobs.request(session, kind, payload, by="agent:1", now=self._world.clock())
            if report is not None:
                taken = jobs.lease(session, (kind,), now=self._world.clock())
                assert taken is not None
                jobs.finish(session, taken, report, now=self._world.clock())
            return jobs.get(session, asked.id)

    def of(self, entry_id: str = "faq-save") -> EntryRecord:
        with self._world.db.read() as session:
            return entries.get(session, entry_id)

    def versions(self, entry_id: str = "faq-save") -> tuple[EntryVersion, ...]:
        with self._world.db.read() as session:
            return entries.versions(session, entry_id)

    def entry_ids(self) -> list[str]:
        with self._world.db.read() as session:
            return [one.entry_id for one in entries.listing(session)]

    def gap_now(self, gap_id: int) -> Gap:
        with self._world.db.read() as session:
            return gaps.get(session, gap_id)

    def members(self, gap_id: int) -> tuple[Question, ...]:
        with self._world.db.read() as session:
            return gaps.members(session, gap_id)

    def pins(self) -> list[tuple[str, str]]:
        with self._world.db.read() as session:
            return [(one.text, one.entry_id) for one in pins.listing(session)]

    def jobs(self, *kinds: str) -> tuple[Job, ...]:
        with self._world.db.read() as session:
            return jobs.listing(session, kinds=kinds)


def write_build(index: Path, *served: Entry, build_id: str = BUILD) -> None:
    """What the console reads of a build."""
    (index / build_id).mkdir(parents=True)
    lines = "".join(json.dumps(one.to_json(), ensure_ascii=False) + "\n" for one in served)
    (index / build_id / "entries.jsonl").write_text(lines, encoding="utf-8")
