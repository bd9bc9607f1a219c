"""Threads that wait for the database.

asyncio gives a process of two cores six of them, shared by all; with six writers waiting their turn, nobody could even
read. Threads that wait cost little; the database itself decides how much is done at once.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from anyio.to_thread import current_default_thread_limiter

THREADS = 64


def widen(threads: int = THREADS) -> None:
    """For `asyncio.to_thread` and for Starlette's `run_in_threadpool`, in the running event loop."""
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(threads, thread_name_prefix="gongda"))
    current_default_thread_limiter().total_tokens = threads
