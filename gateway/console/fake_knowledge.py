"""An invented life of a knowledge base for `fake_server`: the sample corpus, what people do to it, and a worker."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from desk import conversations, entries, gaps, jobs, messages, pins, publications, unanswered
from desk.clock import Clock
from desk.database import Database
from desk.entries import Seed
from desk.session import Session
from retrieval.knowledge.entry import Entry

SAMPLE = Path(__file__).parent / "fake_knowledge.yml"
CORPUS = Path(__file__).parent.parent.parent / "kb"
_DONE: Mapping[str, Mapping[str, Any]] = {
    "rollback": {"former": "20261122T080012000000-a41c", "build_id": "20261121T093000000000-77e0"},
    "cluster": {"questions": 2, "gaps": 1},
}


def read_sample() -> dict[str, Any]:
    """The YAML beside this module."""
    return dict(yaml.safe_load(SAMPLE.read_text(encoding="utf-8")))


def corpus() -> dict[str, Entry]:
    """The entries that the repository ships, by id."""
    files = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(CORPUS.rglob("*.yml")))
    found = (Entry.from_json(one) for rows in files if isinstance(rows, list) for one in rows)
    return {entry.id: entry for entry in found}


def seed_knowledge(db: Database, index: Path, build_id: str, *, now: datetime) -> None:
    """Entries in every state, a build that serves, gaps and earlier publications."""
    sample, known = read_sample(), corpus()
    write_build(index, build_id, known)
    with db.write() as session:
        seeds = [Seed(entry.id, entry.content, entry.version) for entry in known.values()]
        entries.seed(session, seeds, now=now - timedelta(days=80))
        for one in sample["drafts"]:
            _draft(session, changed(known[one["of"]], one["change"]), one, now)
        for one in sample["new"]:
            _draft(session, Entry.from_json(one["content"]), one, now)
        for one in sample["retired"]:
            entries.retire(session, one["of"], by=f"agent:{one['by']}", reason=one["reason"], now=now)
        for one in sample["pins"]:
            pins.add(session, one["text"], one["of"], author=f"agent:{one['by']}", now=now)
        _approve(session, "faq-qr-label-print", now)
        for entry_id in sample["overdue"]:
            earlier = now - timedelta(days=60)
            entries.postpone_review(session, entry_id, (now - timedelta(days=12)).date(), by="agent:4", now=earlier)
        _gaps(session, sample, now)
        _history(session, sample, build_id, now)


def write_build(index: Path, build_id: str, served: Mapping[str, Entry]) -> None:
    """What the console reads of a build: which entries serve, with the review dates that seeding gives them."""
    folder = index / build_id
    folder.mkdir(parents=True)
    lines = (json.dumps(entry.to_json(), ensure_ascii=False) for entry in served.values())
    (folder / "entries.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def work(db: Database, clock: Clock, reports: Mapping[str, Any]) -> bool:
    """Finish the oldest job with an invented report; whether there was one."""
    with db.write() as session:
        job = jobs.lease(session, ("publish", "rollback", "ingest", "cluster"), now=clock())
        if job is None:
            return False
        report: Mapping[str, Any] = {**_DONE, **reports}[job.kind]
        if job.kind == "publish" and not job.payload.get("overrule"):
            report = {**reports["refused"], "rehearsed": bool(job.payload.get("rehearse"))}
        jobs.finish(session, job, report, now=clock())
    return True


def changed(entry: Entry, change: Mapping[str, Any]) -> Entry:
    """Texts replaced, similar questions added, everything else set."""
    data = entry.to_json()
    for name, value in change.items():
        if name == "similar":
            data["similar"] = [*data["similar"], *value]
        elif name == "answer":
            for old, new in value:
                data["answer"] = data["answer"].replace(old, new)
        else:
            data[name] = value
    return Entry.from_json(data)


def _draft(session: Session, entry: Entry, one: Mapping[str, Any], now: datetime) -> None:
    by, at = f"agent:{one['by']}", now - timedelta(minutes=one["minutes"])
    saved = entries.save_draft(session, entry.id, entry.content, entry.version, author=by, now=at)
    if one.get("submit"):
        entries.submit(session, entry.id, saved.number, by=by, now=at)
    if "reject" in one:
        no = one["reject"]
        entries.reject(session, entry.id, saved.number, by=f"agent:{no['by']}", comment=no["comment"], now=now)


def _approve(session: Session, entry_id: str, now: datetime) -> None:
    number = entries.get(session, entry_id).newest
    entries.approve(session, entry_id, number, by="agent:3", now=now - timedelta(minutes=60))


def _gaps(session: Session, sample: Mapping[str, Any], now: datetime) -> None:
    for one in sample["gaps"]:
        before = {each.id for each in gaps.unclustered(session)}
        for asked in one["asked"]:
            _ask(session, asked, now)
        fresh = [each.id for each in gaps.unclustered(session) if each.id not in before]
        gap = gaps.attach(session, None, fresh, one["title"], now=now)
        if "entry" in one:
            gaps.draft(session, gap.id, one["entry"], by="agent:4", now=now)
        if "dismissed" in one:
            gaps.dismiss(session, gap.id, by="agent:4", reason=one["dismissed"], now=now)
    for asked in sample["loose"]:
        _ask(session, asked, now)


def _ask(session: Session, asked: list[Any], now: datetime) -> None:
    channel, customer, question, source, minutes = asked
    at = now - timedelta(minutes=minutes)
    talk = conversations.open_for(session, channel, customer, now=at)
    messages.record_inbound(session, talk.id, f"fake-{customer}-{minutes}", question, now=at)
    messages.add(session, talk.id, "bot", "这个问题知识库里没有查到可靠的说明，我不能乱答。", now=at)
    unanswered.record(session, talk.id, question, source=source, reason="no_evidence", now=at)


def _history(session: Session, sample: Mapping[str, Any], build_id: str, now: datetime) -> None:
    for state, name, days in (("published", "publish", 3), ("refused", "refused", 2), ("published", "publish", 1)):
        build = build_id if days == 1 else f"20261119T09300{days}000000-77e{days}"
        report = {**sample[name], "build_id": build, "former": "20261118T090000000000-0c3f"}
        at = now - timedelta(days=days)
        publications.record(session, "publish", build, by="agent:4", state=_state(state), report=report, now=at)
    for kind, payload, outcome in _jobs(sample):
        job = jobs.request(session, kind, payload, by="agent:4", now=now - timedelta(hours=5))
        taken = jobs.lease(session, (kind,), now=now - timedelta(hours=5))
        if taken is not None and taken.id == job.id:
            jobs.finish(session, taken, outcome, now=now - timedelta(hours=5, minutes=-1))


def _jobs(sample: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    yield "ingest", {"folder": ""}, sample["ingest"]
    yield "publish", {"rehearse": True, "overrule": "", "refit": False}, {**sample["refused"], "rehearsed": True}


def _state(name: str) -> publications.State:
    return "published" if name == "published" else "refused"
