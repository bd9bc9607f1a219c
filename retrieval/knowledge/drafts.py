"""The beginning of an entry: from questions that nobody answered, or from a ticket that somebody resolved.

Whatever customers and agents wrote goes through `mask_secrets` first. An editor writes the rest: a draft without an
answer carries `unwritten.MARK`, which no publication lets pass. Where it belongs is `placing`'s to suggest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from retrieval.asking.content import is_question
from retrieval.knowledge.entry import Entry
from retrieval.knowledge.unwritten import placeholder
from zhtext.patterns import groups, wording
from zhtext.secrets import mask_secrets

REVIEW_DAYS = 90
MAX_SIMILAR = 20
_MAX_TITLE = 40
_DIGITS = 8
_TICKET = re.compile(r"[^0-9]+")
_ASK_FOR_AN_ANSWER = "请写这个问题的答案，并核对标题、主题和相似问。"
_ASK_FOR_A_SOLUTION = "请写处理步骤：先结论，再编号步骤。"
_ASK_FOR_A_PHENOMENON = "请写现象。"


def from_cluster(
    texts: Sequence[str], title: str, *, now: datetime, author: str, topic: str = "", module: str = ""
) -> Entry:
    """A question to be answered: `title` asks it, the other wordings are its similar questions.

    The id is that of the question, so drafting twice gives one entry. Raises ValueError for an empty title.
    """
    question = _masked(title)
    if not question:
        raise ValueError("the title of a gap is empty: choose one of its questions")
    return Entry(
        id=f"gap-{_digest(question)}", type="faq", title=_short(question), question=question,
        similar=similar(question, texts), answer=placeholder(_ASK_FOR_AN_ANSWER), topic=topic, module=module,
        versions="*", audience="user", owner=author, review=_review(now),
    )  # fmt: skip


def from_ticket(
    number: str,
    summary: str,
    solution: str,
    *,
    slots: Mapping[str, str],
    transcript: Sequence[str],
    now: datetime,
    author: str,
    topic: str = "",
    module: str = "",
) -> Entry:
    """A case: what happened, where, and what helped. `transcript` is what the customer wrote, `slots` are those of the
    ticket. The error code is told in the text only: as `code` the case would stand beside the code's own entry.
    """
    phenomenon = _masked(slots.get("phenomenon") or summary) or placeholder(_ASK_FOR_A_PHENOMENON)
    asked = [text for text in transcript if is_question(text)]
    return Entry(
        id=f"case-{_ticket_id(number)}", type="case", title=_short(_masked(summary) or phenomenon), question=phenomenon,
        similar=similar(phenomenon, asked), answer=_answer(phenomenon, _masked_lines(solution), slots),
        topic=topic, module=module or slots.get("module", ""),
        versions=slots.get("version", "") or "*", audience="user", owner=author, source="处理案例",
        review=_review(now),
    )  # fmt: skip


def _answer(phenomenon: str, solution: str, slots: Mapping[str, str]) -> str:
    where = "、".join(f"{label} {_masked(slots[name])}" for name, label in _SLOTS.items() if slots.get(name))
    parts = [f"**现象**：{phenomenon}"]
    if where:
        parts.append(f"**环境**：{where}")
    parts.append(f"**处理**\n{solution or placeholder(_ASK_FOR_A_SOLUTION)}")
    return "\n\n".join(parts)


_SLOTS = {"error_code": "错误码", "module": "模块", "version": "版本", "os": "系统", "frequency": "频率"}


def similar(question: str, texts: Iterable[str]) -> tuple[str, ...]:
    """Different wordings, masked; near-duplicates of the question or of each other are left out."""
    masked = [question, *filter(None, map(_masked, texts))]
    roots = groups([wording(text) for text in masked])
    first: dict[int, str] = {}
    for root, text in zip(roots, masked, strict=True):
        first.setdefault(root, text)
    return tuple(first.values())[1 : MAX_SIMILAR + 1]


def _masked(text: str) -> str:
    """One line without secrets."""
    return " ".join(mask_secrets(text).text.split())


def _masked_lines(text: str) -> str:
    return mask_secrets(text).text.strip()


def _short(text: str) -> str:
    return text if len(text) <= _MAX_TITLE else text[: _MAX_TITLE - 1] + "…"


def _ticket_id(number: str) -> str:
    """GD-20261122-0042-7 -> 20261122-0042: the check digit is the owner's to know."""
    parts = list(filter(None, _TICKET.split(number)))
    return "-".join(parts[:2]) if len(parts) > 2 else _digest(number)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:_DIGITS]


def _review(now: datetime) -> str:
    return (now + timedelta(days=REVIEW_DAYS)).date().isoformat()
