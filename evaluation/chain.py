"""The whole chain beside bare Rasa servers: CPU milliseconds a message and latency, same messages, blocks in turn.

`.venv/bin/python -m evaluation.chain --messages evaluation/questions/intents.jsonl`
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from evaluation import cpu
from evaluation.bare_bot import bare_bot
from evaluation.clients import Person, Reply, RestPerson, WebPerson
from evaluation.engine_models import ROOT
from evaluation.labelled import read_questions
from evaluation.measures import percentiles, share
from evaluation.report import foot, surroundings, table, write
from evaluation.servers import Server, bare_rasa, our_stack
from gateway.turns.bursts import complete

BLOCK = 20
PER_SENDER = 5
IDLE_SECONDS = 20
_SCRATCH = ROOT / "var" / "evaluation" / "bots"
_CONFIGS = {"bare_gongda": "config.yml", "bare_logistic": "evaluation/configs/logistic.yml",
            "bare_diet": "evaluation/configs/diet.yml"}  # fmt: skip


@dataclass
class Run:
    """What one server did."""

    server: Server
    new_person: Callable[[httpx2.AsyncClient, int], Person]
    replies: list[tuple[str, Reply]] = field(default_factory=list)
    cpu_seconds: float = 0.0
    by_program: dict[str, float] = field(default_factory=dict)
    blocks: list[float] = field(default_factory=list)  # CPU ms a message of each block
    idle_cpu_ms_per_second: float = 0.0


def measure(texts: Sequence[str], names: Sequence[str]) -> dict[str, Any]:
    """Start everything, ask in turn, stop everything; the report's data."""
    bots = [bare_bot(name, ROOT / _CONFIGS[name], ROOT / "nlu_data", _SCRATCH) for name in names]
    with tempfile.TemporaryDirectory(prefix="gongda-chain-") as temporary, ExitStack() as stack:
        folder = Path(temporary)
        ours = stack.enter_context(our_stack(folder))
        runs = [Run(ours, lambda http, number: WebPerson(http, ours.url, _address(number)))]
        for bot in bots:
            server = stack.enter_context(bare_rasa(bot, folder))
            runs.append(Run(server, _rest(server.url)))
        asyncio.run(_ask(runs, texts))
        for run in runs:
            run.idle_cpu_ms_per_second = _idle(run.server)
        return {
            "surroundings": surroundings(),
            "messages": len(texts),
            "per_sender": PER_SENDER,
            "servers": {run.server.name: _figures(run) for run in runs},
            "turns": _turns(ours.database),
        }


def _rest(url: str) -> Callable[[httpx2.AsyncClient, int], Person]:
    return lambda http, _: RestPerson(http, url)


async def _ask(runs: Sequence[Run], texts: Sequence[str]) -> None:
    async with httpx2.AsyncClient(timeout=60.0) as http:
        for run in runs:  # first messages fill caches and are not counted
            await _conversation(run, http, texts[:PER_SENDER], 0)
            run.replies.clear()
        for number, block in enumerate(_cut(texts, BLOCK), 1):
            for run in runs:
                await _block(run, http, block, number)


async def _block(run: Run, http: httpx2.AsyncClient, block: Sequence[str], number: int) -> None:
    before = {name: cpu.seconds([pid]) for name, pid in run.server.programs.items()}
    began = run.server.cpu_seconds()
    for place, texts in enumerate(_cut(block, PER_SENDER)):
        await _conversation(run, http, texts, number * BLOCK + place)
    used = run.server.cpu_seconds() - began
    run.cpu_seconds += used
    run.blocks.append(used * 1000 / len(block))
    for name, earlier in before.items():
        now = cpu.seconds([run.server.programs[name]])
        run.by_program[name] = run.by_program.get(name, 0.0) + now - earlier


async def _conversation(run: Run, http: httpx2.AsyncClient, texts: Sequence[str], number: int) -> None:
    person = run.new_person(http, number)
    for text in texts:
        reply = await person.say(text)
        run.replies.append((text, reply))
        if not reply.answered:
            # A human has the conversation (or something failed): go on as somebody new.
            await person.leave()
            person = run.new_person(http, number)
    await person.leave()


def _idle(server: Server) -> float:
    """CPU ms a second while nobody asks."""
    began = server.cpu_seconds()
    time.sleep(IDLE_SECONDS)
    return round((server.cpu_seconds() - began) * 1000 / IDLE_SECONDS, 2)


def _figures(run: Run) -> dict[str, Any]:
    told = [(text, reply) for text, reply in run.replies if reply.answered]
    whole = [reply.ms for text, reply in told if complete(text)]
    count = len(run.replies)
    return {
        "messages": count,
        "answered": share([reply.answered for _, reply in run.replies]),
        "silent_for_a_human": sum(reply.silent and not reply.answered for _, reply in run.replies),
        "cpu_ms_per_message": round(run.cpu_seconds * 1000 / count, 2),
        "cpu_ms_of_blocks": percentiles(run.blocks, 25, 50, 75),
        "cpu_ms_by_program": {name: round(used * 1000 / count, 2) for name, used in run.by_program.items()},
        "messages_per_cpu_second": round(count / max(run.cpu_seconds, 1e-9), 1),
        "ms": percentiles([reply.ms for _, reply in told], 50, 95, 99),
        "ms_of_complete_messages": percentiles(whole, 50, 95, 99) | {"messages": len(whole)},
        "idle_cpu_ms_per_second": run.idle_cpu_ms_per_second,
        "rss_mb": cpu.resident_mb(run.server.pids),
        "processes": len(run.server.pids),
        "start_cpu_seconds": round(run.server.start_cpu_seconds, 1),
        "start_wall_seconds": run.server.start_wall_seconds,
    }


def _turns(database: Path | None) -> dict[str, int]:
    """What our own record says: every message stored, and how many turns had to do without the engine."""
    if database is None:
        return {}
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        turns, degraded = connection.execute("select count(*), coalesce(sum(degraded), 0) from turns").fetchone()
        (inbound,) = connection.execute("select count(*) from messages where author = 'user'").fetchone()
    return {"messages_stored": inbound, "turns": turns, "degraded": degraded}


def _cut(texts: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(texts), size):
        yield texts[start : start + size]


def _address(number: int) -> str:
    """One of a private network's addresses."""
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


_COST = ("服务", "CPU ms/条", "块中位数", "条/CPU 秒", "空闲 CPU ms/s", "内存 MB", "进程", "启动 CPU s", "启动 s")


def markdown(data: dict[str, Any]) -> str:
    """Tables of the run."""
    servers = data["servers"]
    cost = [(name, s["cpu_ms_per_message"], s["cpu_ms_of_blocks"]["p50"], s["messages_per_cpu_second"],
             s["idle_cpu_ms_per_second"], s["rss_mb"], s["processes"], s["start_cpu_seconds"], s["start_wall_seconds"])
            for name, s in servers.items()]  # fmt: skip
    wait = [(name, s["answered"], *(s["ms_of_complete_messages"][p] for p in ("p50", "p95", "p99")),
             *(s["ms"][p] for p in ("p50", "p95", "p99"))) for name, s in servers.items()]  # fmt: skip
    programs = servers["gongda"]["cpu_ms_by_program"].items()
    return "".join([
        f"# 整条链路：同样的 {data['messages']} 条消息，每人 {data['per_sender']} 条，交错分块\n\n",
        table(_COST, cost),
        "\n## 等多久（毫秒；后三列含等人把话说完的 1.5 秒）\n\n",
        table(("服务", "有回复", "p50", "p95", "p99", "全部 p50", "p95", "p99"), wait),
        "\n## 工答各进程\n\n", table(("进程", "CPU ms/条"), programs),
        f"\n工答自己的记录：{data['turns']}；转给人工后按规矩不出声 {servers['gongda']['silent_for_a_human']} 条。\n",
        foot(data),
    ])  # fmt: skip


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.chain", description=__doc__)
    parser.add_argument("--messages", type=Path, default=ROOT / "evaluation" / "questions" / "intents.jsonl")
    parser.add_argument("--peers", nargs="*", choices=tuple(_CONFIGS), default=tuple(_CONFIGS))
    parser.add_argument("--limit", type=int, help="only the first so many messages")
    parser.add_argument("--out", type=Path, help="the JSON file; the Markdown lies beside it")
    given = parser.parse_args()
    texts = [question.text for question in read_questions(given.messages)][: given.limit]
    data = measure(texts, given.peers)
    print(markdown(data))
    print(write(given.out, "chain", data, markdown(data)))


if __name__ == "__main__":
    main()
