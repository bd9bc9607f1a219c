from __future__ import annotations

import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from desk import windows
from desk.clock import FixedClock
from desk.database import Database
from desk.windows import Allowance, Cause, Spent

HOURS_48, MINUTE = timedelta(hours=48), timedelta(minutes=1)
LIMITS: dict[Cause, tuple[int, timedelta]] = {"message": (5, HOURS_48), "event": (3, MINUTE)}


def speak(db: Database, clock: FixedClock, cause: Cause = "message", who: str = "oA") -> None:
    allowance, lasts = LIMITS[cause]
    with db.write() as session:
        windows.opened(session, "wechat", who, cause, allowance=allowance, lasts=lasts, now=clock())


def spend(db: Database, clock: FixedClock, who: str = "oA") -> Spent | None:
    with db.write() as session:
        return windows.spend(session, "wechat", who, now=clock())


def left(db: Database, clock: FixedClock, who: str = "oA") -> Allowance:
    with db.read() as session:
        return windows.left(session, "wechat", who, now=clock())


def test_nobody_is_known_before_they_have_spoken(db: Database, clock: FixedClock) -> None:
    assert left(db, clock) == Allowance(0, None)
    assert spend(db, clock) is None


def test_a_message_allows_five_for_48_hours(db: Database, clock: FixedClock) -> None:
    speak(db, clock)
    assert left(db, clock) == Allowance(5, clock() + HOURS_48, of=5)
    assert [spend(db, clock) is not None for _ in range(6)] == [True] * 5 + [False]
    assert left(db, clock) == Allowance(0, clock() + HOURS_48, of=5)


def test_a_click_allows_three_for_a_minute_and_they_go_first(db: Database, clock: FixedClock) -> None:
    speak(db, clock)
    speak(db, clock, "event")
    assert left(db, clock).left == 8
    for _ in range(3):
        spend(db, clock)
    clock.advance(MINUTE)
    assert left(db, clock) == Allowance(5, clock() + HOURS_48 - MINUTE, of=5)


def test_when_the_time_is_over_nothing_is_left(db: Database, clock: FixedClock) -> None:
    speak(db, clock)
    clock.advance(HOURS_48)
    assert left(db, clock) == Allowance(0, clock(), of=0)
    assert spend(db, clock) is None


def test_what_did_not_go_out_is_given_back(db: Database, clock: FixedClock) -> None:
    speak(db, clock)
    taken = spend(db, clock)
    assert taken is not None
    with db.write() as session:
        windows.give_back(session, taken)
    assert left(db, clock).left == 5


def test_nothing_is_given_back_to_a_window_that_was_renewed_meanwhile(db: Database, clock: FixedClock) -> None:
    speak(db, clock)
    taken = spend(db, clock)
    assert taken is not None
    clock.advance(MINUTE)
    speak(db, clock)
    spend(db, clock)
    with db.write() as session:
        windows.give_back(session, taken)
    assert left(db, clock).left == 4


def test_the_channel_has_the_last_word_about_what_was_open_then(db: Database, clock: FixedClock) -> None:
    speak(db, clock)
    asked = clock()
    clock.advance(MINUTE)
    for says in (windows.emptied, windows.ended):
        speak(db, clock)
        with db.write() as session:
            says(session, "wechat", "oA", as_of=asked)
        assert left(db, clock).left == 5
        with db.write() as session:
            says(session, "wechat", "oA", as_of=clock())
        assert left(db, clock).left == 0


def test_who_has_unsubscribed_is_gone_until_they_come_back(db: Database, clock: FixedClock) -> None:
    speak(db, clock)
    for who in ("oA", "oNew"):
        with db.write() as session:
            windows.closed(session, "wechat", who, now=clock())
        assert left(db, clock, who) == Allowance(0, None, gone=True)
        assert spend(db, clock, who) is None
        clock.advance(MINUTE)
        speak(db, clock, "event", who)
        assert left(db, clock, who) == Allowance(3, clock() + MINUTE, of=3)


def test_the_end_of_a_minute_does_not_bring_back_what_was_closed(db: Database, clock: FixedClock) -> None:
    speak(db, clock)
    with db.write() as session:
        windows.closed(session, "wechat", "oA", now=clock())
    speak(db, clock, "event")
    clock.advance(MINUTE)
    assert left(db, clock) == Allowance(0, clock(), of=0)


def test_followers_do_not_share(db: Database, clock: FixedClock) -> None:
    speak(db, clock)
    assert spend(db, clock, "oB") is None


@pytest.mark.parametrize(("allowance", "lasts"), [(0, MINUTE), (5, timedelta(0))])
def test_a_window_without_anything_in_it_is_refused(
    db: Database, clock: FixedClock, allowance: int, lasts: timedelta
) -> None:
    with pytest.raises(ValueError, match="a window holds 1"), db.write() as session:
        windows.opened(session, "wechat", "oA", "message", allowance=allowance, lasts=lasts, now=clock())


def test_twenty_at_once_spend_five(db: Database, clock: FixedClock) -> None:
    speak(db, clock)
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: spend(db, clock), range(20)))
    assert sum(one is not None for one in taken) == 5


def test_eight_first_messages_at_once_open_one_window(db: Database, clock: FixedClock) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: speak(db, clock), range(8)))
    assert left(db, clock).left == 5


@dataclass(frozen=True)
class Open:
    """One window, as plainly as it can be said."""

    left: int
    until: datetime


class Followers(RuleBasedStateMachine):
    """Whatever a follower does and whatever is pushed: never more than the open windows hold, the shorter one first."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="windows-"))
        shutil.copy(self.template, self.folder / "desk.db")
        self.db = Database(f"sqlite:///{self.folder}/desk.db").open()
        self.clock = FixedClock(datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc))
        self.open: dict[Cause, Open] = {}
        self.taken: list[tuple[Spent, Cause, datetime]] = []
        self.gone = False

    def teardown(self) -> None:
        self.db.close()
        shutil.rmtree(self.folder)

    @rule(cause=st.sampled_from(["message", "event"]))
    def speaks(self, cause: Cause) -> None:
        self.clock.advance(timedelta(milliseconds=1))
        speak(self.db, self.clock, cause)
        allowance, lasts = LIMITS[cause]
        self.open[cause] = Open(allowance, self.clock() + lasts)
        self.gone = False

    @rule(seconds=st.sampled_from([1, 20, 59, 60, 3600, 47 * 3600, 48 * 3600]))
    def waits(self, seconds: int) -> None:
        self.clock.advance(timedelta(seconds=seconds))

    @rule()
    def is_pushed(self) -> None:
        useful = [cause for cause, one in self.open.items() if one.left and one.until > self.clock()]
        taken = spend(self.db, self.clock)
        assert (taken is not None) == bool(useful)
        if taken is not None:
            cause = min(useful, key=lambda cause: self.open[cause].until)
            self.taken.append((taken, cause, self.open[cause].until))
            self.open[cause] = replace(self.open[cause], left=self.open[cause].left - 1)

    @rule()
    def push_did_not_go_out(self) -> None:
        if self.taken:
            taken, cause, until = self.taken.pop()
            with self.db.write() as session:
                windows.give_back(session, taken)
            if cause in self.open and self.open[cause].until == until:
                self.open[cause] = replace(self.open[cause], left=self.open[cause].left + 1)

    @rule()
    def wechat_says_that_nothing_is_left(self) -> None:
        with self.db.write() as session:
            windows.emptied(session, "wechat", "oA", as_of=self.clock())
        self.open = {cause: replace(one, left=0) for cause, one in self.open.items()}
        self.taken.clear()

    @rule()
    def unsubscribes(self) -> None:
        with self.db.write() as session:
            windows.closed(session, "wechat", "oA", now=self.clock())
        self.open.clear()
        self.taken.clear()
        self.gone = True

    @invariant()
    def what_is_left_is_what_the_model_says(self) -> None:
        current = [one for one in self.open.values() if one.until > self.clock()]
        found = left(self.db, self.clock)
        assert (found.left, found.gone) == (sum(one.left for one in current), self.gone)


def test_windows_hold_what_a_simple_model_holds(sqlite_template: Path) -> None:
    class Machine(Followers):
        template = sqlite_template

    quick = settings(max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Machine, settings=quick)
