"""CPU time and memory of other processes, from /proc."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import psutil  # type: ignore[import-untyped]

_TICKS = os.sysconf("SC_CLK_TCK")


def seconds(pids: Iterable[int]) -> float:
    """User and system seconds of living processes and of the children they have waited for."""
    return sum(map(_seconds, pids))


def _seconds(pid: int) -> float:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0.0
    # The name may hold spaces and brackets; what follows it may not. Fields 14-17: utime, stime, cutime, cstime.
    fields = stat.rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICKS


def family(pid: int) -> tuple[int, ...]:
    """A process and all below it."""
    try:
        parent = psutil.Process(pid)
        return (pid, *(child.pid for child in parent.children(recursive=True)))
    except psutil.NoSuchProcess:
        return ()


def resident_mb(pids: Iterable[int]) -> float:
    """Resident memory, shared pages counted in each process."""
    total = sum(int(psutil.Process(pid).memory_info().rss) for pid in pids if psutil.pid_exists(pid))
    return round(total / 2**20, 1)
