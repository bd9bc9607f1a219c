"""Damaged index builds: each must be refused with its reason, and the last good one must go on answering.

`.venv/bin/python -m evaluation.corruption --builds 3000`

A third of the variants are damaged copies of a build of the sample corpus, a third of one made on top of it, a third
of a build of a dozen entries. Each is met twice: by a server that is running when CURRENT begins to name it, and by
one that starts with it (of the large builds every tenth, because a start reads the good build anew). Among the damaged
ones are some sound ones, which must be served: a reader that refuses everything would otherwise pass.
"""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from evaluation import damage
from evaluation.damage import DAMAGES, Builds
from evaluation.engine_models import ROOT
from evaluation.misnaming import NAMED, NAMED_SHARE, name_badly
from evaluation.report import foot, surroundings, table, write
from kb_ingest.folder import read_folder
from retrieval.asking.live import Live
from retrieval.building import store
from retrieval.building.build import build
from retrieval.building.extend import Room, extend
from retrieval.indexing.encoder import Encoder, HashEncoder, open_encoder
from retrieval.knowledge.entry import Entry

SEED = 20_261_122
SECONDS = 60  # after which a variant hangs
SOUND, SOUND_SHARE = "完好", 2
NOW = datetime(2026, 11, 22, tzinfo=timezone.utc)
ANY_ROOM = Room(base=0, delta=1_000, share=1.0)  # what builds on top are for is size; damage is not particular
_SMALL = 12
_STARTED_EVERY = 10
_SHOWN = 40

# What may go wrong with a variant; none of it may happen.
SERVED, CRASHED, HUNG, UNNAMED, WRONG, REFUSED_SOUND = (
    "served", "crashed", "hung", "unnamed", "wrong answers", "sound one refused",
)  # fmt: skip
OpenLive = Callable[[Path, Encoder], Live]


class Hung(Exception):
    """A variant took longer than `SECONDS`."""


@dataclass
class Bench:
    """A folder of builds in which variants are tried, and what the good build answers."""

    root: Path  # holds the good build, CURRENT and, for a moment, the variant
    builds: Builds
    encoder: Encoder
    started_every: int  # variants from one fresh server to the next
    questions: Sequence[str]
    expected: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Outcome:
    """One variant: what was done to it, and what failed, if anything."""

    kind: str
    what: str
    failed: str = ""
    message: str = ""


def run(number: int, benches: Sequence[Bench], open_live: OpenLive = Live, seed: int = SEED) -> list[Outcome]:
    """`number` variants, spread over the benches."""
    chance = random.Random(seed)  # noqa: S311 - a sample, no secret
    kinds = _kinds(number, chance)
    outcomes: list[Outcome] = []
    for place, bench in enumerate(benches):
        outcomes += _on(bench, kinds[place :: len(benches)], open_live, chance)
    return outcomes


def bench(folder: Path, entries: Sequence[Entry], encoder: Encoder, questions: Sequence[str], *, started_every: int,
          on_top: bool = False) -> Bench:  # fmt: skip
    """Three builds of nearly the same entries, a fourth with another encoder. `on_top`: the victim is made on top of
    the good build and shares files with it."""
    made = folder / "made"
    good = build(entries, encoder, made, now=NOW)
    fitted = store.load(made / good.build_id).fitted
    hours = iter(NOW + timedelta(hours=hour) for hour in range(1, 4))
    later = _changed(entries, "（新）")
    if on_top:
        put = [new for new, old in zip(later, entries, strict=True) if new != old]
        victim = extend(made, good.build_id, put, [entries[1].id], encoder, now=next(hours), room=ANY_ROOM)
    else:
        victim = build(later, encoder, made, now=next(hours), kept=fitted)
    if victim is None:
        raise ValueError("the build on top was refused: there is no room for it")
    other = build(_changed(entries, "（另）"), encoder, made, now=next(hours), kept=fitted)
    foreign = build(entries[:_SMALL], HashEncoder(dimensions=64), made, now=next(hours))
    root = folder / "index"
    root.mkdir()
    damage.copy(made / good.build_id, root / good.build_id)
    builds = Builds(*(made / info.build_id for info in (good, victim, other, foreign)))
    return Bench(root, builds, encoder, started_every, questions)


def _changed(entries: Sequence[Entry], mark: str) -> tuple[Entry, ...]:
    """One entry in fifty, so that nearly every file differs and fitting is not due."""
    return tuple(
        replace(entry, title=entry.title + mark) if place % 50 == 0 else entry for place, entry in enumerate(entries)
    )


def _kinds(number: int, chance: random.Random) -> list[str]:
    """Kinds in their shares, each at least once where there is room, shuffled."""
    shares = {name: share for name, (share, _) in DAMAGES.items()} | {NAMED: NAMED_SHARE, SOUND: SOUND_SHARE}
    wanted = list(shares)[:number]
    wanted += chance.choices(list(shares), weights=list(shares.values()), k=number - len(wanted))
    chance.shuffle(wanted)
    return wanted


def _on(bench: Bench, kinds: Sequence[str], open_live: OpenLive, chance: random.Random) -> Iterator[Outcome]:
    good = bench.builds.good.name
    (bench.root / store.CURRENT).write_text(good + "\n", encoding="utf-8")
    running = open_live(bench.root, bench.encoder)
    bench.expected = _answers(running, bench.questions)
    for place, kind in enumerate(kinds):
        outcome = _prepare(bench, kind, chance)
        servers = {"running": running}
        if place % bench.started_every == 0:
            servers["starting"] = open_live(bench.root, bench.encoder)
        for name, live in servers.items():
            if not outcome.failed:
                outcome.failed, outcome.message = _met(bench, live, kind, name)
        _clear(bench)
        running.reload()
        yield outcome


def _prepare(bench: Bench, kind: str, chance: random.Random) -> Outcome:
    victim = bench.root / bench.builds.victim.name
    if kind == NAMED:
        return Outcome(kind, name_badly(bench.root, bench.builds.good.name, chance))
    damage.copy(bench.builds.victim, victim)
    what = DAMAGES[kind][1](victim, bench.builds, chance) if kind in DAMAGES else "nothing"
    (bench.root / store.CURRENT).write_text(victim.name + "\n", encoding="utf-8")
    return Outcome(kind, what)


def _clear(bench: Bench) -> None:
    """The good build alone, and CURRENT naming it."""
    shutil.rmtree(bench.root / bench.builds.victim.name, ignore_errors=True)
    path = bench.root / store.CURRENT
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    path.unlink(missing_ok=True)
    path.write_text(bench.builds.good.name + "\n", encoding="utf-8")


def _met(bench: Bench, live: Live, kind: str, how: str) -> tuple[str, str]:
    """What failed, and the server's words."""
    try:
        with _patience():
            live.reload()
            answers = _answers(live, bench.questions)
    except Hung:
        return HUNG, how
    except Exception as error:  # whatever escapes is a failure to be counted
        return CRASHED, f"{how}: {type(error).__name__}: {error}"
    message = live.problem or ""
    served = live.retriever.build_id
    if kind == SOUND:
        return ("", message) if served == bench.builds.victim.name and not message else (REFUSED_SOUND, message)
    if served != bench.builds.good.name or not message:
        return SERVED, f"{how}: {message}"
    if not _tells(message, bench.root.name if kind == NAMED else bench.builds.victim.name):
        return UNNAMED, f"{how}: {message}"
    return ("", message) if answers == bench.expected else (WRONG, how)


def _tells(message: str, build: str) -> bool:
    """Whether a message names the build and says more than its name."""
    return build in message and len(message.replace(build, "").strip(" :;,.")) >= len("format 0")


def _answers(live: Live, questions: Sequence[str]) -> list[dict[str, Any]]:
    return [live.ask(question).to_json() for question in questions]


@contextmanager
def _patience() -> Iterator[None]:
    """Raises Hung after `SECONDS`."""

    def stop(*_: object) -> None:
        raise Hung

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def report(outcomes: Sequence[Outcome], seconds: float) -> dict[str, Any]:
    """Counts by kind and by file; every failure."""
    kinds = [*DAMAGES, NAMED, SOUND]
    by_kind = {kind: [one for one in outcomes if one.kind == kind] for kind in kinds}
    return {
        "surroundings": surroundings(),
        "variants": len(outcomes),
        "damaged": sum(one.kind != SOUND for one in outcomes),
        "failed": dict(Counter(one.failed for one in outcomes if one.failed)),
        "seconds": round(seconds, 1),
        "kinds": {
            kind: {"variants": len(some), "right": sum(not one.failed for one in some),
                   **Counter(one.failed for one in some if one.failed)}
            for kind, some in by_kind.items()
        },
        "files": dict(sorted(Counter(one.what.partition(":")[0] for one in outcomes).items())),
        "reasons": dict(Counter(_reason(one) for one in outcomes if not one.failed).most_common(_SHOWN)),
        "failures": [vars(one) for one in outcomes if one.failed][:_SHOWN],
    }  # fmt: skip


def _reason(outcome: Outcome) -> str:
    """The kind of message: without names, numbers and what Python adds."""
    words = outcome.message.split("(")[0].split(": ", 1)[-1].split()
    return " ".join("…" if any(map(str.isdigit, word)) or "/" in word or "." in word else word for word in words)


def markdown(data: dict[str, Any]) -> str:
    """For people."""
    names = (SERVED, CRASHED, HUNG, UNNAMED, WRONG, REFUSED_SOUND)
    head = ("怎么坏的", "个数", "做对", "坏的被用了", "崩溃", "卡住", "没说清", "答错", "完好的被拒")
    rows = [
        (kind, one["variants"], one["right"], *(one.get(name, 0) for name in names))
        for kind, one in data["kinds"].items()
    ]
    text = (
        f"# 损坏的索引\n\n{data['variants']} 个变体，其中 {data['damaged']} 个是坏的，{data['seconds']} 秒。"
        "做对：坏的被拒绝、理由里有版本号，原来的版本照常回答，答案逐字节相同；完好的照常启用。\n\n"
    )
    text += table(head, rows)
    text += "\n## 坏在哪个文件\n\n" + table(("文件", "个数"), data["files"].items())
    text += "\n## 拒绝的理由\n\n" + table(("理由", "个数"), data["reasons"].items())
    if data["failures"]:
        text += "\n## 没做对的\n\n" + table(
            ("怎么坏的", "做了什么", "结果", "说了什么"),
            [(one["kind"], one["what"], one["failed"], one["message"][:200]) for one in data["failures"]],
        )
    return text + foot(data)


def benches(folder: Path, encoder: Encoder) -> tuple[Bench, ...]:
    """The sample corpus, the same with changes on top of it, and its first dozen entries."""
    entries = read_folder(ROOT / "kb")
    coded = next(entry for entry in entries if entry.code)
    questions = (f"报错 {coded.code}", entries[-1].question, "鲸鱼睡觉吗")
    few = (entries[0].question, "在吗")
    return (
        bench(folder / "sample", entries, encoder, questions, started_every=_STARTED_EVERY),
        bench(folder / "on-top", entries, encoder, questions, started_every=_STARTED_EVERY, on_top=True),
        bench(folder / "small", entries[:_SMALL], encoder, few, started_every=1),
    )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.corruption", description=__doc__)
    parser.add_argument("--builds", type=int, default=3_000, help="how many variants")
    parser.add_argument("--out", type=Path, help="the JSON file; the Markdown lies beside it")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gongda-corruption-") as folder:
        tried = benches(Path(folder), open_encoder())
        began = time.monotonic()
        outcomes = run(given.builds, tried)
        data = report(outcomes, time.monotonic() - began)
    text = markdown(data)
    print(text)
    print(write(given.out, "corruption", data, text))


if __name__ == "__main__":
    main()
