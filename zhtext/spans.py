"""Which places of a text are taken, told in time that grows with the text and not with the number of finds."""

from __future__ import annotations


class Taken:
    """A mark for each of `length` characters. Spans reach from `start` to `end`, end exclusive; what stands out is
    left out."""

    def __init__(self, length: int) -> None:
        self._marks = bytearray(length)

    def take(self, start: int, end: int) -> bool:
        """Takes a span, unless something of it is taken already."""
        if self.touches(start, end):
            return False
        self.mark(start, end)
        return True

    def mark(self, start: int, end: int) -> None:
        """Takes a span, whatever of it is taken."""
        start, end = max(0, start), min(end, len(self._marks))
        if start < end:
            self._marks[start:end] = b"\1" * (end - start)

    def touches(self, start: int, end: int) -> bool:
        """Whether something of a span is taken."""
        return self._marks.find(1, max(0, start), end) >= 0
