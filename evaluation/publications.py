"""A thousand questions while the knowledge base is published again and again.

`.venv/bin/python -m evaluation.publications --questions 1000 --publications 20`

One entry says in its answer which publication it is from. Every answer names its build: the two must agree, and what
one turn says must come from one build.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import httpx2

from desk import asked, entries, publications
from desk.database import Database
from evaluation.clients import Reply, WebPerson
from evaluation.engine_models import ROOT
from evaluation.report import foot, surroundings, write
from evaluation.servers import Server, our_stack
from retrieval.knowledge.entry import Entry

MARKED = "faq-evaluation-marker"
QUESTION = "评测用的发布标记是第几次"
PEOPLE = 4
PAUSE = 0.3  # seconds between two questions of one person
PATIENCE = 4  # questions of one person; many are limited for each, and two misses call a human
_ASKED = ROOT / "kb" / "asked" / "sample.jsonl"


@dataclass
class Seen:
    """What the people saw. `mixed` are answers that do not fit their build, or turns with two builds."""

    asked: int = 0
    unanswered: int = 0
    with_human: int = 0
    errors: list[str] = field(default_factory=list)
    turns: int = 0
    mixed: list[str] = field(default_factory=list)
    marks: list[tuple[str, int]] = field(default_factory=list)  # build, what its answer said
    ms: list[float] = field(default_factory=list)
    builds: set[str] = field(default_factory=set)


class Reader(WebPerson):
    """A person who looks at the cards."""

    cards: list[dict[str, Any]]

    async def ask(self, text: str) -> Reply:
        self.cards = []
        return await self.say(text)

    def _answers(self, event: dict[str, Any], seq: int) -> bool:
        card = event.get("card") or (event.get("payload") or {}).get("card")
        if isinstance(card, dict) and int(event["seq"]) > seq:
            self.cards.append(card)
        return super()._answers(event, seq)


def run(questions: int, rounds: int) -> dict[str, Any]:
    """Start everything, publish and ask at the same time; the report's data."""
    with tempfile.TemporaryDirectory(prefix="gongda-publications-") as folder, our_stack(Path(folder)) as server:
        texts = [json.loads(line)["text"] for line in _ASKED.read_text(encoding="utf-8").splitlines()]
        began = datetime.now(timezone.utc)
        seen, published = asyncio.run(_run(server, Path(folder), texts, questions, rounds))
        _count_mixed(seen, server, began)
    return {"surroundings": surroundings(), **_figures(seen, published)}


async def _run(
    server: Server, folder: Path, texts: Sequence[str], questions: int, rounds: int
) -> tuple[Seen, list[dict[str, Any]]]:
    seen = Seen()
    publishing = asyncio.create_task(asyncio.to_thread(_publish_all, server, folder, rounds))
    async with httpx2.AsyncClient(timeout=60.0) as http:
        await asyncio.gather(
            *(_keep_asking(http, server.url, number, texts, seen, questions, publishing) for number in range(PEOPLE))
        )
    return seen, await publishing


async def _keep_asking(
    http: httpx2.AsyncClient, url: str, number: int, texts: Sequence[str], seen: Seen, questions: int,
    publishing: asyncio.Task[Any],
) -> None:  # fmt: skip
    """One person after the other, until enough was asked and the last publication is through."""
    came = number
    while seen.asked < questions or not publishing.done():
        person = Reader(http, url, f"10.{came // 65536}.{came // 256 % 256}.{came % 256}")
        for turn in range(PATIENCE):
            await _ask(person, QUESTION if turn % 2 else texts[(came * 7 + turn) % len(texts)], seen)
            await asyncio.sleep(PAUSE)
        await person.leave()
        came += PEOPLE


async def _ask(person: Reader, text: str, seen: Seen) -> None:
    seen.asked += 1
    try:
        reply = await person.ask(text)
    except httpx2.HTTPError as error:
        seen.errors.append(f"{text[:20]}: {error}"[:120])
        return
    if reply.silent:  # after two misses a human has the conversation
        seen.with_human += 1
        return
    seen.ms.append(reply.ms)
    seen.unanswered += not reply.answered
    _look(person.cards, seen)


def _look(cards: Sequence[dict[str, Any]], seen: Seen) -> None:
    seen.builds |= {card["build_id"] for card in cards if card.get("build_id")}
    for card in cards:
        if card.get("entry_id") == MARKED:
            said = int("".join(filter(str.isdigit, card["blocks"][0])))
            seen.marks.append((card["build_id"], said))


def _publish_all(server: Server, folder: Path, rounds: int) -> list[dict[str, Any]]:
    """Change one entry, publish, again; what each publication was."""
    database = _desk(server)
    environment = os.environ | {"GONGDA_DATA": str(folder / "data"), "GONGDA_ACTIONS_PORT": str(server.actions_port)}
    done = []
    for number in range(1, rounds + 1):
        _approve(database, number)
        began = time.monotonic()
        command = [sys.executable, "-m", "gongda", "kb", "publish", "--json"]
        ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
        report = json.loads(ended.stdout or "{}")
        done.append({"mark": number, "build_id": report.get("build_id"), "published": report.get("published", False),
                     "seconds": round(time.monotonic() - began, 1), "refitted": report.get("refitted")})  # fmt: skip
    with database.read() as session:
        recorded = {one.build_id for one in publications.listing(session, limit=rounds) if one.state == "published"}
    database.close()
    for one in done:
        one["recorded"] = one["build_id"] in recorded
    return done


def _desk(server: Server) -> Database:
    return Database(f"sqlite:///{server.database}").open()


def _count_mixed(seen: Seen, server: Server, began: datetime) -> None:
    """By the record: a late answer may reach a person after the next question."""
    database = _desk(server)
    with database.read() as session:
        found = asked.builds(session, since=began)
    database.close()
    seen.turns = len(found)
    seen.mixed = [f"{turn}: {sorted(names)}" for turn, names in found.items() if len(names) > 1]


def _approve(database: Database, number: int) -> None:
    answer = f"这是第 {number} 次发布。"
    entry = Entry(id=MARKED, type="faq", title="评测用的发布标记", question=QUESTION, answer=answer)
    now = datetime.now(timezone.utc)
    with database.write() as session:
        draft = entries.save_draft(session, MARKED, entry.content, entry.version, author="evaluation", now=now)
        entries.submit(session, MARKED, draft.number, by="evaluation", now=now)
        entries.approve(session, MARKED, draft.number, by="evaluation", four_eyes=False, now=now)


def _figures(seen: Seen, published: Sequence[dict[str, Any]]) -> dict[str, Any]:
    said = {one["build_id"]: one["mark"] for one in published if one["published"]}
    wrong = [f"{build} said {mark}" for build, mark in seen.marks if said.get(build) != mark]
    ms = sorted(seen.ms)
    return {
        "publications": len(published),
        "published": sum(one["published"] and one["recorded"] for one in published),
        "publication_seconds": {"median": sorted(one["seconds"] for one in published)[len(published) // 2],
                                "slowest": max(one["seconds"] for one in published)},
        "questions": seen.asked,
        "turns": seen.turns,
        "errors": len(seen.errors),
        "first_errors": seen.errors[:5],
        "unanswered": seen.unanswered,
        "with_human": seen.with_human,
        "builds_seen": len(seen.builds),
        "marked_answers": len(seen.marks),
        "mixed": [*seen.mixed, *wrong],
        "ms": {"p50": round(ms[len(ms) // 2]), "p99": round(ms[int(len(ms) * 0.99)]), "slowest": round(ms[-1])},
        "rounds": list(published),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=1000)
    parser.add_argument("--publications", type=int, default=20)
    options = parser.parse_args()
    data = run(options.questions, options.publications)
    text = "\n".join(["# 发布期间的问答", "", "```json",
                      json.dumps({name: value for name, value in data.items() if name != "rounds"},
                                 ensure_ascii=False, indent=1), "```", ""])  # fmt: skip
    print(write(None, "publications", data, text + foot(data)))
    print(text)


if __name__ == "__main__":
    main()
