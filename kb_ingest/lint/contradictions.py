"""Entries that say different things about the same: another amount, or yes here and no there."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from kb_ingest.likeness import Bags
from kb_ingest.lint.claims import Claim, claims
from kb_ingest.lint.corpus import Corpus
from kb_ingest.lint.finding import WARNING, Finding, name
from retrieval.knowledge.entry import Entry
from zhtext.normalize import normalize

NUMBERS, ANSWERS = "contradicting_numbers", "contradicting_answers"
# Two amounts are of the same thing when the words beside them are alike and so are those of their sentences and titles
# (cosines), and both entries belong to one topic; between topics only when hardly a word differs. Read off 671 entries
# of the sample corpus: 3 pairs remain, all worth a look (without the topic it would be some 25, most of them not), and
# of 106 statements of its 15 limits, each falsified in one place, 44 are noticed. A missed one costs less than ten
# that an editor looks at in vain.
_BESIDE, _AROUND, _BETWEEN_TOPICS = 0.3, 0.35, 0.6
_NOW = r"^(?:\d+[.、)]\s*)?(?:目前|现在|暂时|暂|当前|系统|平台|默认|还|都|[,:\s])*"
_NO = re.compile(rf"{_NOW}(?:不能|不可以|不支持|不可|不行|不会|不需要|不用|不必|没有|无法|无须|无需|不允许|没法)")
_YES = re.compile(
    rf"{_NOW}(?:可以|能(?!不)|支持|行(?=[,。]|$)|会(?!议|签|话)|需要|要(?!求|点)|有(?!时|些|的|两|三|几|人)|允许)"
)


@dataclass(frozen=True)
class _Conflict:
    likeness: float
    one: Claim
    other: Claim


def check_numbers(corpus: Corpus) -> Iterator[Finding]:
    """Two entries that give different amounts of one thing, and have none in common. One finding for two entries."""
    worst: dict[tuple[int, int], _Conflict] = {}
    for conflict in _conflicts(corpus):
        key = (conflict.one.entry, conflict.other.entry)
        if key not in worst or conflict.likeness > worst[key].likeness:
            worst[key] = conflict
    for conflict in sorted(worst.values(), key=lambda found: -found.likeness):
        one, other = corpus.entries[conflict.one.entry], corpus.entries[conflict.other.entry]
        yield Finding(
            NUMBERS, WARNING, (one.id, other.id),
            f"同一件事两个数：{name(one)} 写“{conflict.one.sentence}”，{name(other)} 写“{conflict.other.sentence}”。"
            "核对后改成一致；本来就不同的，写清各指什么",
        )  # fmt: skip


def check_answers(corpus: Corpus) -> Iterator[Finding]:
    """Nearly the same question, answered yes in one entry and no in the other."""
    reported: set[tuple[int, int]] = set()
    for pair in corpus.near_questions:
        row, twin = corpus.rows[pair.one], corpus.rows[pair.other]
        one, other = corpus.entries[row.entry], corpus.entries[twin.entry]
        if {_says(one), _says(other)} == {"yes", "no"} and (row.entry, twin.entry) not in reported:
            reported.add((row.entry, twin.entry))
            yield Finding(
                ANSWERS, WARNING, (one.id, other.id),
                f"{name(one)} 与 {name(other)} 都有“{row.text}”这类问法，"
                "答案却一个说可以、一个说不可以：核对后改成一致",
            )  # fmt: skip


def _conflicts(corpus: Corpus) -> Iterator[_Conflict]:
    """For two entries and one kind of amount: the likest claims, unless one entry knows the other's amount as well."""
    found = tuple(claims(corpus.entries))
    amounts: dict[tuple[int, str], set[float]] = defaultdict(set)
    for claim in found:
        amounts[claim.entry, claim.quantity.kind].update(claim.quantity.values)
    beside = {(pair.one, pair.other) for pair in Bags([dict.fromkeys(c.near, 1.0) for c in found]).pairs(_BESIDE)}
    for pair in Bags([claim.words for claim in found]).pairs(_AROUND):
        one, other = found[pair.one], found[pair.other]
        kind = one.quantity.kind
        if (
            (pair.one, pair.other) in beside
            and _comparable(one, other)
            and (pair.likeness >= _BETWEEN_TOPICS or _one_topic(corpus.entries[one.entry], corpus.entries[other.entry]))
            and amounts[one.entry, kind].isdisjoint(other.quantity.values)
            and amounts[other.entry, kind].isdisjoint(one.quantity.values)
        ):
            yield _Conflict(pair.likeness, one, other)


def _comparable(one: Claim, other: Claim) -> bool:
    return (
        one.entry != other.entry
        and one.quantity.kind == other.quantity.kind
        and one.quantity.bound == other.quantity.bound
        and one.scope == other.scope
        and not _for_others(one.qualifiers, other.qualifiers)
    )


def _one_topic(one: Entry, other: Entry) -> bool:
    return bool(one.topic) and one.topic == other.topic


def _for_others(one: frozenset[str], other: frozenset[str]) -> bool:
    """One is about 标准版 and the other about 集团版."""
    return bool(one) and bool(other) and not one & other


def _says(entry: Entry) -> str:
    """Whether the answer begins with yes or with no; empty when it does neither."""
    text = normalize(entry.answer).lstrip("*# ")
    return "no" if _NO.search(text) else "yes" if _YES.search(text) else ""
