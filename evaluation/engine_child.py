"""Serves one Rasa model over a pipe: a line of texts in, a line of parses and CPU times out.

Runs in the engine's Python 3.10, in a process of its own, so that time and memory belong to one
pipeline. Rasa is imported by name: this package is type-checked where Rasa does not exist.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any, TextIO

_PARSED = ("intent", "intent_ranking", "out_of_scope")


def main() -> None:
    """`python -m evaluation.engine_child MODEL`; ends with the end of its input."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print must not get between the answers
    logging.disable(logging.WARNING)
    agent = importlib.import_module("rasa.core.agent").Agent.load(sys.argv[1])
    _say(answers, {"ready": True, "load_cpu_seconds": round(time.process_time(), 2), "rss_mb": _resident_mb()})
    for line in sys.stdin:
        _say(answers, asyncio.run(_parse(agent, json.loads(line)["texts"])))


async def _parse(agent: Any, texts: list[str]) -> dict[str, Any]:
    """Parses with the process's CPU time (all threads) and the wall time of each, in milliseconds."""
    parsed = []
    for text in texts:
        cpu, wall = time.process_time(), time.perf_counter()
        result = await agent.parse_message(text)
        parsed.append({
            **{key: result.get(key) for key in _PARSED},
            "cpu_ms": (time.process_time() - cpu) * 1000,
            "wall_ms": (time.perf_counter() - wall) * 1000,
        })  # fmt: skip
    return {"parsed": parsed, "rss_mb": _resident_mb(), "peak_rss_mb": _peak_mb()}


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, 1)


def _peak_mb() -> float:
    return max(_resident_mb(), round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1))


def _say(answers: TextIO, data: dict[str, Any]) -> None:
    answers.write(json.dumps(data, ensure_ascii=False) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
