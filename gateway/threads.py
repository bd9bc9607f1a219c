"""Threads that wait for the database.

asyncio gives a process of two cores six of them, shared by all; with six writers waiting their turn, nobody could even
read. Threads that wait cost little; the database itself decides how much is done at once.

A thread that writes lets others run with each statement, and gets its next go when the one that runs is interrupted.
Python does that every 5 ms: beside a single busy thread 27 to 32 messages a second could be stored, with 0.5 ms 157, of
349 without it.
"""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor

from anyio.to_thread import current_default_thread_limiter

THREADS = 64
TAKES_TURNS = 0.0005  # seconds


def widen(threads: int = THREADS) -> None:
    """For `asyncio.to_thread` and for Starlette's `run_in_threadpool`, in the running event loop."""
    sys.setswitchinterval(TAKES_TURNS)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(threads, thread_name_prefix="gongda"))
    current_default_thread_limiter().total_tokens = threads
