"""A thousand codes with near neighbours, in every disguise and sentence of the declared matrix.

`.venv/bin/python -m evaluation.codes`

Four questions: does each code reach its own entry (and are those that fold together offered), does a code that the
base lacks ever get a neighbour's answer, is anything with letters and digits taken for a code, and how long does it
take. The matrix is asked through the live retrieval function, one sentence for each code and disguise; every other
sentence goes through the table of codes alone, which decides the same.
"""

from __future__ import annotations

import argparse
import random
import string
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from itertools import cycle
from pathlib import Path
from typing import Any

from evaluation.code_base import CODES, SEED, Base, base, entries, material, unknown
from evaluation.code_disguises import DISGUISES, NUMBER_ALONE
from evaluation.report import foot, surroundings, table, write
from retrieval.asking.decision import MAX_CHOICES
from retrieval.asking.result import Result
from retrieval.asking.retriever import Retriever
from retrieval.building import store
from retrieval.building.build import build
from retrieval.indexing.codes import CodeTable
from retrieval.indexing.encoder import Encoder, open_encoder
from retrieval.knowledge.entry import Entry
from zhtext.normalize import normalize

OTHERS = 2_000
RIGHT, CHOICES, WRONG, MISSED = "right", "choices", "wrong", "missed"
_KNOWN = frozenset({"code", "codes_fold_together", "several_codes", "some_codes_unknown"})
_UNKNOWN = "unknown_code"
_UNKNOWN_DISGUISES = ("原样", "小写", "全角", "去掉分隔", "分隔写成空格")
_SHOWN = 12  # failures that a report lists for each table


@dataclass(frozen=True)
class Case:
    """A question about a code; `codes` are all that it may mean."""

    disguise: str
    text: str
    codes: frozenset[str]


@dataclass
class Tally:
    """Outcomes and milliseconds under one name, with the first failures."""

    outcomes: Counter[str]
    milliseconds: list[float]
    failures: list[str]

    @classmethod
    def empty(cls) -> Tally:
        return cls(Counter(), [], [])

    def add(self, outcome: str, text: str, milliseconds: float, good: Sequence[str]) -> None:
        self.outcomes[outcome] += 1
        self.milliseconds.append(milliseconds)
        if outcome not in good:
            self.failures.append(f"{outcome}: {text}")

    def to_json(self) -> dict[str, Any]:
        ordered = sorted(self.milliseconds)
        times = {"p50_ms": ordered[len(ordered) // 2], "p95_ms": ordered[int(len(ordered) * 0.95)]} if ordered else {}
        rounded = {name: round(value, 3) for name, value in times.items()}
        return {"cases": len(ordered), **self.outcomes, **rounded, "failures": self.failures[:_SHOWN]}


def run(size: int, number: int, encoder: Encoder, seed: int = SEED) -> dict[str, Any]:
    """Everything; the report's data."""
    made = base(size)
    known = entries(made)
    with tempfile.TemporaryDirectory(prefix="gongda-codes-") as folder:
        info = build(known, encoder, Path(folder), now=datetime.now(timezone.utc))
        retriever = Retriever(store.load(Path(folder) / info.build_id), encoder)
    code_of = {entry.id: entry.code or "" for entry in known}
    retriever.ask(known[0].question)  # jieba's dictionary
    return {
        "surroundings": surroundings(),
        "codes": len(made.codes),
        "fold_uniquely": made.unique,
        "sentences": {region: len(sentences) for region, sentences in material()["sentences"].items()},
        "asked": _asked(retriever, code_of, made),
        "looked_up": looked_up(known, made),
        "unknown": _unknown(retriever, made, seed),
        "others": _others(retriever, made, number, seed),
    }


def cases(made: Base, *, all_sentences: bool = False) -> Iterator[Case]:
    """Every code in every disguise that changes it, in one sentence after the other, or in all of them."""
    sentences = _sentences()
    turn = cycle(sentences)
    for name, disguise in DISGUISES.items():
        for code in made.codes:
            written = disguise(code)
            if written == code and name != "原样":
                continue
            for sentence in sentences if all_sentences else (next(turn),):
                yield Case(name, sentence.format(written), made.together[code])
    for sentence in material()["numbers"]:
        for number, codes in made.by_number.items():
            yield Case(NUMBER_ALONE, sentence.format(number), codes)


def others(made: Base, number: int, seed: int = SEED) -> Iterator[tuple[str, str]]:
    """Kind and text of things that are no codes, each text once, every kind as often as the others while it can."""
    chance = random.Random(seed)  # noqa: S311 - a sample, no secret
    numbers = sorted(made.by_number)
    seen: set[str] = set()
    kinds = list(material()["others"].items())
    for kind, what in cycle(kinds):
        if len(seen) >= number:
            return
        for _ in range(20):
            text = chance.choice(what["sentences"]).format(_filled(chance.choice(what["values"]), numbers, chance))
            if text not in seen:
                seen.add(text)
                yield kind, text
                break


def looked_up(known: Sequence[Entry], made: Base) -> dict[str, Any]:
    """Every code in every disguise and every sentence, through the table of codes alone."""
    codes = CodeTable.of(known)
    tallies: dict[str, Tally] = {}
    for case in cases(made, all_sentences=True):
        plain = normalize(case.text)
        began = time.perf_counter()
        match = codes.match(plain)
        spent = (time.perf_counter() - began) * 1000
        got = frozenset(str(known[owner].code) for owner in match.entries)
        outcome = _judged(got, case.codes) if not match.unknown else MISSED
        tallies.setdefault(case.disguise, Tally.empty()).add(outcome, case.text, spent, (RIGHT, CHOICES))
    return {name: tally.to_json() for name, tally in tallies.items()}


def _asked(retriever: Retriever, code_of: Mapping[str, str], made: Base) -> dict[str, Any]:
    tallies: dict[str, Tally] = {}
    for case in cases(made):
        result, spent = _timed(retriever, case.text)
        shown = (result.entry_id,) if result.entry_id else result.offered if result.decision == "choices" else ()
        outcome = _judged(frozenset(code_of[entry_id] for entry_id in shown), case.codes)
        tallies.setdefault(case.disguise, Tally.empty()).add(outcome, case.text, spent, (RIGHT, CHOICES))
    return {name: tally.to_json() for name, tally in tallies.items()}


def _judged(got: frozenset[str], codes: frozenset[str]) -> str:
    """Its own entry alone, or all that it may be: three of them where there are more."""
    if got == codes or (got <= codes and len(got) >= MAX_CHOICES):
        return RIGHT if len(codes) == 1 else CHOICES
    return WRONG if got - codes or len(got) == 1 else MISSED


def _unknown(retriever: Retriever, made: Base, seed: int) -> dict[str, Any]:
    """What codes get that differ from one of the base in one place."""
    turn = cycle(_sentences())
    tallies: dict[str, Tally] = {}
    for kind, code in unknown(made, seed):
        tally = tallies.setdefault(kind, Tally.empty())
        for disguise in _UNKNOWN_DISGUISES:
            text = next(turn).format(DISGUISES[disguise](code))
            result, spent = _timed(retriever, text)
            tally.add(_of_unknown(result), f"{text} -> {result.title or ''}", spent, ("said_unknown",))
    return {name: tally.to_json() for name, tally in tallies.items()}


def _of_unknown(result: Result) -> str:
    if result.decision == "decline":
        return "said_unknown" if result.reason == _UNKNOWN else "declined"
    return "answered" if result.decision == "answer" else "offered"


def _others(retriever: Retriever, made: Base, number: int, seed: int) -> dict[str, Any]:
    tallies: dict[str, Tally] = {}
    for kind, text in others(made, number, seed):
        result, spent = _timed(retriever, text)
        tallies.setdefault(kind, Tally.empty()).add(_of_other(result), f"{text} -> {result.title}", spent, ("no_code",))
    return {name: tally.to_json() for name, tally in tallies.items()}


def _of_other(result: Result) -> str:
    """Every entry of the base is about a code, so an answer is wrong by whatever way it was found."""
    if result.reason in _KNOWN:
        return "matched"
    if result.reason == _UNKNOWN:
        return "said_unknown"
    return "answered" if result.decision == "answer" else "no_code"


def _timed(retriever: Retriever, text: str) -> tuple[Result, float]:
    began = time.perf_counter()
    result = retriever.ask(text)
    return result, (time.perf_counter() - began) * 1000


def _sentences() -> list[str]:
    """Simplified, Taiwan and Hong Kong wording in turn."""
    regions = list(material()["sentences"].values())
    longest = max(map(len, regions))
    return [region[place] for place in range(longest) for region in regions if place < len(region)]


def _filled(pattern: str, numbers: Sequence[str], chance: random.Random) -> str:
    """The pattern with its signs replaced, as codes.yml explains them."""
    parts = {
        "#": lambda: chance.choice(string.digits),
        "@": lambda: chance.choice(string.ascii_uppercase),
        "*": lambda: chance.choice("0123456789ABCDEF"),
        "%": lambda: chance.choice(numbers),
        "&": lambda: chance.choice(string.ascii_uppercase) + chance.choice(("", "-")) + chance.choice(numbers),
    }
    return "".join(parts[char]() if char in parts else char for char in pattern)


def markdown(data: dict[str, Any]) -> str:
    """For people."""
    text = f"# 错误码\n\n{data['codes']} 个码，{data['fold_uniquely']} 个折叠后仍唯一。句式 {data['sentences']}。\n\n"
    text += "## 伪装\n\n“问”走完整检索（每码每种伪装一句），“查”是同样的伪装配全部句式，只走码表。\n\n"
    text += table(
        ("伪装", "问", "对", "该给选项的给了", "错", "漏", "p50 ms", "p95 ms", "查", "错", "漏", "p50 ms"),
        [(name, *_row(one), *_short(data["looked_up"][name])) for name, one in data["asked"].items()],
    )
    text += "\n## 知识库没有的码（与某个码只差一处）\n\n" + table(
        ("差在", "问", "说没有收录", "不答", "给选项", "答了别人的"),
        [
            (name, *_counts(one, "said_unknown", "declined", "offered", "answered"))
            for name, one in data["unknown"].items()
        ],
    )
    text += "\n## 不是码的东西\n\n" + table(
        ("是什么", "问", "没当成码", "当成没收录的码", "当成库里的码", "按意思答了某个码"),
        [
            (name, *_counts(one, "no_code", "said_unknown", "matched", "answered"))
            for name, one in data["others"].items()
        ],
    )
    return text + _failures(data) + foot(data)


def _row(one: Mapping[str, Any]) -> tuple[Any, ...]:
    return (*_counts(one, RIGHT, CHOICES, WRONG, MISSED), one["p50_ms"], one["p95_ms"])


def _short(one: Mapping[str, Any]) -> tuple[Any, ...]:
    return (*_counts(one, WRONG, MISSED), one["p50_ms"])


def _counts(one: Mapping[str, Any], *names: str) -> tuple[int, ...]:
    return (one["cases"], *(int(one.get(name, 0)) for name in names))


def _failures(data: Mapping[str, Any]) -> str:
    lines = [
        f"- {name}：{failure}"
        for part in ("asked", "looked_up", "unknown", "others")
        for name, one in data[part].items()
        for failure in one["failures"]
    ]
    return "\n## 没做对的（每项至多列 12 条）\n\n" + ("\n".join(lines) or "没有。") + "\n"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.codes", description=__doc__)
    parser.add_argument("--codes", type=int, default=CODES, help="how many codes, at most 1000")
    parser.add_argument("--others", type=int, default=OTHERS, help="how many things that are no codes")
    parser.add_argument("--seed", type=int, default=SEED, help="draws the unknown codes and the things that are none")
    parser.add_argument("--out", type=Path, help="the JSON file; the Markdown lies beside it")
    given = parser.parse_args()
    data = run(given.codes, given.others, open_encoder(), given.seed)
    text = markdown(data)
    print(text)
    print(write(given.out, "codes", data, text))


if __name__ == "__main__":
    main()
