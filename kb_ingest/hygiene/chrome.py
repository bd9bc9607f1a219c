"""A document without the site around it: adverts, navigation, lists of other articles, comment boxes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from kb_ingest.documents.model import Block
from kb_ingest.hygiene import site
from zhtext.contacts.removing import sentences

_LONGEST_LINK = 60  # characters of the title of another article
_ENDS = ("。", "；", ";", "！", "!", "：", ":")


def without_chrome(blocks: Sequence[Block]) -> tuple[tuple[Block, ...], tuple[str, ...]]:
    """The blocks that are the text's, and what was left out, in order."""
    kept: list[Block] = []
    dropped: list[str] = []
    place = 0
    while place < len(blocks):
        length = _section(blocks, place)
        if length:
            dropped += [_shown(block) for block in blocks[place : place + length]]
        elif _is_title(blocks, place):
            kept.append(blocks[place])
        else:
            kept += _cleaned(blocks[place], dropped)
        place += max(1, length)
    return tuple(kept), tuple(line for line in dropped if line)


def _section(blocks: Sequence[Block], place: int) -> int:
    """How many blocks from here are a list of other articles or readers' comments; 0 when this one begins neither."""
    head = blocks[place]
    if head.kind not in ("heading", "paragraph") or "\n" in head.text:
        return 0
    below = _below(blocks, place)
    if site.heads_related(head.text):
        links = list(takewhile(_is_link, below))
        # 相关推荐 above a whole sentence is a heading of the manual's own.
        return 1 + len(links) if links or not below else 0
    if site.heads_comments(head.text):
        return 1 + len(below)
    if site.may_head_comments(head.text) and any(site.bears_readers_mark(block.text) for block in below):
        return 1 + len(below)
    return 0


def _below(blocks: Sequence[Block], place: int) -> list[Block]:
    """What stands below a heading, or below a line that acts as one."""
    return list(takewhile(lambda block: block.kind != "heading", blocks[place + 1 :]))


def _is_link(block: Block) -> bool:
    """A title of another article: short, no sentence."""
    said = site.plain(block.text)
    return block.kind in ("item", "paragraph") and len(said) <= _LONGEST_LINK and not block.text.strip().endswith(_ENDS)


def _is_title(blocks: Sequence[Block], place: int) -> bool:
    """发表评论 above steps and sentences is a chapter, whatever it is called."""
    head = blocks[place]
    if head.kind != "heading" or site.line_of_site(head.text) is None:
        return False
    return any(_says_something(block) for block in _below(blocks, place))


def _says_something(block: Block) -> bool:
    if block.kind in ("code", "table"):
        return True
    if site.bears_readers_mark(block.text) or _lines_left(block.text, []) is None:
        return False
    return "。" in block.text or (block.kind == "item" and block.marker != "-") or "【" in block.text


def _cleaned(block: Block, dropped: list[str]) -> list[Block]:
    """The block without lines of the site's; nothing when nothing is left."""
    if block.kind == "code":
        return [block]
    if block.kind == "table":
        return _table(block, dropped)
    left = _lines_left(block.text, dropped)
    if left == block.text:
        return [block]
    return [block.with_text(left)] if left is not None else []


def _lines_left(text: str, dropped: list[str]) -> str | None:
    """The text without lines and sentences of the site's; None when nothing is left."""
    kept = []
    for line in text.split("\n"):
        if site.line_of_site(line) is None:
            kept.append(_sentences_left(line, dropped))
        else:
            dropped.append(line.strip())
    if len(kept) == text.count("\n") + 1 and "\n".join(kept) == text:
        return text
    return "\n".join(kept).strip() or None


def _sentences_left(line: str, dropped: list[str]) -> str:
    parts = [line[start:end] for start, end in sentences(line)]
    found = [part for part in parts if site.sentence_of_site(part)]
    dropped += [part.strip() for part in found]
    of_site = frozenset(found)
    return "".join(part for part in parts if part not in of_site).rstrip() if of_site else line


def _table(block: Block, dropped: list[str]) -> list[Block]:
    """A row of which only one cell says something, and that is the site's, stands there for the layout."""
    kept = []
    for line, cells in block.numbered_rows():
        said = [cell for cell in cells if cell.strip()]
        if len(said) == 1 and "\n" not in said[0] and site.line_of_site(said[0]) is not None:
            dropped.append(said[0].strip())
        else:
            kept.append((line, cells))
    if len(kept) == len(block.rows):
        return [block]
    return [block.with_rows(tuple(kept))] if kept else []


def _shown(block: Block) -> str:
    return block.text.strip() if block.kind != "table" else " | ".join(cell for cell in block.rows[0] if cell)
