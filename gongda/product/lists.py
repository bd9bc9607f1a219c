"""The sheets with one thing on each row: modules, versions, terms, contacts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gongda.product import cells
from gongda.product.model import ContactLine, Module, Release, Term
from gongda.product.workbook import Row
from kb_ingest.sheets.mistake import Mistake, WrongCell
from zhtext.contacts import AllowList, strangers
from zhtext.contacts.allowing import read_value

# What support.toml wants before the value, as what it is read there, and what editors call the kind.
_LABELS = {"电话": "", "网址": "", "邮箱": "", "QQ": "QQ：", "微信": "微信：", "地址": "地址："}
_READ_AS = {
    "电话": ("number",),
    "网址": ("url",),
    "邮箱": ("email",),
    "QQ": ("number",),
    "微信": ("account", "name"),
    "地址": ("name",),
}
_KINDS = {
    "电话": ("电话", "热线", "手机", "座机", "客服电话"),
    "网址": ("网址", "网站", "官网"),
    "邮箱": ("邮箱", "邮件", "电子邮箱", "EMAIL"),
    "QQ": ("QQ", "QQ群"),
    "微信": ("微信", "公众号", "微信号", "微信公众号"),
    "地址": ("地址", "通讯地址"),
}


def modules(rows: Sequence[Row], mistakes: list[Mistake]) -> tuple[Module, ...]:
    mistakes += _twice(rows, ("name", "words"))
    return cells.made(rows, lambda row: Module(_said(row, "name"), cells.words(row.parts("words"))), mistakes)


def releases(rows: Sequence[Row], mistakes: list[Mistake]) -> tuple[Release, ...]:
    mistakes += _twice(rows, ("version", "words"))
    return cells.made(rows, _release, mistakes)


def terms(rows: Sequence[Row], mistakes: list[Mistake]) -> tuple[Term, ...]:
    mistakes += _twice(rows, ("term", "synonyms"))
    return cells.made(rows, _term, mistakes)


def contacts(rows: Sequence[Row], mistakes: list[Mistake]) -> tuple[ContactLine, ...]:
    mistakes += _twice(rows, ("value",))
    return cells.made(rows, _contact, mistakes)


def _release(row: Row) -> Release:
    return Release(
        version=cells.version(row.text("version")),
        words=cells.words(row.parts("words")),
        released=cells.day(row.text("released"), "发布日期"),
        ends=cells.day(row.text("ends"), "停止维护日期"),
        news=row.cells.get("news", ""),
    )


def _term(row: Row) -> Term:
    found = {field: cells.words(row.parts(field)) for field in ("synonyms", "taiwan", "hong_kong")}
    return Term(_said(row, "term"), **found)


def _contact(row: Row) -> ContactLine:
    said, value = row.text("kind"), row.text("value")
    kind = next((kind for kind, names in _KINDS.items() if said.upper().replace(" ", "") in names), None)
    if kind is None:
        raise WrongCell(f"类型“{said[:20]}”不认识；只能是 {'、'.join(_KINDS)}")
    allowed = _LABELS[kind] + value
    read = read_value(allowed)
    if read is None or read[0] not in _READ_AS[kind] or strangers(f"{kind}：{value}", AllowList(frozenset({allowed}))):
        raise WrongCell(f"“{value[:60]}”不像{kind}；一行只写一个，不要写别的字，用途写到“用途”里")
    return ContactLine(kind, value, row.text("use"), allowed)


def _said(row: Row, field: str) -> str:
    """A name that is also a word people say."""
    return cells.words((row.text(field),))[0]


def _twice(rows: Sequence[Row], fields: Sequence[str]) -> Iterator[Mistake]:
    """Names and words that stand in two rows, and would mean two things."""
    lines: dict[str, int] = {}
    for row in rows:
        for word in dict.fromkeys(part.lower() for field in fields for part in row.parts(field)):
            if lines.setdefault(word, row.line) != row.line:
                yield row.wrong(f"“{word}”在第 {lines[word]} 行已经写过；一个说法只能属于一行")
