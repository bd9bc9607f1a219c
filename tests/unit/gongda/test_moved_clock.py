import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from desk.clock import FixedClock, system_clock
from gongda.clocks import MovedClock, clock_of
from gongda.errors import BadSetting
from gongda.settings import Settings

WRITTEN = datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc)


def write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    os.utime(file, (WRITTEN.timestamp(), WRITTEN.timestamp()))


def test_without_a_file_it_is_the_machines_time(tmp_path: Path) -> None:
    machine = FixedClock(WRITTEN)

    assert MovedClock(tmp_path / "clock", machine)() == WRITTEN


def test_time_goes_on_from_what_the_file_says(tmp_path: Path) -> None:
    file, machine = tmp_path / "clock", FixedClock(WRITTEN)
    write(file, "2026-02-16T22:30:00+08:00")
    moved = MovedClock(file, machine)

    machine.advance(timedelta(minutes=5))

    assert moved() == datetime.fromisoformat("2026-02-16T22:35:00+08:00")


def test_a_file_that_was_empty_when_looked_at_counts_once_it_is_written(tmp_path: Path) -> None:
    file, machine = tmp_path / "clock", FixedClock(WRITTEN)
    moved = MovedClock(file, machine)
    write(file, "")
    assert moved() == WRITTEN

    write(file, "2026-02-16T22:30:00+08:00")  # with the same time of writing

    assert moved() == datetime.fromisoformat("2026-02-16T22:30:00+08:00")


@pytest.mark.parametrize(("text", "why"), [("22:30", "不是时间"), ("2026-02-16T22:30:00", "缺时区")])
def test_a_file_without_a_time_is_named(tmp_path: Path, text: str, why: str) -> None:
    write(tmp_path / "clock", text)

    with pytest.raises(BadSetting, match=why):
        MovedClock(tmp_path / "clock")()


def test_nobody_gets_a_moved_clock_who_has_not_asked_for_one() -> None:
    assert clock_of(Settings()) is system_clock
