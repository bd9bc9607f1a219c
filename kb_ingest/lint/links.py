"""Links and references to entries that are not there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb_ingest.lint.corpus import Corpus
from kb_ingest.lint.finding import ERROR, Finding, name
from retrieval.indexing.tokens import text_key
from retrieval.knowledge.entry import Entry
from retrieval.knowledge.links import links
from zhtext.normalize import normalize

CHECK = "dead_link"
_REFERENCE = re.compile(r"(?:见|参考|参阅|参看|请看|查看|按|照)(?:知识库[里中]?的?)?(?:条目)?《([^》\n]+)》(\s*§)?")
# 《用户手册》 and 《施工合同》 are books and papers, not entries.
_PAPER = re.compile(
    "(?:手册|指南|规范|标准|规程|条例|办法|规定|合同|协议|政策|说明书|公告|须知|制度|目录|清单|[表单函书证图])$|^GB|^JGJ"
)


def check(corpus: Corpus) -> Iterator[Finding]:
    """`[文字](entry:ID)` without that entry, `[文字](#…)`, and 见《标题》 without that title."""
    titles = frozenset(text_key(normalize(entry.title)) for entry in corpus.entries)
    for entry in corpus.entries:
        for text in entry.shown:
            for problem in (*_dead(text, entry, corpus.ids), *_missing(text, titles)):
                yield Finding(CHECK, ERROR, (entry.id,), f"{name(entry)} {problem}")


def _dead(text: str, entry: Entry, ids: frozenset[str]) -> Iterator[str]:
    for link in links(text):
        if link.anchor:
            yield f"的链接 [{link.text}](#{link.target}) 在对话里打不开：改成 [{link.text}](entry:条目编号)"
        elif link.target == entry.id:
            yield f"的链接“{link.text}”指向它自己：删掉，或改成别的条目"
        elif link.target not in ids:
            target = link.target or "（空）"
            yield f"的链接“{link.text}”指向不存在的条目 {target}：改成现有条目的编号，或删掉链接"


def _missing(text: str, titles: frozenset[str]) -> Iterator[str]:
    for title, section in _REFERENCE.findall(text):
        if not section and not _PAPER.search(title) and text_key(normalize(title)) not in titles:
            yield f"写着见《{title}》，但没有这个标题的条目：改成现有条目的标题，或用 [文字](entry:条目编号)"
