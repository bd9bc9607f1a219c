"""`问：…` and `答：…` in running text -> headings and what stands below them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kb_ingest.documents import marks
from kb_ingest.documents.model import Block, Document

# A heading with this marker asks something: it is always an entry of its own.
ASKS = "?"
_LONGEST_QUESTION = 80
_BELOW_ALL = 6
_QUESTION_MARKS = ("?", "？")


def as_headings(document: Document) -> Document:
    """The same document with its questions as headings; a document without any comes back as it is."""
    blocks: list[Block] = []
    level = 0  # of the last heading that is no question
    source = [part for block in document.blocks for part in _lines(block)]
    for place, block in enumerate(source):
        asked = _asked(block, source[place + 1 : place + 2])
        if block.kind == "heading":
            asks = block.text.endswith(_QUESTION_MARKS) or marks.question(block.text) is not None
            level = block.level if not asks else level
            blocks.append(replace(block, marker=ASKS) if asks else block)
        elif asked:
            blocks.append(replace(block, kind="heading", text=asked, level=min(level + 1, _BELOW_ALL), marker=ASKS))
        else:
            blocks.append(_without_mark(block) if blocks and blocks[-1].marker == ASKS else block)
    return document.with_blocks(tuple(block for block in blocks if block.text or block.rows))


def _lines(block: Block) -> Sequence[Block]:
    """The lines of a paragraph in which questions or answers stand one under the other, as blocks of their own."""
    lines = block.text.split("\n")
    if block.kind not in ("paragraph", "item") or not any(_is_marked(line) for line in lines[1:]):
        return (block,)
    first, rest = replace(block, text=lines[0]), enumerate(lines[1:], block.line + 1)
    return (first, *(Block("paragraph", line, number, place=block.place) for number, line in rest))


def _is_marked(line: str) -> bool:
    return marks.question(line) is not None or marks.answer(line) is not None


def _asked(block: Block, following: Sequence[Block]) -> str | None:
    """The question that this block asks, when it is marked as one, or numbered and answered by what follows it."""
    if block.kind not in ("paragraph", "item") or len(block.text) > _LONGEST_QUESTION or "\n" in block.text:
        return None
    marked = marks.question(block.text)
    if marked:
        return marked
    numbered = block.kind == "item" and block.marker != "-" and block.level == 0
    if not numbered or not block.text.endswith(_QUESTION_MARKS) or not following:
        return None
    answer = following[0]
    answered = answer.kind in ("paragraph", "table", "code") or answer.level > 0 or answer.marker in ("-", "1.")
    return block.text if answered and not answer.text.endswith(_QUESTION_MARKS) else None


def _without_mark(block: Block) -> Block:
    answer = marks.answer(block.text) if block.kind in ("paragraph", "item") else None
    if answer is None:
        return block
    return replace(block, kind="paragraph", text=answer.strip(), marker="", level=0)
