from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from gateway.console.desk.clocks import Dial, urgent

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc)


def dial(used: int, *, state: str = "running", target: int = 3600, due: int | None = None) -> Dial:
    due_at = NOW + timedelta(seconds=due) if due is not None else None
    return Dial("resolution", state, target, used, due_at, None, None, None)


@pytest.mark.parametrize(
    ("used", "state", "level"),
    [
        (0, "running", "calm"),
        (2879, "running", "calm"),
        (2880, "running", "near"),
        (3599, "running", "near"),
        (3600, "running", "late"),
        (100, "paused", "paused"),
        (9000, "paused", "paused"),
        (3600, "stopped", "met"),
        (3601, "stopped", "missed"),
    ],
)
def test_a_clock_is_coloured_by_how_much_of_its_target_is_used(used: int, state: str, level: str) -> None:
    assert dial(used, state=state).level == level


def test_the_one_that_runs_out_first_is_shown() -> None:
    soon, later, paused, done = dial(0, due=60), dial(0, due=600), dial(0, state="paused"), dial(0, state="stopped")
    assert urgent([done, later, paused, soon]) is soon
    assert urgent([done, paused]) is paused
    assert urgent([done]) is None
    assert urgent([]) is None


def test_near_is_where_the_operator_wants_to_be_warned() -> None:
    early = Dial("resolution", "running", 100, 60, None, None, None, None, warn=0.5)
    late = Dial("resolution", "running", 100, 60, None, None, None, None, warn=0.8)

    assert (early.level, late.level) == ("near", "calm")
