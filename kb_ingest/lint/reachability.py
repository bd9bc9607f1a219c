"""Entries whose own questions lead elsewhere, asked through the very function that answers customers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb_ingest.lint.corpus import Corpus, Row
from kb_ingest.lint.finding import WARNING, Finding, name, quoted
from retrieval.asking.decision import CHOICES
from retrieval.asking.result import Result
from retrieval.asking.retriever import Retriever, policy_only
from retrieval.knowledge.entries import POLICY

CHECK = "unreachable"


@dataclass(frozen=True)
class _Lost:
    """An own question that does not lead to its entry, and what came instead."""

    row: Row
    result: Result


def check(corpus: Corpus, retriever: Retriever) -> Iterator[Finding]:
    """One finding for each entry that loses questions, with how many of how many, and to whom."""
    lost: dict[int, list[_Lost]] = defaultdict(list)
    for row in _doubtful(corpus):
        result = retriever.ask(row.text, top=1)
        if not _leads_to(result, corpus.entries[row.entry].id):
            lost[row.entry].append(_Lost(row, result))
    asked = Counter(row.entry for row in corpus.rows)
    for place, questions in sorted(lost.items()):
        yield _finding(corpus, place, questions, asked[place])


def _doubtful(corpus: Corpus) -> Iterator[Row]:
    """Rows that may lead elsewhere. All others stand in the index word for word and in one entry only, which is
    decided by `exact`; asking them all would take the better part of a minute."""
    owners = Counter(row.key for row in corpus.rows)
    for row in corpus.rows:
        if not row.key or owners[row.key] > 1 or policy_only(row.plain) or corpus.codes.match(row.plain).found:
            yield row


def _leads_to(result: Result, entry_id: str) -> bool:
    return result.entry_id == entry_id or entry_id in result.offered


def _finding(corpus: Corpus, place: int, lost: Sequence[_Lost], asked: int) -> Finding:
    entry = corpus.entries[place]
    others = tuple(dict.fromkeys(name for one in lost for name in _instead(one.result)))
    texts = quoted(tuple(one.row.text for one in lost))
    share = f"{len(lost)}/{asked} 条问法（{100 * len(lost) / asked:.0f} %）"
    to = f"得到的是 {'、'.join(others)}" if others else "得不到答案"
    restricted = any(one.type == POLICY for one in corpus.entries)
    why = {_reason(one, restricted) for one in lost}
    message = f"{name(entry)} 自己的 {share}找不到它，{to}：{texts}。{'；'.join(sorted(why))}"
    return Finding(CHECK, WARNING, (entry.id, *others), message)


def _instead(result: Result) -> tuple[str, ...]:
    if result.entry_id is not None:
        return (result.entry_id,)
    return result.offered if result.decision == CHOICES else ()


def _reason(lost: _Lost, restricted: bool) -> str:
    """What to do about it. `restricted`: there are policies, and only they answer questions of price and law."""
    if lost.result.reason == "unknown_code":
        return f"问法里的 {lost.result.codes[0]} 没有收录：补这个错误码，或从问法里拿掉"
    if lost.result.codes:
        return f"问法里有错误码 {'、'.join(lost.result.codes)}，码属于别的条目：从问法里拿掉"
    if restricted and policy_only(lost.row.plain):
        return "问到价格、退赔或法律，只有 policy 类条目能答：移到 policy 条目，或换个问法"
    return "同一句写在太多条目里：只留在最该回答它的条目"
