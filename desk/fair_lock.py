"""A lock that is handed to whoever has waited longest."""

from __future__ import annotations

from collections import deque
from threading import Lock


class FairLock:
    """`threading.Lock` lets whoever comes at the right moment in; here nobody is overtaken.

    A ticket for each who waits: a lock of their own, held until it is their turn.
    """

    def __init__(self) -> None:
        self._door = Lock()  # held for moments only
        self._taken = False
        self._waiting: deque[Lock] = deque()

    def acquire(self, timeout: float) -> bool:
        """False when it is not their turn within `timeout` seconds."""
        with self._door:
            if not self._taken:
                self._taken = True
                return True
            ticket = Lock()
            ticket.acquire()
            self._waiting.append(ticket)
        if ticket.acquire(timeout=timeout):
            return True
        with self._door:
            if ticket not in self._waiting:
                return True  # it was handed over in the last moment
            self._waiting.remove(ticket)
            return False

    def release(self) -> None:
        """The next one's turn."""
        with self._door:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False
