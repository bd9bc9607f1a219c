"""Being told to stop: Ctrl+C or SIGTERM, in the main thread of a command that has something to clear away."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """Raised as KeyboardInterrupt wherever the program is, and remembered.

    Python throws an exception away that comes up in a finalizer or a callback of the interpreter's own, such as those
    of an import; `check` raises it again for whoever asks.
    """

    def __init__(self) -> None:
        self._told = False
        self._held = False

    def listen(self) -> None:
        """From now on, in place of the handlers of before. Only the main thread may call it."""
        for number in _SIGNALS:
            signal.signal(number, self._hear)

    def check(self) -> None:
        """Raises KeyboardInterrupt if the program was told to stop, however long ago."""
        if self._told:
            raise KeyboardInterrupt

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nothing is raised before the block's end: for what must be noted down once it is begun."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
        self.check()

    def _hear(self, number: int, frame: FrameType | None) -> None:
        self._told = True
        if not self._held:
            raise KeyboardInterrupt
