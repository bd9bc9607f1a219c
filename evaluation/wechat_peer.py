"""Our guard of WeChat's callback and wechatpy's, on the same hostile requests in the same run.

`.venv/bin/pip install -e '.[peers]'`, then `.venv/bin/python -m evaluation.wechat_peer`

The requests are those of `evaluation.wechat_forged` in 明文 and 安全模式, but for replays (neither guard remembers) and
broken HTTP (neither sees it). None of them may become a message; what a guard does not promise counts all the same, so
read the kinds. See docs/decisions/0020.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from urllib.parse import parse_qsl

from evaluation.forged_addresses import Addresses
from evaluation.forged_bodies import Bodies
from evaluation.forging import Captured, Query, Signer
from evaluation.report import foot, surroundings, table, write
from evaluation.wechat_guards import Guard, Ours, Theirs
from gateway.channels.wechat.fakes.wire import Mode

SEED = 7
MODES: tuple[Mode, ...] = ("plain", "secure")
NOT_SEEN = ("HTTP", "URL", "address: odd", "address: a parameter doubled", "replay")
"""Kinds that end before a library is asked, or that only a memory could tell."""
REPEATS = 3000


@dataclass(frozen=True)
class Case:
    """A request that must not become a message."""

    mode: Mode
    kind: str
    query: Query
    body: bytes


@dataclass
class Outcome:
    """What one guard made of all of them."""

    taken: Counter[str] = field(default_factory=Counter)  # by kind
    refused: int = 0
    nothing: int = 0
    other: Counter[str] = field(default_factory=Counter)  # by type of exception
    seconds: list[float] = field(default_factory=list)


class Requests:
    """One mode's hostile requests, and one that is right."""

    def __init__(self, mode: Mode) -> None:
        self._mode: Mode = mode
        self._signer = Signer(mode, random.Random(f"{SEED}-{mode}"), Captured())  # noqa: S311 - the same every time
        self._kinds = [*Addresses(self._signer).kinds, *Bodies(self._signer).kinds]

    def hostile(self, count: int) -> list[Case]:
        found: list[Case] = []
        while len(found) < count:
            made = self._signer.rng.choice(self._kinds)()
            if made.raw is None and not made.kind.startswith(NOT_SEEN):
                found.append(Case(self._mode, made.kind, _query(made.query), made.body))
        return found

    def valid(self) -> Case:
        query, body = self._signer.signed(self._signer.fields(Content="项目打不开，报错 ERROR_403"))
        return Case(self._mode, "valid", query, body)


def _query(text: str) -> Query:
    """Absent ones are empty, as a web framework would hand them on."""
    return {"signature": "", "timestamp": "", "nonce": "", **dict(parse_qsl(text, keep_blank_values=True))}


def judged(guard: Guard, cases: Sequence[Case]) -> Outcome:
    """Each case once."""
    outcome = Outcome()
    for case in cases:
        began = perf_counter()
        try:
            found = guard.message_id(case.mode, case.query, case.body)
        except guard.refusal:
            outcome.refused += 1
        except Exception as error:
            outcome.other[type(error).__name__] += 1
        else:
            outcome.nothing += found is None
            if found is not None:
                outcome.taken[f"{case.mode} · {case.kind}"] += 1
        outcome.seconds.append(perf_counter() - began)
    return outcome


def _microseconds(*calls: Callable[[], object]) -> list[float]:
    """The medians of `REPEATS` goes each, taken turn about."""
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(REPEATS):
        for call, kept in zip(calls, times, strict=True):
            began = perf_counter()
            call()
            kept.append(perf_counter() - began)
    return [round(median(kept) * 1e6, 1) for kept in times]


def measure(count: int) -> dict[str, Any]:
    """`count` requests in each mode through both."""
    guards: tuple[Guard, ...] = (Ours(), Theirs())
    requests = {mode: Requests(mode) for mode in MODES}
    cases = [case for mode in MODES for case in requests[mode].hostile(count)]
    valid = {mode: requests[mode].valid() for mode in MODES}
    found = [_shown(guard, judged(guard, cases)) for guard in guards]
    for mode, case in valid.items():
        calls = [lambda g=guard, c=case: g.message_id(c.mode, c.query, c.body) for guard in guards]
        _add(found, f"valid_{mode}_us", _microseconds(*calls))
    _add(found, "aes_us", _microseconds(*(guard.opener(_encrypted(valid["secure"].body)) for guard in guards)))
    return {"surroundings": surroundings(), "requests": len(cases), "guards": found}


def _encrypted(body: bytes) -> str:
    found = re.search(rb"<Encrypt><!\[CDATA\[(.*?)\]\]>", body)
    if found is None:
        raise ValueError("the valid request of 安全模式 has no <Encrypt>")
    return found.group(1).decode()


def _shown(guard: Guard, outcome: Outcome) -> dict[str, Any]:
    seconds = sorted(outcome.seconds)
    return {
        "guard": guard.name, "taken": outcome.taken.total(), "refused": outcome.refused, "nothing": outcome.nothing,
        "other_exceptions": outcome.other.total(), "hostile_p50_ms": round(median(seconds) * 1000, 3),
        "hostile_p99_ms": round(seconds[int(len(seconds) * 0.99)] * 1000, 2),
        "hostile_slowest_ms": round(seconds[-1] * 1000, 1),
        "taken_by_kind": dict(outcome.taken.most_common()), "exceptions": dict(outcome.other.most_common()),
    }  # fmt: skip


def _add(found: Sequence[dict[str, Any]], name: str, values: Sequence[float]) -> None:
    for one, value in zip(found, values, strict=True):
        one[name] = value


def markdown(data: dict[str, Any]) -> str:
    """For people."""
    guards = data["guards"]
    parts = ("taken_by_kind", "exceptions")
    names = [name for name in guards[0] if name not in ("guard", *parts)]
    text = f"# 微信回调的两道门：{data['requests']} 个不该放行的请求\n\n"
    text += table(["", *(one["guard"] for one in guards)], [[name, *(one[name] for one in guards)] for name in names])
    for part in parts:
        kinds = sorted({kind for one in guards for kind in one[part]})
        rows = [[kind, *(one[part].get(kind, 0) for one in guards)] for kind in kinds]
        text += f"\n## {part}\n\n" + table(["", *(one["guard"] for one in guards)], rows)
    return text + foot(data)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=3000, help="in each mode")
    parser.add_argument("--out", type=Path)
    wanted = parser.parse_args(arguments)
    data = measure(wanted.requests)
    print(markdown(data))
    print(write(wanted.out, "wechat-peer", data, markdown(data)))


if __name__ == "__main__":
    main()
