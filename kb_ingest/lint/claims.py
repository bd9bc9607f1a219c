"""What an entry says about an amount: the amount, and the words that tell what it is the amount of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kb_ingest.lint.quantities import Quantity, quantities, without
from retrieval.knowledge.entry import Entry
from retrieval.knowledge.versions import ALL
from zhtext.normalize import normalize
from zhtext.segment import words

# Words beside the amount say most about it, the rest of the sentence and the entry's title less.
_CLAUSE, _SENTENCE, _TITLE = 1.0, 0.5, 0.3
_MARKS = re.compile(r"^\s*(?:\d+[.、)]|[-*+#>]+)\s*|\*\*|`")
_SENTENCES = re.compile(r"[。;!?]")
_CLAUSES = re.compile(r"[,:()](?!\d{3})")
# An example is no rule: 写 0.15 或 15%, 例如 3 天.
_EXAMPLE = re.compile("例如|比如|譬如|举例|示例|假设")
# What restricts a statement to some customers: editions, clients, priorities, versions.
_QUALIFIER = re.compile(
    r"[\u4e00-\u9fff]{2}版(?![本块式面权])|[\u4e00-\u9fff]{2}端(?!口)|\bP[1-4]\b|(?<![\d.])\d+\.(?:\d+|x)(?![\d.])"
)
# Words that are about nothing, and those of the limits themselves.
_EMPTY = re.compile(
    "可以|如果|需要|一般|系统|没有|就是|或者|之后|之前|以后|所有|全部|这个|那个|左右|大约|原因|用户|管理员|通常|默认|建议|已经"
    "|还是|仍然|再次|重新|然后|进行|单个|每个|上限|最多|至少|不超过|超过|以内|以上|以下|大小|限制|最大|最近|只有|不能|未超过"
    "|不到|低于|高于|一个|一次|每次"
)


@dataclass(frozen=True)
class Claim:
    """`entry` is its place, `scope` the versions it holds for.

    `near` are the telling words beside the amount, `words` those of the whole sentence and the title, with weights.
    """

    entry: int
    quantity: Quantity
    scope: str
    near: frozenset[str]
    words: Mapping[str, float]
    qualifiers: frozenset[str]
    sentence: str


def claims(entries: tuple[Entry, ...]) -> Iterator[Claim]:
    """Every amount in every answer, workaround and variant."""
    for place, entry in enumerate(entries):
        title = _telling(normalize(entry.title))
        texts = ((entry.versions or ALL, entry.answer), (entry.versions or ALL, entry.workaround or ""))
        for scope, text in (*texts, *((variant.versions, variant.answer) for variant in entry.variants)):
            for sentence in _sentences(text):
                yield from _of_sentence(place, scope, title, sentence)


def _of_sentence(place: int, scope: str, title: frozenset[str], sentence: str) -> Iterator[Claim]:
    if not any(map(str.isdigit, sentence)) or _EXAMPLE.search(sentence):
        return
    around = _telling(without(sentence))
    qualifiers = frozenset(_QUALIFIER.findall(sentence))
    before: frozenset[str] = frozenset()
    for clause in _CLAUSES.split(sentence):
        own = _telling(without(clause))
        # 密码至少 10 位，90 天更换: what the second clause is about stands in the first.
        near = own if len(own) > 1 else own | before
        weights = {**dict.fromkeys(title, _TITLE), **dict.fromkeys(around, _SENTENCE), **dict.fromkeys(near, _CLAUSE)}
        for quantity in quantities(clause):
            yield Claim(place, quantity, scope, near, weights, qualifiers, sentence)
        before = own or before


def _sentences(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield from filter(None, map(str.strip, _SENTENCES.split(_MARKS.sub("", normalize(line)))))


def _telling(text: str) -> frozenset[str]:
    """Words of two letters and more that are about something."""
    return frozenset(
        word for word in words(text) if len(word) > 1 and not word.isdigit() and not _EMPTY.fullmatch(word)
    )
