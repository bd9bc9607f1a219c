"""More WeChat messages than the product can answer at once: what is late, what is said twice, what is lost?

`.venv/bin/python -m evaluation.wechat_load --messages 10000 --factor 4`

The whole product (`gongda up`, real engine) behind the fake WeChat server, which takes 50 ms to 1 s for a call. First
the capacity: the rate is raised until the 95th percentile of the first answer leaves 1.5 s. Then every message comes
from a follower of its own, signed, at `factor` times that rate with random gaps, cut after five seconds and delivered
three times as WeChat does it. The first answer is the passive reply or the first push, whichever comes first; a message
is lost when nothing has come although the product has nothing left to do.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import signal
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx2

from desk.clock import system_clock
from evaluation import cpu
from evaluation.engine_models import ROOT
from evaluation.report import foot, surroundings, table, write
from evaluation.servers import Server, our_stack
from evaluation.wechat_serving import APP_ID, APP_SECRET, TOKEN, account, serving, towards
from gateway.channels.wechat.fake import FakeWeChat
from gateway.channels.wechat.fakes.delays import spread
from gateway.channels.wechat.fakes.follower import FakeFollower
from gateway.channels.wechat.fakes.pushes import Push
from gateway.channels.wechat.fakes.wire import CUT

SEED = 7
PROMPT = 1.5  # seconds: what the 95th percentile must keep for a rate to be within the capacity
STEP_LASTS, FIRST_RATE, RAISED_BY = 15.0, 1.0, 1.4  # seconds, messages a second, times
_ASKED = ROOT / "kb" / "asked" / "sample.jsonl"
_DRAINED_WITHIN = 1800.0  # seconds


@dataclass
class Message:
    """One follower's one message. Times are seconds on the monotonic clock."""

    follower: FakeFollower
    text: str
    began: float = 0.0
    first: float | None = None  # when the first answer came
    seen: list[str] = field(default_factory=list)

    @property
    def took(self) -> float | None:
        return None if self.first is None else self.first - self.began

    def sees(self, text: str) -> None:
        self.seen.append(text)
        self.first = self.first or time.monotonic()


class Crowd:
    """Followers who each write once."""

    def __init__(self, http: httpx2.AsyncClient, wechat: FakeWeChat, rng: random.Random) -> None:
        self._http, self._wechat, self._rng = http, wechat, rng
        self._numbers = count(1)
        self._texts = [json.loads(line)["text"] for line in _ASKED.read_text(encoding="utf-8").splitlines()]
        self._by_openid: dict[str, Message] = {}
        wechat.on_push = self._pushed

    async def write(self, messages: int, rate: float) -> list[Message]:
        """At random moments, `rate` a second on average; returns when WeChat has done with all of them."""
        made, tasks = [], []
        due = time.monotonic()
        for _ in range(messages):
            due += self._rng.expovariate(rate)
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            made.append(self._message())
            tasks.append(asyncio.create_task(_write(made[-1])))
        await asyncio.gather(*tasks)
        return made

    def _message(self) -> Message:
        openid = f"oLoad{next(self._numbers):06d}"
        follower = FakeFollower(self._http, TOKEN, system_clock, openid, self._wechat)
        self._by_openid[openid] = Message(follower, self._rng.choice(self._texts))
        return self._by_openid[openid]

    def _pushed(self, push: Push) -> None:
        if push.openid in self._by_openid:
            self._by_openid[push.openid].sees(push.text)


async def _write(message: Message) -> None:
    message.began = time.monotonic()
    passive = await message.follower.say(message.text)
    if passive:
        message.sees(passive)


async def capacity(crowd: Crowd, database: Path) -> tuple[float, list[dict[str, Any]]]:
    """The highest rate that was kept, and every rate that was tried."""
    rate, kept, tried = FIRST_RATE, 0.0, list[dict[str, Any]]()
    while True:
        wrote = await crowd.write(max(20, round(rate * STEP_LASTS)), rate)
        drained = await _drained(database, 120.0)
        p95 = _percentile(wrote, 0.95)
        good = p95 is not None and p95 < PROMPT
        tried.append({"per_second": round(rate, 2), "messages": len(wrote), "p50": _percentile(wrote, 0.5),
                      "p95": p95, "drained_after": drained, "kept": good})  # fmt: skip
        if not good:
            return kept or rate, tried
        kept, rate = rate, rate * RAISED_BY


async def measure(messages: int, factor: float, rate: float | None) -> dict[str, Any]:
    """Capacity (unless `rate` says it), then the storm."""
    rng = random.Random(SEED)  # noqa: S311 - the same questions and gaps every time
    wechat = FakeWeChat(system_clock, APP_ID, APP_SECRET, delays=spread(SEED, 0.05, 1.0))
    with tempfile.TemporaryDirectory(prefix="gongda-wechat-load-") as folder:
        async with serving(wechat) as api:
            stack = our_stack(Path(folder), account(api))
            server = await asyncio.to_thread(stack.__enter__)
            try:
                async with towards(server.url, 30.0) as http:
                    return await _measure(messages, factor, rate, Crowd(http, wechat, rng), server)
            finally:
                await asyncio.to_thread(stack.__exit__, None, None, None)


async def _measure(messages: int, factor: float, rate: float | None, crowd: Crowd, server: Server) -> dict[str, Any]:
    database = server.database or Path()
    await crowd.write(10, 1.0)  # dictionaries of every process
    await _drained(database, 120.0)
    if rate is None:
        rate, tried = await capacity(crowd, database)
    else:
        tried = []
    before, began = _cpu(server), time.monotonic()
    wrote = await crowd.write(messages, rate * factor)
    sent_after = time.monotonic() - began
    drained = await _drained(database, _DRAINED_WITHIN)
    lasted = time.monotonic() - began
    spent = {name: round((after - before[name]) / lasted, 2) for name, after in _cpu(server).items()}
    return {
        "surroundings": surroundings(),
        "messages": messages,
        "capacity_per_second": round(rate, 2),
        "offered_per_second": round(rate * factor, 2),
        "sent_and_answered_by_wechat_after_seconds": round(sent_after, 1),
        "drained_after_seconds": drained,
        **_figures(wrote),
        **_stored(database, {message.follower.openid for message in wrote}),
        "cpus_used": spent,
        "capacity": tried,
    }


def _figures(wrote: Sequence[Message]) -> dict[str, Any]:
    late = [message for message in wrote if message.took is not None and message.took > CUT]
    return {
        "deliveries": sum(message.follower.deliveries for message in wrote),
        "passive": sum(bool(message.follower.chat) for message in wrote),
        "pushed_only": sum(bool(message.seen) and not message.follower.chat for message in wrote),
        "late": len(late),
        "red_sentences": sum(message.follower.unavailable for message in wrote),
        "duplicates": sum(len(message.seen) - len(set(message.seen)) for message in wrote),
        "lost": sum(not message.seen for message in wrote),
        "first_answer_seconds": {
            **{f"p{round(100 * share)}": _percentile(wrote, share) for share in (0.5, 0.95, 0.99)},
            "slowest": _percentile(wrote, 1.0),
        },
    }


def _stored(database: Path, openids: set[str]) -> dict[str, Any]:
    """How the desk has it: what it stored of this crowd, which turns were degraded, what it still owes."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
        rows = db.execute(
            "SELECT c.external_id, m.external_id, t.degraded FROM messages m JOIN conversations c ON "
            "c.id = m.conversation_id LEFT JOIN turns t ON t.turn_id = m.turn_id WHERE m.author = 'user'"
        ).fetchall()
        outbox = dict(db.execute("SELECT status, count(*) FROM outbox GROUP BY status").fetchall())
        (ambiguous,) = db.execute("SELECT coalesce(sum(ambiguous), 0) FROM outbox").fetchone()
    ours = [(message, degraded) for openid, message, degraded in rows if openid in openids]
    return {
        "stored": len({message for message, _ in ours}),
        "stored_twice": len(ours) - len({message for message, _ in ours}),
        "degraded_turns": sum(bool(degraded) for _, degraded in ours),
        "without_turn": sum(degraded is None for _, degraded in ours),
        "outbox": outbox,
        "outbox_ambiguous": ambiguous,
    }


async def _drained(database: Path, within: float) -> float | None:
    """Seconds until nothing is owed any more; None when that takes longer."""
    began = time.monotonic()
    while time.monotonic() - began < within:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
            (left,) = db.execute("SELECT count(*) FROM outbox WHERE status IN ('pending', 'leased')").fetchone()
            (open_,) = db.execute("SELECT count(*) FROM messages WHERE author='user' AND status='pending'").fetchone()
        if not left and not open_:
            return round(time.monotonic() - began, 1)
        await asyncio.sleep(0.5)
    return None


def _cpu(server: Server) -> dict[str, float]:
    return {name: cpu.seconds(cpu.family(pid)) for name, pid in server.programs.items()}


def _percentile(wrote: Sequence[Message], share: float) -> float | None:
    """Of the first answers; what has none counts as slower than all."""
    took = sorted(message.took if message.took is not None else float("inf") for message in wrote)
    found = took[min(len(took) - 1, int(len(took) * share))]
    return None if found == float("inf") else round(found, 2)


def markdown(data: dict[str, Any]) -> str:
    """For people."""
    shown = [(name, value) for name, value in data.items() if name not in ("surroundings", "capacity")]
    steps = [tuple(step.values()) for step in data["capacity"]]
    text = "# 微信：超出处理能力的消息\n\n" + table(["", ""], shown)
    if steps:
        text += "\n## 处理能力\n\n" + table(list(data["capacity"][0]), steps)
    return text + foot(data)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--factor", type=float, default=4.0)
    parser.add_argument("--rate", type=float, help="messages a second that are taken for the capacity; else measured")
    parser.add_argument("--out", type=Path)
    wanted = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started ends with us
    data = asyncio.run(measure(wanted.messages, wanted.factor, wanted.rate))
    print(markdown(data))
    print(write(wanted.out, "wechat-load", data, markdown(data)))


if __name__ == "__main__":
    main()
