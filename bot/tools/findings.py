"""What can be wrong with training data, one function each; pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.tools.confusing import CrossValidation
from bot.tools.training_data import Data, Row
from zhtext.patterns import Alike, identity, length, variety

ENOUGH_PATTERNS = 35  # of every intent, near-duplicates and slot swaps counted once
_SHORT = 6  # of `length`; shorter ones (转人工, ERR-1042) are everybody's words and prove no leak
_CONFUSED = 0.05  # share of the examples of two intents that are mixed up, from which it is worth a warning
_CONFUSED_AT_LEAST = 3
# `[text](entity)`, `[text]{"entity": …}`, `[text][{…}]`: Rasa's entity markup, and its commands.
_MARKUP = re.compile(r"\[[^\]]+\](?:\([^)]+\)|\{[^}]+\}|\[.*?\])|^/")


@dataclass(frozen=True)
class Finding:
    """One kind of mistake; `level` is `error` or `warning`, `items` name each case with its place."""

    level: str
    kind: str
    message: str
    items: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "level": self.level,
            "kind": self.kind,
            "message": self.message,
            "count": len(self.items),
            "items": list(self.items),
        }


def count_patterns(rows: Sequence[Row], modules: Sequence[str] = ()) -> dict[str, int]:
    """How many different patterns each intent has: near-duplicates, also through others, are one."""
    texts: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        texts[row.label].append(row.text)
    return {label: variety(own, modules) for label, own in texts.items()}


def too_few(patterns: Mapping[str, int]) -> Finding:
    """Intents with too little variety to learn from."""
    few = sorted((count, name) for name, count in patterns.items() if count < ENOUGH_PATTERNS)
    items = tuple(f"{name}：{count} 种，还差 {ENOUGH_PATTERNS - count} 种" for count, name in few)
    return Finding("error", "too_few_patterns", f"说法不足 {ENOUGH_PATTERNS} 种的意图", items)


def twice_across(rows: Sequence[Row]) -> Finding:
    """The same wording in two intents: no model can learn both."""
    items = tuple(
        " = ".join(f"{row}（{row.label}）" for row in {row.label: row for row in same}.values())
        for same in _by_wording(rows).values()
        if len({row.label for row in same}) > 1
    )
    return Finding("error", "duplicate_across_intents", "同一句出现在不同意图里", items)


def twice_within(rows: Sequence[Row]) -> Finding:
    """The same wording again in its own intent: it adds nothing."""
    by_label: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        by_label[row.label, identity(row.text)].append(row)
    items = tuple(f"{same[0].label}：" + " = ".join(map(str, same)) for same in by_label.values() if len(same) > 1)
    return Finding("warning", "duplicate_within_intent", "同一意图里重复（只差数字、错误码、版本）", items)


def nearly_across(rows: Sequence[Row]) -> Finding:
    """Nearly the same in two intents; may be right (转人工, 不转人工), deserves a look."""
    items = tuple(f"{one}（{one.label}） ~ {two}（{two.label}）" for one, two in _near(rows) if one.label != two.label)
    return Finding("warning", "near_across_intents", "不同意图里的近似句", items)


def nearly_within(rows: Sequence[Row]) -> Finding:
    """Nearly the same in one intent: counts as one pattern."""
    items = tuple(f"{one.label}：{one} ~ {two}" for one, two in _near(rows) if one.label == two.label)
    return Finding("warning", "near_within_intent", "同一意图里的近似句", items)


def claimed_and_foreign(data: Data) -> Finding:
    """A sentence that is an example of an intent and of no intent at once."""
    ours = _by_wording(data.examples)
    items = tuple(f"{row} = {ours[key][0]}" for row in data.foreign if (key := identity(row.text)) in ours)
    return Finding("error", "foreign_and_claimed", "既是范围外又是某个意图的例句", items)


def leaks(data: Data, questions: Sequence[Row]) -> tuple[Finding, ...]:
    """Questions of the held-out sets, word for word or nearly, in what is trained on."""
    known = Alike([identity(row.text) for row in questions])
    found: list[Finding] = []
    short: list[str] = []
    for kind, name, rows in (
        ("leak_intents", "intents", data.examples),
        ("leak_situations", "situations", data.situations),
        ("leak_out_of_scope", "out_of_scope", data.foreign),
    ):
        items: list[str] = []
        for row in rows:
            for question in (questions[place] for place in known.to(identity(row.text))):
                telling = min(length(row.text), length(question.text)) >= _SHORT
                (items if telling else short).append(f"{row} ~ {question}")
        found.append(Finding("error", kind, f"{name} 里有题集里的句子（逐字或近似）", tuple(items)))
    coincidence = Finding("warning", "short_coincidence", f"与题集碰巧相同的短句（不足 {_SHORT} 字）", tuple(short))
    return (*found, coincidence)


def markup(data: Data) -> Finding:
    """What Rasa would not take as plain text, or not read at all."""
    marked = [f"{row}（Rasa 会当作标注或命令）" for row in data.examples if _MARKUP.search(row.text)]
    ignored = [f"{row}（不以“- ”开头，Rasa 不读）" for row in data.ignored]
    return Finding("warning", "markup", "Rasa 不会当作普通文字的例句", (*marked, *ignored))


def confused(crossed: CrossValidation) -> Finding:
    """Pairs of intents that the words alone do not keep apart."""
    pairs = [p for p in crossed.confusions if p.count >= _CONFUSED_AT_LEAST and p.count / p.of >= _CONFUSED]
    return Finding("warning", "confused", "交叉验证里互相混淆的意图", tuple(map(str, pairs)))


def _by_wording(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if identity(row.text):  # emoji and punctuation alone have none
            found[identity(row.text)].append(row)
    return found


def _near(rows: Sequence[Row]) -> list[tuple[Row, Row]]:
    """Every two rows that are alike and not the same wording."""
    first = [same[0] for same in _by_wording(rows).values()]
    return [(first[one], first[two]) for one, two in Alike([identity(row.text) for row in first]).each()]
