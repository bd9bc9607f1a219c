"""How many messages can be stored a second while other threads of the process are busy?

`.venv/bin/python -m evaluation.writers`

Storing is some ten statements, each of which lets other threads run; the next go comes when Python interrupts whoever
runs then. Measured for several such intervals (`sys.setswitchinterval`) beside 0, 1 and 2 busy threads, in one run; see
`gateway/threads.py`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic
from typing import Any

from desk import conversations, messages
from desk.clock import system_clock
from desk.database import Database
from evaluation.report import foot, surroundings, table, write

INTERVALS = (0.005, 0.001, 0.0005, 0.0001)  # seconds; the first is Python's own
WRITERS, BUSY = 8, (0, 1, 2)


class Storing:
    """Threads that store messages of new people for `seconds`, beside busy ones."""

    def __init__(self, database: Database, seconds: float) -> None:
        self._database = database
        self._ends = monotonic() + seconds
        self.stored = 0

    def run(self, busy: int) -> None:
        with ThreadPoolExecutor(WRITERS + busy) as pool:
            writing = [pool.submit(self._store, number) for number in range(WRITERS)]
            beside = [pool.submit(self._calculate) for _ in range(busy)]
        self.stored = sum(task.result() for task in writing)
        for task in beside:
            task.result()

    def _store(self, number: int) -> int:
        done = 0
        while monotonic() < self._ends:
            now, one = system_clock(), f"{self._ends}-{number}-{done}"
            with self._database.write() as session:
                talk = conversations.open_for(session, "wechat", one, now=now)
                messages.record_inbound(session, talk.id, one, "怎么导出报表", now=now)
            done += 1
        return done

    def _calculate(self) -> None:
        while monotonic() < self._ends:
            sum(range(2_000))


def measure(seconds: float) -> dict[str, Any]:
    """Messages a second for each interval and number of busy threads."""
    before = sys.getswitchinterval()
    with tempfile.TemporaryDirectory(prefix="gongda-writers-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'desk.db'}", busy_timeout=60.0).open()
        database.migrate()
        try:
            rows = [{"interval_ms": one * 1000, **_beside(database, one, seconds)} for one in INTERVALS]
        finally:
            sys.setswitchinterval(before)
            database.close()
    return {"surroundings": surroundings(), "writers": WRITERS, "rows": rows}


def _beside(database: Database, interval: float, seconds: float) -> dict[str, float]:
    sys.setswitchinterval(interval)
    found = {}
    for busy in BUSY:
        storing = Storing(database, seconds)
        storing.run(busy)
        found[f"busy_{busy}"] = round(storing.stored / seconds, 1)
    return found


def markdown(data: dict[str, Any]) -> str:
    """For people."""
    heading = ["线程切换间隔（毫秒）", *(f"旁边 {busy} 个忙线程" for busy in BUSY)]
    rows = [tuple(row.values()) for row in data["rows"]]
    return f"# 存消息：每秒多少条（{data['writers']} 个线程同时写）\n\n" + table(heading, rows) + foot(data)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="for each measurement")
    parser.add_argument("--out", type=Path)
    wanted = parser.parse_args(arguments)
    data = measure(wanted.seconds)
    print(markdown(data))
    print(write(wanted.out, "writers", data, markdown(data)))


if __name__ == "__main__":
    main()
