"""Entries that say the same, and questions that stand in several entries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from kb_ingest.likeness import Bags
from kb_ingest.lint.corpus import Corpus, Row
from kb_ingest.lint.finding import WARNING, Finding, name
from retrieval.asking.decision import MAX_CHOICES
from retrieval.asking.retriever import VAGUE_CHARS
from retrieval.indexing.tokens import char_tokens, text_key
from retrieval.knowledge.entry import Entry
from zhtext.normalize import normalize

ENTRIES, TITLES, QUESTIONS = "duplicate_entries", "duplicate_titles", "shared_questions"
# Cosines of the character pairs of two answers and of all their questions, above which both say the same.
_ANSWERS, _ASKED = 0.3, 0.25
# A copied answer is one, whatever the questions are.
_COPIED = 0.8


def check_entries(corpus: Corpus) -> Iterator[Finding]:
    """Two entries whose answers and questions are alike. An error code and the question about its problem are meant to
    be two entries, and so are a release note and the task it is about, unless one answer is a copy of the other."""
    entries = corpus.entries
    asked = {
        (pair.one, pair.other): pair.likeness
        for pair in Bags([_bag("\n".join(entry.questions)) for entry in entries]).pairs(_ASKED)
    }
    for pair in Bags([_bag(entry.answer) for entry in entries]).pairs(_ANSWERS):
        one, other = entries[pair.one], entries[pair.other]
        twins = _sort(one) == _sort(other) and (pair.one, pair.other) in asked
        if pair.likeness >= _COPIED or twins:
            yield Finding(
                ENTRIES, WARNING, (one.id, other.id),
                f"{name(one)} 与 {name(other)} 的问法和答案都很像：合并成一条，或在标题、问法和答案里写清两者的区别",
            )  # fmt: skip


def check_titles(corpus: Corpus) -> Iterator[Finding]:
    """Titles that cannot be told apart when both are offered."""
    same: dict[str, list[str]] = defaultdict(list)
    for entry in corpus.entries:
        same[text_key(normalize(entry.title))].append(entry.id)
    for ids in same.values():
        if len(ids) > 1:
            message = f"{'、'.join(ids)} 的标题相同，客户在选项里分不清：改成不同的标题"
            yield Finding(TITLES, WARNING, tuple(ids), message)


def check_questions(corpus: Corpus) -> Iterator[Finding]:
    """Questions that say the same in two entries, one finding for both; vague ones only where there are too many."""
    shared: dict[tuple[int, int], list[tuple[Row, Row]]] = defaultdict(list)
    for pair in corpus.near_questions:
        one, other = corpus.rows[pair.one], corpus.rows[pair.other]
        if one.key != other.key or len(one.key) > VAGUE_CHARS:
            shared[one.entry, other.entry].append((one, other))
    for (first, second), rows in sorted(shared.items()):
        yield _shared(corpus, first, second, rows)
    yield from _vague(corpus)


def _sort(entry: Entry) -> str:
    """What kind of knowledge an entry holds; two sorts may speak of one subject."""
    return "code" if entry.code else entry.type if entry.type in ("release", "case") else "guidance"


def _shared(corpus: Corpus, first: int, second: int, rows: Sequence[tuple[Row, Row]]) -> Finding:
    one, other = corpus.entries[first], corpus.entries[second]
    said = "；".join(f"“{a.text}”" if a.text == b.text else f"“{a.text}” 与 “{b.text}”" for a, b in rows)
    return Finding(
        QUESTIONS, WARNING, (one.id, other.id),
        f"{name(one)} 与 {name(other)} 里有几乎相同的问法：{said}。留在真正回答它的那条，另一条换成带自己特征的说法",
    )  # fmt: skip


def _vague(corpus: Corpus) -> Iterator[Finding]:
    """A vague question may stand in as many entries as there are choices."""
    owners: dict[str, list[int]] = defaultdict(list)
    for row in corpus.rows:
        if row.key and len(row.key) <= VAGUE_CHARS:
            owners[row.key].append(row.entry)
    for key, places in sorted(owners.items()):
        ids = tuple(dict.fromkeys(corpus.entries[place].id for place in places))
        if len(ids) > MAX_CHOICES:
            yield Finding(
                QUESTIONS, WARNING, ids,
                f"笼统的“{key}”写在 {len(ids)} 个条目里，客户最多看到 {MAX_CHOICES} 个选项：只留最常见的几个",
            )  # fmt: skip


def _bag(text: str) -> Counter[str]:
    return Counter(token for token in char_tokens(normalize(text)) if len(token) > 1)
