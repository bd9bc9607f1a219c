"""Malformed, forged, downgraded and replayed requests against the real gateway: is any of them taken for WeChat's?

`.venv/bin/python -m evaluation.wechat_forged --requests 100000`

The gateway runs in a process of its own on a real port and a real database, with an engine that repeats the question:
one after the other in 明文模式, 兼容模式 and 安全模式, each with a third of the requests. Every twentieth request is a
message as WeChat sends it and has to be answered; every fortieth repeats one, as WeChat does.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlencode

import psutil  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring

from desk.database import Database
from evaluation.engine_models import ROOT
from evaluation.forged_addresses import Addresses
from evaluation.forged_bodies import Bodies
from evaluation.forging import PHONE, Captured, Query, Request, Signer
from evaluation.raw_http import Answered, send
from evaluation.report import foot, surroundings, table, write
from evaluation.servers import free_ports
from evaluation.wechat_account import ANSWER, APP_ID, KEY, OLD_KEY, OLD_TOKEN, TOKEN
from gateway.channels.wechat.fakes.crypto import FakeCrypto
from gateway.channels.wechat.fakes.wire import Mode

SEED = 7
AT_ONCE = 8  # connections
EVERY_VALID, EVERY_REPEAT, EVERY_STALL = 20, 40, 1000
WARM_UP = 300  # requests before the memory is looked at
SECRETS = (TOKEN, OLD_TOKEN, KEY, OLD_KEY, PHONE)


@dataclass
class Valid:
    """A message as WeChat sends it, and whether it was answered."""

    text: str
    query: Query
    body: bytes
    crypto: FakeCrypto | None


@dataclass
class Figures:
    """What came back, in one mode."""

    mode: str
    requests: int = 0
    statuses: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrongly: Counter[str] = field(default_factory=Counter)  # let through, or told more than they should be
    valid: int = 0
    answered: int = 0  # with the answer itself
    late: int = 0  # with a word that it will come, or with `success`: the machine was too slow for 4.5 seconds
    repeats: int = 0
    repeats_alike: int = 0
    facts: dict[str, Any] = field(default_factory=dict)


class Campaign:
    """One mode's requests, at most `AT_ONCE` at a time."""

    def __init__(self, mode: Mode, port: int, pid: int, count: int) -> None:
        self._rng = random.Random(f"{SEED}-{mode}")  # noqa: S311 - the same requests every time
        self._captured = Captured()
        self._signer = Signer(mode, self._rng, self._captured)
        self._addresses = Addresses(self._signer)
        self._kinds = [*self._addresses.kinds, *Bodies(self._signer).kinds]
        self._port = port
        self._process = psutil.Process(pid)
        self._count = count
        self._answers: list[tuple[Valid, str]] = []
        self.texts: list[str] = []
        self.figures = Figures(mode)

    async def run(self) -> Figures:
        gate = asyncio.Semaphore(AT_ONCE)
        began, rss = time.monotonic(), 0
        async with asyncio.TaskGroup() as tasks:
            for number in range(self._count):
                await gate.acquire()
                if number == min(WARM_UP, self._count // 2):
                    rss = self._process.memory_info().rss
                task = tasks.create_task(self._one(number))
                task.add_done_callback(lambda _: gate.release())
        self.figures.requests = self._count
        self.figures.facts = {
            "seconds": round(time.monotonic() - began, 1),
            "rss_mb": round(self._process.memory_info().rss / 2**20, 1),
            "rss_growth_mb": round((self._process.memory_info().rss - rss) / 2**20, 1),
            "alive": self._process.is_running(),
        }
        return self.figures

    async def _one(self, number: int) -> None:
        if number % EVERY_VALID == 0:
            await self._message(number)
        elif number % EVERY_REPEAT == 1 and self._answers:
            await self._repeat()
        else:
            stalls = number % EVERY_STALL == 2
            await self._forged(self._addresses.stalled() if stalls else self._rng.choice(self._kinds)())

    async def _forged(self, request: Request) -> None:
        answered = await send(self._port, request)
        figures = self.figures
        figures.statuses[request.kind][answered.shown] += 1
        if not request.stalls:
            figures.seconds[request.kind].append(answered.seconds)
        nothing = answered.status == 200 and answered.body in (b"success", b"")
        taken = answered.status == 200 and (request.refused or not nothing)
        if taken or answered.status >= 500 or b"Traceback" in answered.body:
            figures.wrongly[request.kind] += 1

    async def _message(self, number: int) -> None:
        token, key = self._rng.choice([(TOKEN, KEY), (TOKEN, OLD_KEY), (OLD_TOKEN, KEY), (OLD_TOKEN, OLD_KEY)])
        text = f"正常 {PHONE} {number}"
        fields = self._signer.fields(FromUserName=f"oValid{number}", Content=text)
        query, body = self._signer.signed(fields, token=token, key=key)
        crypto = FakeCrypto(token, key, APP_ID) if "msg_signature" in query else None
        valid = Valid(text, query, body, crypto)
        self.texts.append(text)
        self.figures.valid += 1
        answered = await send(self._port, Request("valid", urlencode(query), body))
        self.figures.seconds["valid"].append(answered.seconds)
        self.figures.statuses["valid"][answered.shown] += 1
        said = _said(answered, crypto)
        if said == f"{ANSWER}{text}":
            self.figures.answered += 1
            self._answers.append((valid, said))
        elif answered.status == 200:
            self.figures.late += 1
        self._captured.keep(query, body)

    async def _repeat(self) -> None:
        """WeChat's second delivery: anew under its own signature or under the first one, at once or a little later."""
        valid, said = self._rng.choice(self._answers[-20:])
        answered = await send(self._port, Request("repeat", urlencode(valid.query), valid.body))
        self.figures.repeats += 1
        self.figures.seconds["repeat"].append(answered.seconds)
        self.figures.statuses["repeat"][answered.shown] += 1
        self.figures.repeats_alike += _said(answered, valid.crypto) == said


def _said(answered: Answered, crypto: FakeCrypto | None) -> str | None:
    """The words of a passive reply, as WeChat's server would read it."""
    with suppress(Exception):
        root = fromstring(answered.body)
        if crypto is not None:
            encrypted, signature, stamp, nonce = (
                str(root.findtext(name)) for name in ("Encrypt", "MsgSignature", "TimeStamp", "Nonce")
            )
            if not crypto.signed(signature, stamp, nonce, encrypted):
                return None
            root = fromstring(crypto.decrypt(encrypted))
        return str(root.findtext("Content"))
    return None


def one_mode(mode: Mode, count: int) -> Figures:
    """A fresh gateway, its requests, and what its database and its log hold afterwards."""
    with tempfile.TemporaryDirectory() as folder, _gateway(mode, Path(folder)) as (port, pid):
        campaign = Campaign(mode, port, pid, count)
        figures = asyncio.run(campaign.run())
        log = (Path(folder) / "log").read_text(encoding="utf-8", errors="replace")
        stored = _stored(Path(folder) / "desk.db")
    sent = Counter(campaign.texts)
    figures.facts |= {
        "accepted": sum((stored - sent).values()),
        "valid_lost": sum((sent - stored).values()),
        "log_kb": round(len(log.encode()) / 1024, 1),
        "tracebacks": log.count("Traceback"),
        "exceptions": _exceptions(log),
        "secrets_in_log": sum(log.count(secret) for secret in SECRETS),
    }
    return figures


def _exceptions(log: str) -> str:
    """What the tracebacks in a log end with."""
    kinds = Counter(re.findall(r"^([A-Za-z_][\w.]*)(?::|$)", log, re.MULTILINE))
    return "，".join(f"{kind} × {times}" for kind, times in kinds.items() if not kind.isupper())


def _stored(database: Path) -> Counter[str]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
        return Counter(str(text) for (text,) in db.execute("SELECT text FROM messages WHERE author = 'user'"))


@contextmanager
def _gateway(mode: Mode, folder: Path) -> Iterator[tuple[int, int]]:
    """Port and process id."""
    database = Database(f"sqlite:///{folder / 'desk.db'}").open()
    database.migrate()
    database.close()
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "evaluation.wechat_account",
               "--data", str(folder), "--port", str(port), "--mode", mode]  # fmt: skip
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    try:
        _wait(port, child, folder / "log")
        yield port, child.pid
    finally:
        child.terminate()
        child.wait(30)
        shutil.rmtree(folder / "uploads", ignore_errors=True)


def _wait(port: int, child: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if child.poll() is not None:
            raise RuntimeError(f"the gateway ended: {log.read_text(encoding='utf-8')[-2000:]}")
        if asyncio.run(send(port, Request("", "", b"", method="GET"))).status == 403:
            return
        time.sleep(0.1)
    raise RuntimeError("the gateway did not come up")


def measure(count: int) -> dict[str, Any]:
    """All three modes."""
    modes = get_args(Mode)
    done = [one_mode(mode, count // len(modes)) for mode in modes]
    return {"surroundings": surroundings(), "at_once": AT_ONCE, "modes": [_shown(figures) for figures in done]}


def _shown(figures: Figures) -> dict[str, Any]:
    seconds = {kind: sorted(times) for kind, times in figures.seconds.items() if times}
    hostile = sorted(time for kind, times in seconds.items() if kind not in ("valid", "repeat") for time in times)
    statuses: Counter[str] = Counter()
    for counted in figures.statuses.values():
        statuses.update(counted)
    return {
        "mode": figures.mode, "requests": figures.requests, "accepted": figures.facts["accepted"],
        "let_through": sum(figures.wrongly.values()), "let_through_by_kind": dict(figures.wrongly),
        "5xx": sum(times for status, times in statuses.items() if status.startswith("5")),
        "valid": figures.valid, "valid_answered": figures.answered,
        "valid_late": figures.late, "valid_lost": figures.facts["valid_lost"],
        "repeats": figures.repeats, "repeats_answered_alike": figures.repeats_alike,
        "dropped": statuses["dropped"], "p50_ms": _ms(hostile, 0.5), "p99_ms": _ms(hostile, 0.99),
        "slowest_ms": _ms(hostile, 1.0), "valid_p50_ms": _ms(seconds["valid"], 0.5),
        "valid_p99_ms": _ms(seconds["valid"], 0.99), **figures.facts,
        "kinds": {
            kind: {"statuses": dict(counted), "p50_ms": _ms(seconds.get(kind, []), 0.5),
                   "slowest_ms": _ms(seconds.get(kind, []), 1.0)}
            for kind, counted in sorted(figures.statuses.items())
        },
    }  # fmt: skip


def _ms(times: Sequence[float], part: float) -> float | None:
    """A quantile of sorted seconds."""
    return round(times[min(len(times) - 1, int(len(times) * part))] * 1000, 1) if times else None


def markdown(data: dict[str, Any]) -> str:
    """For people."""
    modes = data["modes"]
    names = [name for name in modes[0] if name not in ("mode", "kinds", "let_through_by_kind")]
    head = ["", *(one["mode"] for one in modes)]
    text = "# 伪造、重放和残缺的微信请求\n\n"
    text += f"同时 {data['at_once']} 个连接；accepted 是存进数据库而不是微信发来的消息。\n\n"
    text += table(head, [[name, *(one[name] for one in modes)] for name in names])
    for one in modes:
        text += f"\n## {one['mode']}\n\n"
        rows = [
            [kind, "，".join(f"{status} × {times}" for status, times in found["statuses"].items()), found["p50_ms"],
             found["slowest_ms"]]
            for kind, found in one["kinds"].items()
        ]  # fmt: skip
        text += table(["kind", "answers", "p50 ms", "slowest ms"], rows)
    return text + foot(data)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--out", type=Path)
    wanted = parser.parse_args(arguments)
    data = measure(wanted.requests)
    print(markdown(data))
    print(write(wanted.out, "wechat-forged", data, markdown(data)))


if __name__ == "__main__":
    main()
