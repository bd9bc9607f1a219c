"""Memory of a process that serves one build and nothing else: no peers, no fitting.

`python -m evaluation.retrieval_memory ROOT ENCODER`, questions as a JSON list on standard input.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
_QUESTIONS = 200
_SECONDS = 600


def measure(root: Path, encoder: str, texts: Sequence[str]) -> dict[str, float] | None:
    """`program_mb` before anything is opened, `loaded_mb` with the build, `peak_mb` after the questions, and
    `load_seconds`; None when the child cannot tell."""
    command = [sys.executable, "-m", "evaluation.retrieval_memory", str(root), encoder]
    given = json.dumps(list(texts[:_QUESTIONS])).encode()
    try:
        done = subprocess.run(command, input=given, capture_output=True, cwd=REPOSITORY, timeout=_SECONDS, check=True)
        found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return None
    return found


def main() -> None:
    """The child."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    from retrieval.asking.live import Live
    from retrieval.indexing.encoder import open_encoder

    texts = json.loads(sys.stdin.buffer.read())
    program, began = _peak_mb(), time.perf_counter()
    live = Live(Path(sys.argv[1]), open_encoder(sys.argv[2]))
    live.reload()
    loaded, seconds = _peak_mb(), time.perf_counter() - began
    with threadpool_limits(1):
        for text in texts:
            live.ask(text)
    found = {"program_mb": program, "loaded_mb": loaded, "peak_mb": _peak_mb(), "load_seconds": round(seconds, 2)}
    print(json.dumps(found))


def _peak_mb() -> float:
    """The most this program has had in memory. The kernel's `ru_maxrss` also counts what the parent had when it
    started us, so it is the second choice."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
        kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1)
    return round(kilobytes / 1024, 1)


if __name__ == "__main__":
    main()
