"""A document as it may go into the corpus, and what was done to it.

Order: wrong encodings undone, what cannot be read taken out, readings behind characters, the site around the text,
strangers' contacts. A clean document comes back as it is, and cleaning twice is cleaning once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from kb_ingest.documents.model import Block, Document
from kb_ingest.hygiene.chrome import without_chrome
from kb_ingest.hygiene.common import uncommon
from kb_ingest.hygiene.contacts import without_strangers, without_strangers_beside
from kb_ingest.hygiene.mojibake import repaired, right_of
from kb_ingest.hygiene.pinyin import without_readings
from kb_ingest.hygiene.wreckage import bullets, reason_of, wrecks
from zhtext.contacts import AllowList

MOST_WRECKED = 0.2  # of the characters; more, and the rest of the document cannot be trusted either
_PASSES = 8  # taking one thing out may bring another together
_SHOWN = 200  # characters of a quarantined piece that the report quotes


@dataclass(frozen=True)
class Quarantined:
    """Something nobody can read: its line in the source (0 for the whole document), what stands there, and why."""

    line: int
    text: str
    reason: str
    place: str = ""


@dataclass(frozen=True)
class Cleaned:
    """`repaired` counts each repair by what was there; `refused_contacts` and `dropped` are in order, each once."""

    document: Document
    repaired: Counter[str] = field(default_factory=Counter)
    quarantined: tuple[Quarantined, ...] = ()
    refused_contacts: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        return bool(self.repaired or self.quarantined or self.refused_contacts or self.dropped)


def clean(document: Document, allow: AllowList) -> Cleaned:
    """What of a document may be used. Never raises; the contacts of `allow` are the only ones that stay."""
    work = _Work(allow)
    blocks = document.blocks
    whole = sum(map(_size, blocks))
    for _ in range(_PASSES):
        before = blocks
        blocks = work.readable(blocks)
        if work.lost > MOST_WRECKED * whole:
            reason = f"全文 {work.lost / whole:.0%} 是乱码，超过 {MOST_WRECKED:.0%}，整份隔离"
            work.quarantined.insert(0, Quarantined(0, document.name, reason))
            blocks = ()
        blocks = work.cleaned(blocks)
        if blocks == before:
            break
    return Cleaned(
        document if blocks == document.blocks else document.with_blocks(blocks),
        work.repaired,
        tuple(work.quarantined),
        tuple(dict.fromkeys(work.refused)),
        tuple(dict.fromkeys(work.dropped)),
    )


@dataclass
class _Work:
    """One document's account."""

    allow: AllowList
    repaired: Counter[str] = field(default_factory=Counter)
    quarantined: list[Quarantined] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    lost: int = 0  # characters that nobody can read

    def readable(self, blocks: Sequence[Block]) -> tuple[Block, ...]:
        return self._each(blocks, self._readable_code, self._readable)

    def cleaned(self, blocks: Sequence[Block]) -> tuple[Block, ...]:
        blocks = self._each(blocks, _as_it_is, self._without_readings)
        blocks, dropped = without_chrome(blocks)
        self.dropped += dropped
        blocks = self._each(blocks, self._without_strangers_code, self._without_strangers)
        tables = (self._beside(block) if block.kind == "table" else block for block in blocks)
        return tuple(block for block in tables if block is not None)

    def _each(
        self, blocks: Sequence[Block], code: Callable[[str, _Spot], str], text: Callable[[str, _Spot], str]
    ) -> tuple[Block, ...]:
        """Every text of every block through one treatment; what becomes empty is left out."""
        done = (
            self._table(block, text)
            if block.kind == "table"
            else self._block(block, code if block.kind == "code" else text)
            for block in blocks
        )
        return tuple(block for block in done if block is not None)

    def _block(self, block: Block, treat: Callable[[str, _Spot], str]) -> Block | None:
        left = treat(block.text, _Spot(block.line, block.place))
        if left == block.text:
            return block
        return block.with_text(left) if left.strip() else None

    def _table(self, block: Block, treat: Callable[[str, _Spot], str]) -> Block | None:
        kept = []
        for line, cells in block.numbered_rows():
            left = tuple(treat(cell, _Spot(line, block.place)) if cell else cell for cell in cells)
            if left == cells or any(map(str.strip, left)):
                kept.append((line, left))
        if tuple(cells for _, cells in kept) == block.rows:
            return block
        return block.with_rows(tuple(kept)) if kept else None

    def _beside(self, block: Block) -> Block | None:
        """A table without numbers and accounts that only the cell before, or the head of their column, tells."""
        kept: list[tuple[int, tuple[str, ...]]] = []
        heads = block.rows[0] if block.rows else ()
        for place, (line, cells) in enumerate(block.numbered_rows()):
            left = self._row_beside(cells, heads if place else ())
            if left == cells or any(map(str.strip, left)):
                kept.append((line, left))
            heads = left if not place else heads
        if tuple(cells for _, cells in kept) == block.rows:
            return block
        return block.with_rows(tuple(kept)) if kept else None

    def _row_beside(self, cells: tuple[str, ...], heads: tuple[str, ...]) -> tuple[str, ...]:
        left: list[str] = []
        for column, cell in enumerate(cells):
            for label in (left[-1] if left else "", heads[column] if column < len(heads) else ""):
                cell, refused = without_strangers_beside(label, cell, self.allow)
                self.refused += refused
            left.append(cell)
        return tuple(left)

    # -- treatments ------------------------------------------------------------------------------

    def _readable(self, text: str, spot: _Spot) -> str:
        if not uncommon().search(text):
            return text
        text, done = repaired(text)
        text, marks = bullets(text)
        found = wrecks(text)
        for wreck in found:
            self._quarantine(text[wreck.start : wreck.end], wreck.reason, spot, wreck.line)
        left = _cut(text, [(wreck.start, wreck.end) for wreck in found]) if found else text
        # What was put right in a sentence that had to go all the same was not put right.
        self.repaired += Counter({piece: times for piece, times in done.items() if right_of(piece) in left})
        if marks and left:
            self.repaired["符号字体的项目符号→•"] += marks
        return left

    def _readable_code(self, text: str, spot: _Spot) -> str:
        """Code that lost a line would be another program."""
        if not uncommon().search(text):
            return text
        text, done = repaired(text)
        reason = reason_of(text)
        if reason is not None:
            self._quarantine(text, reason, spot, 0)
            return ""
        self.repaired += done
        return text

    def _quarantine(self, text: str, reason: str, spot: _Spot, lines_below: int) -> None:
        self.lost += len(text.strip())
        self.quarantined.append(Quarantined(spot.line + lines_below, text.strip()[:_SHOWN], reason, spot.place))

    def _without_readings(self, text: str, _: _Spot) -> str:
        text, found = without_readings(text)
        self.repaired += found
        return text

    def _without_strangers(self, text: str, _: _Spot) -> str:
        text, refused = without_strangers(text, self.allow)
        self.refused += refused
        return text

    def _without_strangers_code(self, text: str, __: _Spot) -> str:
        _, refused = without_strangers(text, self.allow)
        self.refused += refused
        return "" if refused else text


@dataclass(frozen=True)
class _Spot:
    """Where a text stands in the source."""

    line: int
    place: str


def _as_it_is(text: str, _: _Spot) -> str:
    return text


def _cut(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """`text` without these stretches and without lines that became empty by that."""
    kept: list[str] = []
    last = 0
    for start, end in spans:
        kept.append(text[last:start])
        last = end
    left = "".join([*kept, text[last:]])
    return "\n".join(line for line in left.split("\n") if line.strip()).rstrip() if left.strip() else ""


def _size(block: Block) -> int:
    return len(block.text.strip()) + sum(len(cell.strip()) for row in block.rows for cell in row)
