"""kill -9 of the gateway between the deliveries of one WeChat message: is anything lost, is anything said twice?

`.venv/bin/python -m evaluation.wechat_kills --rounds 200`

A round is a follower of their own who writes one or two messages, with WeChat's three deliveries, while the gateway is
killed once, twice or three times at seeded moments from just after the first delivery until after the last, and comes
back. The gateway is the real application on a real database; its engine takes as long as the round wants, so that quick
answers, late ones (a push instead) and bursts are hit. The worker is the real one and is not killed. All of WeChat's
times are a fifth of the real ones (cut at 1 s instead of 5, and so on).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from desk.clock import system_clock
from desk.database import Database
from evaluation.engine_models import ROOT
from evaluation.report import foot, surroundings, table, write
from evaluation.servers import NotReady, free_ports
from evaluation.wechat_gateway import CUT, LATE_PATIENCE
from evaluation.wechat_serving import APP_ID, APP_SECRET, TOKEN, account, serving, towards
from gateway.channels.wechat.fake import FakeWeChat
from gateway.channels.wechat.fakes.delays import spread
from gateway.channels.wechat.fakes.follower import FakeFollower

SEED = 7
DRAINED_WITHIN = 120.0  # seconds until nothing waits to be sent any more
_LAST = 3 * CUT + 0.3  # after the last delivery is over
_BACK_WITHIN = 20.0


@dataclass
class Round:
    """One follower's messages; `marks` are what an answer to each of them contains."""

    follower: FakeFollower
    marks: tuple[str, ...]
    takes: float  # seconds of the engine
    kills: tuple[float, ...]  # seconds after the first delivery
    passive: Counter[str] = field(default_factory=Counter)
    pushed: Counter[str] = field(default_factory=Counter)


class Gateways:
    """Forks a gateway, kills it, forks the next."""

    def __init__(self, data: Path, port: int, api: str) -> None:
        self.url, self.killed = f"http://127.0.0.1:{port}", 0
        command = [sys.executable, "-m", "evaluation.wechat_gateway", "--data", str(data), "--port", str(port)]
        self._log = data / "gateway.log"
        with self._log.open("wb") as log:
            self._maker = subprocess.Popen(
                [*command, "--api", api], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
            )
        self._pid = 0

    async def start(self) -> None:
        """Returns when it answers."""
        maker = self._maker
        if maker.stdin is None or maker.stdout is None:
            raise NotReady("the process that makes gateways has no pipes")
        maker.stdin.write(b"start\n")
        maker.stdin.flush()
        self._pid = int(await asyncio.to_thread(maker.stdout.readline) or 0)
        async with httpx2.AsyncClient(base_url=self.url, timeout=2.0) as http:
            until = time.monotonic() + _BACK_WITHIN
            while time.monotonic() < until:
                with suppress(httpx2.TransportError):
                    if (await http.get("/wechat")).status_code == 403:
                        return
                await asyncio.sleep(0.02)
        raise NotReady(f"the gateway is not back within {_BACK_WITHIN:.0f} s:\n{self._log.read_text()[-2000:]}")

    def kill(self) -> None:
        """kill -9."""
        os.kill(self._pid, signal.SIGKILL)
        self.killed += 1

    def stop(self) -> None:
        """The last one, and the one that makes them."""
        if self._pid:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
        self._maker.kill()
        self._maker.wait()


async def measure(rounds: int, kept: Path | None = None) -> dict[str, Any]:
    """All rounds on one database, copied into `kept`; what the followers saw, against what the desk stored."""
    rng = random.Random(SEED)  # noqa: S311 - the same moments every time
    wechat = FakeWeChat(system_clock, APP_ID, APP_SECRET, delays=spread(SEED, 0.05, 1.0))
    with tempfile.TemporaryDirectory(prefix="gongda-kills-") as folder:
        data = Path(folder)
        desk = Database(f"sqlite:///{data / 'desk.db'}").open()
        desk.migrate()
        desk.close()
        async with serving(wechat) as api:
            gateways = Gateways(data, free_ports(1)[0], api)
            worker = _worker(data, api)
            try:
                await gateways.start()
                began = time.monotonic()
                async with towards(gateways.url, 2 * CUT) as http:
                    played = [await _play(_round(number, rng, http, wechat), gateways, rng) for number in range(rounds)]
                took = time.monotonic() - began
                drained = await _drained(data)
            finally:
                worker.kill()
                worker.wait()
                gateways.stop()
        figures = _figures(played, wechat, data)
        if kept is not None:
            shutil.copytree(data, kept, dirs_exist_ok=True)
    return {"surroundings": surroundings(), "rounds": rounds, "kills": gateways.killed, "seconds": round(took, 1),
            "drained_after_seconds": drained, **figures}  # fmt: skip


def _round(number: int, rng: random.Random, http: httpx2.AsyncClient, wechat: FakeWeChat) -> Round:
    """A third quick answers, a third late ones, a third bursts of two."""
    kind = ("quick", "late", "burst")[number % 3]
    takes = rng.uniform(0.9, 2.5) if kind == "late" else rng.uniform(0.02, 0.9)
    many = 2 if kind == "burst" else 1
    follower = FakeFollower(http, TOKEN, system_clock, f"oKill{number:05d}", wechat, cut=CUT)
    # Where the interesting moments are: while the answer is being made, and all along.
    first = rng.uniform(0.002, min(takes + 0.2, _LAST)) if rng.random() < 0.6 else rng.uniform(0.002, _LAST)
    more = [rng.uniform(first, _LAST) for _ in range(rng.choice([0, 0, 1, 2]))]
    marks = tuple(f"K{number:05d}{letter}" for letter in "AB"[:many])
    return Round(follower, marks, takes, tuple(sorted([first, *more])))


async def _play(played: Round, gateways: Gateways, rng: random.Random) -> Round:
    began = time.monotonic()
    saying = asyncio.gather(*(_say(played, index) for index in range(len(played.marks))))
    for moment in played.kills:
        await asyncio.sleep(max(0.0, began + moment - time.monotonic()))
        gateways.kill()
        await asyncio.sleep(rng.uniform(0.02, 0.5))
        await gateways.start()
    await saying
    return played


async def _say(played: Round, index: int) -> None:
    await asyncio.sleep(0.1 * index)
    text = f"导出报表提示 {played.marks[index]} 怎么办〔{played.takes:.2f} 秒〕"
    if index == 0 and len(played.marks) > 1:
        text = f"急 {played.marks[0]}"  # a fragment: the gateway waits for the rest
    await played.follower.say(text)


async def _drained(data: Path) -> float | None:
    """Seconds until nothing is owed any more; None when that takes too long."""
    began = time.monotonic()
    while time.monotonic() - began < DRAINED_WITHIN:
        await asyncio.sleep(0.5)
        with closing(sqlite3.connect(f"file:{data / 'desk.db'}?mode=ro", uri=True)) as db:
            (left,) = db.execute("SELECT count(*) FROM outbox WHERE status IN ('pending', 'leased')").fetchone()
            (open_,) = db.execute("SELECT count(*) FROM messages WHERE author='user' AND status='pending'").fetchone()
        if not left and not open_:
            return round(time.monotonic() - began, 1)
    return None


def _figures(played: Sequence[Round], wechat: FakeWeChat, data: Path) -> dict[str, Any]:
    with closing(sqlite3.connect(f"file:{data / 'desk.db'}?mode=ro", uri=True)) as db:
        asked = [text for (text,) in db.execute("SELECT text FROM messages WHERE author = 'user'")]
        outbox = dict(db.execute("SELECT status, count(*) FROM outbox GROUP BY status").fetchall())
        (ambiguous,) = db.execute("SELECT coalesce(sum(ambiguous), 0) FROM outbox").fetchone()
        parked = [str(row) for row in db.execute("SELECT payload FROM outbox WHERE status IN ('parked', 'failed')")]
    for one in played:
        texts = wechat.texts_to(one.follower.openid)
        for mark in one.marks:
            one.passive[mark] = sum(mark in text for text in one.follower.chat)
            one.pushed[mark] = sum(mark in text for text in texts)
    seen = {mark: (one.passive[mark], one.pushed[mark]) for one in played for mark in one.marks}
    stored = Counter(mark for mark in seen if any(mark in text for text in asked))
    unseen = [mark for mark, (passive, pushed) in seen.items() if not passive and not pushed]
    return {
        "messages": len(seen),
        "stored": len(stored),
        "stored_twice": sum(sum(mark in text for text in asked) > 1 for mark in stored),
        "answered_passively": sum(passive > 0 for passive, _ in seen.values()),
        "answered_by_push": sum(pushed > 0 and not passive for passive, pushed in seen.values()),
        "red_sentences": sum(one.follower.unavailable for one in played),
        "not_stored_and_told_so": sum(mark not in stored for mark in unseen),
        "waiting_for_the_follower": sum(any(mark in row for row in parked) for mark in unseen if mark in stored),
        "lost": [mark for mark in unseen if mark in stored and not any(mark in row for row in parked)],
        "passive_doubled": [mark for mark, (passive, _) in seen.items() if passive > 1],
        "passive_and_pushed": [mark for mark, (passive, pushed) in seen.items() if passive and pushed],
        "pushed_twice": [mark for mark, (_, pushed) in seen.items() if pushed > 1],
        "how": {
            mark: f"engine {one.takes:.2f} s, kills at {[round(at, 3) for at in one.kills]}, "
            f"{one.follower.deliveries} deliveries, {one.follower.unavailable} red"
            for one in played
            for mark in one.marks
            if seen[mark] == (0, 0) or sum(seen[mark]) > 1
        },
        "outbox": outbox,
        "outbox_ambiguous": ambiguous,
    }


def _worker(data: Path, api: str) -> subprocess.Popen[bytes]:
    """The real one, with the same account."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("GONGDA_")}
    with (data / "worker.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "gongda", "worker"],
            cwd=ROOT,
            env={**outside, "GONGDA_DATA": str(data), **account(api)},
            stdout=log,
            stderr=log,
        )


def markdown(data: dict[str, Any]) -> str:
    """For people."""
    shown = [
        (name, f"{len(value)} {value[:10] or ''}" if isinstance(value, list) else value)
        for name, value in data.items()
        if name not in ("surroundings", "how")
    ]
    scale = f"微信的时间都缩为五分之一：{CUT:g} 秒断开，{LATE_PATIENCE:g} 秒后由后台补发。"
    return f"# 同一条微信消息的几次投递之间杀掉网关\n\n{scale}\n\n" + table(["", ""], shown) + foot(data)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--keep", type=Path, help="a folder for the database and the logs")
    parser.add_argument("--out", type=Path)
    wanted = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started ends with us
    data = asyncio.run(measure(wanted.rounds, wanted.keep))
    print(markdown(data))
    print(write(wanted.out, "wechat-kills", data, markdown(data)))


if __name__ == "__main__":
    main()
