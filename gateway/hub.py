"""Who is looking at which conversation: event streams wait here for something new.

Only a bell, never a mailbox: listeners read what is new from the database by sequence number, so
a missed ring costs nothing and another process's messages are found at the next look.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Hub:
    """Rings for one event loop; `notify` may be called from any thread."""

    def __init__(self) -> None:
        self._bells: defaultdict[int | None, set[asyncio.Event]] = defaultdict(set)  # None: whatever rings
        self._loop: asyncio.AbstractEventLoop | None = None

    @contextmanager
    def listening(self, conversation_id: int | None) -> Iterator[asyncio.Event]:
        """An event that is set when the conversation (None: any) has news; the listener clears it."""
        self._loop = asyncio.get_running_loop()
        bell = asyncio.Event()
        self._bells[conversation_id].add(bell)
        try:
            yield bell
        finally:
            self._bells[conversation_id].discard(bell)
            if not self._bells[conversation_id]:
                del self._bells[conversation_id]

    def notify(self, conversation_id: int) -> None:
        """Something new was committed."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._ring, conversation_id)

    def _ring(self, conversation_id: int) -> None:
        for bell in (*self._bells.get(conversation_id, ()), *self._bells.get(None, ())):
            bell.set()
