"""Markdown (CommonMark with tables) -> blocks, by markdown-it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from kb_ingest.documents import html, marks
from kb_ingest.documents.decoding import decode
from kb_ingest.documents.joining import join
from kb_ingest.documents.limits import Limits
from kb_ingest.documents.model import Block, Document

_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n.*?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_TITLE = re.compile(r"^title:[ \t]*[\"']?(.+?)[\"']?[ \t]*$", re.MULTILINE)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
# Any other word in angle brackets is a placeholder that the author forgot to put in backquotes.
_TAG = re.compile(
    r"</?(?:a|abbr|b|big|center|cite|code|del|details|div|em|font|i|img|input|ins|kbd|mark|p|r[btp]|ruby|s|script|small"
    r"|span|strike|strong|style|sub|summary|sup|u)\b|<!--",
    re.IGNORECASE,
)
_PLAIN_MARKS = {"strong_open": "**", "strong_close": "**", "em_open": "*", "em_close": "*"}


def read(data: bytes, name: str, limits: Limits) -> Document:
    """Raises Undecodable. Lines count from 1, front matter included."""
    decoded = decode(data)
    walk = _Walk()
    walk.blocks(_tokens(decoded.text))
    title = _front_title(decoded.text)
    found = tuple(walk.found)
    if title and not any(block.kind == "heading" and block.level == 1 for block in found):
        found = (Block("heading", title, 1, 1), *found)
    notes = (f"{walk.pictures} 张图片没有收入",) if walk.pictures else ()
    return Document(name, found, decoded.encoding, notes)


def _tokens(text: str) -> Sequence[Token]:
    front = _FRONT_MATTER.match(text)
    # Blank lines keep the numbers of those that follow.
    body = "\n" * front.group().count("\n") + text[front.end() :] if front else text
    return MarkdownIt("commonmark").enable("table").parse(body)


def _front_title(text: str) -> str:
    front = _FRONT_MATTER.match(text)
    title = _TITLE.search(front.group()) if front else None
    return title.group(1) if title else ""


@dataclass
class _Walk:
    """One pass over the tokens of a document."""

    found: list[Block] = field(default_factory=list)
    pictures: int = 0
    lists: list[list[str]] = field(default_factory=list)  # of each open list: the marker of the item to come, if any
    rows: list[tuple[int, list[str]]] = field(default_factory=list)

    def blocks(self, tokens: Sequence[Token]) -> None:
        for place, token in enumerate(tokens):
            handler = getattr(self, "on_" + token.type, None)
            if handler:
                handler(token, tokens[place + 1] if place + 1 < len(tokens) else token)

    def _add(self, block: Block) -> None:
        if block.text.strip() or block.rows:
            self.found.append(block)

    def on_heading_open(self, token: Token, inline: Token) -> None:
        self._add(Block("heading", self._text(inline).replace("\n", " "), _line(token), int(token.tag[1])))

    def on_paragraph_open(self, token: Token, inline: Token) -> None:
        text = self._text(inline)
        marker = self.lists[-1].pop() if self.lists and self.lists[-1] else ""
        if marker:
            self._add(Block("item", text, _line(token), len(self.lists) - 1, marker=marker))
        elif self.lists and self.found and self.found[-1].kind == "item":
            self.found[-1] = replace(self.found[-1], text=f"{self.found[-1].text}\n{text}")
        else:
            self._add(Block("paragraph", text, _line(token)))

    def on_bullet_list_open(self, token: Token, following: Token) -> None:
        self.lists.append([])

    on_ordered_list_open = on_bullet_list_open

    def on_bullet_list_close(self, token: Token, following: Token) -> None:
        self.lists.pop()

    on_ordered_list_close = on_bullet_list_close

    def on_list_item_open(self, token: Token, following: Token) -> None:
        self.lists[-1][:] = [f"{token.info}." if token.info else "-"]

    def on_fence(self, token: Token, following: Token) -> None:
        language = token.info.split()[0] if token.info.split() else ""
        self._add(Block("code", token.content.rstrip("\n"), _line(token) + 1, marker=language))

    def on_code_block(self, token: Token, following: Token) -> None:
        self._add(Block("code", token.content.rstrip("\n"), _line(token)))

    def on_html_block(self, token: Token, following: Token) -> None:
        for block in html.blocks(token.content):
            self._add(replace(block, line=block.line + _line(token) - 1))

    def on_tr_open(self, token: Token, following: Token) -> None:
        self.rows.append((_line(token), []))

    def _cell(self, token: Token, inline: Token) -> None:
        self.rows[-1][1].append(self._text(inline))

    on_th_open = on_td_open = _cell

    def on_table_close(self, token: Token, following: Token) -> None:
        width = max(len(cells) for _, cells in self.rows)
        rows = tuple((line, tuple(cells + [""] * (width - len(cells)))) for line, cells in self.rows)
        self._add(Block("table", "", rows[0][0]).with_rows(rows))
        self.rows = []

    def _text(self, inline: Token) -> str:
        return "".join(self._inline(inline.children or ())).strip()

    def _inline(self, tokens: Sequence[Token]) -> Iterator[str]:
        target = ""
        for place, token in enumerate(tokens):
            if token.type == "link_open":
                target = str(token.attrGet("href") or "")
                yield "["
            elif token.type == "link_close":
                yield f"]({target})"
            elif token.type == "softbreak":
                yield _between(tokens, place)
            else:
                self.pictures += token.type == "image"
                yield _leaf(token)


def _leaf(token: Token) -> str:
    """A piece of inline text by itself; a picture is nothing."""
    if token.type == "code_inline":
        return f"{token.markup}{token.content}{token.markup}"
    if token.type == "hardbreak" or (token.type == "html_inline" and _BREAK.match(token.content)):
        return "\n"
    if token.type == "text" or (token.type == "html_inline" and not _TAG.match(token.content)):
        return token.content
    return _PLAIN_MARKS.get(token.type, "")


def _between(tokens: Sequence[Token], place: int) -> str:
    """What a line break within a paragraph stands for: nothing between Chinese characters, else a space.

    A line that is marked by hand, as an answer or `2、`, was meant to stand by itself.
    """
    following = tokens[place + 1].content if place + 1 < len(tokens) else ""
    if marks.item(following) or marks.question(following) or marks.answer(following) is not None:
        return "\n"
    before, after = tokens[place - 1].content[-1:], following[:1]
    return join(before, after)[len(before) : -1] if before and after else " "


def _line(token: Token) -> int:
    return (token.map[0] if token.map else 0) + 1
