from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from evaluation import corruption
from evaluation.corruption import Bench, bench, run
from evaluation.damage import DAMAGES
from evaluation.misnaming import NAMED, bad_names
from retrieval.asking.live import Live
from retrieval.building.store import CURRENT
from retrieval.indexing.encoder import HashEncoder
from tests.unit.retrieval.corpus import ENTRIES

VARIANTS = 60


QUESTIONS = ("ERROR_403", "怎么导出报表", "鲸鱼睡觉吗")


@pytest.fixture
def small(tmp_path: Path) -> Bench:
    return bench(tmp_path / "small", ENTRIES, HashEncoder(), QUESTIONS, started_every=1)


@pytest.fixture
def on_top(tmp_path: Path) -> Bench:
    return bench(tmp_path / "on-top", ENTRIES, HashEncoder(), QUESTIONS, started_every=1, on_top=True)


def test_every_damaged_build_is_refused_and_the_last_good_one_answers(small: Bench, on_top: Bench) -> None:
    outcomes = run(VARIANTS, [small, on_top])

    assert [vars(one) for one in outcomes if one.failed] == []
    assert {one.kind for one in outcomes} == {*DAMAGES, NAMED, corruption.SOUND}


def test_a_variant_leaves_the_sound_builds_as_they_were(small: Bench) -> None:
    folders = [small.builds.good, small.builds.victim, small.builds.other, small.root / small.builds.good.name]
    before = [{path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} for folder in folders]

    run(VARIANTS, [small])

    assert before == [{path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} for folder in folders]


class Trusting(Live):
    """Takes the folder's name for good and complains about nothing."""

    def reload(self) -> bool:
        super().reload()
        self.problem = None
        return False


class Curt(Live):
    """Refuses without a reason."""

    def reload(self) -> bool:
        done = super().reload()
        self.problem = self.problem and "no"
        return done


class Anxious(Live):
    """Serves nothing but what it has."""

    def reload(self) -> bool:
        current = self._root / CURRENT
        if self._serving is None:
            return super().reload()
        self.problem = f"{current}: not this one"
        return False


class Careless(Live):
    """Lets everything through that is not its own error."""

    def reload(self) -> bool:
        super().reload()
        if self.problem:
            raise OSError(self.problem)
        return True


@pytest.mark.parametrize(
    ("reader", "failed"),
    [
        (Trusting, corruption.SERVED),
        (Curt, corruption.UNNAMED),
        (Anxious, corruption.REFUSED_SOUND),
        (Careless, corruption.CRASHED),
    ],
)
def test_a_reader_that_does_it_wrong_is_caught(small: Bench, reader: type[Live], failed: str) -> None:
    outcomes = run(len(DAMAGES) + 2, [small], open_live=reader)

    assert Counter(one.failed for one in outcomes)[failed]


def test_whatever_stands_in_current_the_last_good_build_answers(small: Bench) -> None:
    good, path = small.builds.good.name, small.root / CURRENT
    (small.root / CURRENT).write_text(good, encoding="utf-8")
    running = Live(small.root, small.encoder)
    running.reload()

    for content in bad_names(good):
        path.write_bytes(content)
        for live in (running, Live(small.root, small.encoder)):
            live.reload()
            assert live.ask("ERROR_403").build_id == good, content[:40]
            assert live.problem, content[:40]
