from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk import announcements, audit
from desk.announcements import Announcement, NewAnnouncement
from desk.clock import FixedClock
from desk.database import Database
from desk.errors import BadValue, NotFound

HOUR = timedelta(hours=1)
BY = "agent:1"


def announce(db: Database, now: datetime, text: str = "今晚 22:00 升级", **more: object) -> Announcement:
    with db.write() as session:
        return announcements.save(session, NewAnnouncement(text, **more), by=BY, now=now)  # type: ignore[arg-type]


def current(db: Database, now: datetime) -> str | None:
    with db.read() as session:
        found = announcements.current(session, now)
        return found.text if found else None


def test_nothing_is_announced_by_itself(db: Database, clock: FixedClock) -> None:
    assert current(db, clock()) is None


def test_it_is_shown_from_its_beginning_until_its_end(db: Database, clock: FixedClock) -> None:
    now = clock()
    announce(db, now, starts_at=now + HOUR, ends_at=now + 2 * HOUR)
    seen = [current(db, now + minutes * timedelta(minutes=1)) for minutes in (0, 59, 60, 119, 120)]
    assert [text is not None for text in seen] == [False, False, True, True, False]


def test_a_warning_goes_before_newer_information(db: Database, clock: FixedClock) -> None:
    now = clock()
    announce(db, now, "登录故障", level="warning", ends_at=now + 3 * HOUR)
    announce(db, now + HOUR, "新版发布")
    assert current(db, now + 2 * HOUR) == "登录故障"
    assert current(db, now + 4 * HOUR) == "新版发布"


def test_of_two_equal_ones_the_newer_is_shown_and_then_the_older_again(db: Database, clock: FixedClock) -> None:
    now = clock()
    announce(db, now, "长期")
    announce(db, now + HOUR, "短期", ends_at=now + 2 * HOUR)
    assert [current(db, now + hours * HOUR) for hours in (0, 1, 2)] == ["长期", "短期", "长期"]


def test_one_that_is_ended_is_gone_at_once_and_stays_as_it_was(db: Database, clock: FixedClock) -> None:
    now = clock()
    one = announce(db, now)
    with db.write() as session:
        ended = announcements.end(session, one.id, by=BY, now=now + HOUR)
        again = announcements.end(session, one.id, by=BY, now=now + 2 * HOUR)
        trail = audit.listing(session, subject=f"announcement:{one.id}")
    assert current(db, now + HOUR) is None
    assert (ended.ends_at, again.ends_at) == (now + HOUR, now + HOUR)
    assert [line.action for line in trail] == ["announcement.ended", "announcement.made"]


def test_one_that_is_ended_before_it_began_is_never_shown(db: Database, clock: FixedClock) -> None:
    now = clock()
    one = announce(db, now, starts_at=now + HOUR)
    with db.write() as session:
        announcements.end(session, one.id, by=BY, now=now)
    assert current(db, now) is None
    assert current(db, now + 2 * HOUR) is None


def test_other_words_are_another_announcement(db: Database, clock: FixedClock) -> None:
    now = clock()
    first = announce(db, now, "故障处理中", level="warning")
    with db.write() as session:
        second = announcements.save(
            session, NewAnnouncement("已恢复", "warning"), replaces=first.id, by=BY, now=now + HOUR
        )
        kept = announcements.get(session, first.id)
    assert second.id != first.id
    assert (kept.text, kept.phase(now + HOUR)) == ("故障处理中", "over")
    assert current(db, now + HOUR) == "已恢复"


def test_what_cannot_be_announced_replaces_nothing(db: Database, clock: FixedClock) -> None:
    one = announce(db, clock())
    with pytest.raises(BadValue), db.write() as session:
        announcements.save(session, NewAnnouncement(""), replaces=one.id, by=BY, now=clock() + HOUR)
    assert current(db, clock() + HOUR) == one.text


def test_what_is_not_there_is_not_found(db: Database, clock: FixedClock) -> None:
    with pytest.raises(NotFound), db.write() as session:
        announcements.end(session, 99, by=BY, now=clock())
    with pytest.raises(NotFound), db.read() as session:
        announcements.get(session, 99)


def test_lines_become_one_line(db: Database, clock: FixedClock) -> None:
    assert announce(db, clock(), " 今晚升级\n\n请保存 \t工作 ").text == "今晚升级 请保存 工作"


@pytest.mark.parametrize("link", ["https://status.example.com/", "https://例子.中国/公告?id=1#a", " https://a.cn/x "])
def test_an_https_link_is_kept(db: Database, clock: FixedClock, link: str) -> None:
    assert announce(db, clock(), link=link).link == link.strip()


@pytest.mark.parametrize(
    "link",
    [
        "http://status.example.com/",
        "javascript:alert(1)",
        "//status.example.com",
        "status.example.com",
        "https://",
        "https://bank.example@evil.example/",
        "https://a b.example/",
        "https://a.example\\@evil.example/",
        "https://[::1",
        "https://a.example/\u202egnp",
    ],
)
def test_another_link_is_refused(db: Database, clock: FixedClock, link: str) -> None:
    with pytest.raises(BadValue) as refused:
        announce(db, clock(), link=link)
    assert refused.value.field == "link"


def test_a_refusal_says_the_limit(db: Database, clock: FixedClock) -> None:
    now = clock()
    for field, more in {
        "empty": {"text": "  "},
        "text": {"text": "长" * 121},
        "level": {"level": "loud"},
        "long_link": {"link": "https://a.example/" + "x" * 500},
        "span": {"starts_at": now + HOUR, "ends_at": now + HOUR},
        "far": {"starts_at": now + timedelta(days=367)},
    }.items():
        with pytest.raises(BadValue) as refused:
            announce(db, now, **more)
        assert refused.value.field == field
    with pytest.raises(BadValue):
        announce(db, now, ends_at=now - HOUR)


moments = st.integers(-5, 5)
kinds = st.tuples(st.sampled_from(announcements.LEVELS), moments, st.none() | moments)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=st.lists(kinds, max_size=6))
def test_at_most_one_is_current_and_no_better_one_waits(db: Database, clock: FixedClock, made: list) -> None:
    now, early = clock(), clock() - 10 * HOUR
    with db.write() as session:
        for level, begins, lasts in made:
            starts, ends = now + begins * HOUR, None if lasts is None else now + lasts * HOUR
            if ends is None or ends > starts:
                announcements.save(session, NewAnnouncement("一", level, None, starts, ends), by=BY, now=early)
        shown = announcements.current(session, now)
        running = [one for one in announcements.listing(session) if one.phase(now) == "running"]
        session.rollback()
    ranked = sorted(running, key=lambda one: (one.level == "warning", one.starts_at, one.id))
    assert shown == (ranked[-1] if ranked else None)
