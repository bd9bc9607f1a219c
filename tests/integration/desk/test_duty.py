from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from desk import agents, audit, duty
from desk.calendar import WorkingHours
from desk.clock import FixedClock
from desk.database import Database
from desk.duty import Kind, Line, Overlapping
from desk.errors import BadValue, NotFound
from tests.integration.desk.routing.routing_world import CHINA, HOURS, Desk, moment

MONDAY = date(2026, 11, 23)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(moment("mo 10:00"))


@pytest.fixture
def desk(db: Database, clock: FixedClock) -> Desk:
    made = Desk(db, clock)
    for name in ("an", "bo"):
        made.hire(name)
    return made


def add(desk: Desk, name: str, kind: Kind, start: str, end: str, note: str = "") -> Line:
    with desk.db.write() as session:
        return duty.add(
            session, desk.id_of(name), kind, moment(start), moment(end), note=note, by="agent:1", now=desk.clock()
        )


def at_work(desk: Desk, when: str) -> list[str]:
    with desk.db.read() as session:
        return [agent.name for agent in duty.on_duty(session, HOURS, moment(when))]


def awake(desk: Desk, when: str) -> list[str]:
    with desk.db.read() as session:
        return [agent.name for agent in duty.on_call(session, moment(when))]


def test_without_a_roster_everybody_works_during_working_hours(desk: Desk) -> None:
    desk.hire("chen", role="editor")
    desk.hire("gone", active=False)
    assert at_work(desk, "mo 10:00") == ["an", "bo"]
    assert [at_work(desk, when) for when in ("mo 12:30", "mo 18:00", "sa 10:00")] == [[], [], []]


def test_with_a_roster_only_who_is_rostered(desk: Desk) -> None:
    add(desk, "bo", "shift", "mo 09:00", "mo 20:00")
    assert [at_work(desk, when) for when in ("mo 08:45", "mo 10:00", "mo 12:30", "mo 19:59", "mo 20:00")] == [
        [],
        ["bo"],
        ["bo"],
        ["bo"],
        [],
    ]
    assert at_work(desk, "tu 10:00") == ["an", "bo"]


def test_a_night_shift_belongs_to_the_day_on_which_it_begins(desk: Desk) -> None:
    add(desk, "an", "shift", "mo 20:00", "tu 08:30")
    assert [at_work(desk, when) for when in ("mo 10:00", "mo 23:59", "tu 08:29", "tu 08:30")] == [
        [],
        ["an"],
        ["an"],
        ["an", "bo"],
    ]


def test_leave_wins_over_everything(desk: Desk) -> None:
    add(desk, "an", "shift", "mo 08:30", "mo 18:00")
    add(desk, "an", "on_call", "mo 00:00", "tu 00:00")
    add(desk, "an", "leave", "mo 09:00", "mo 11:00")
    assert [at_work(desk, when) for when in ("mo 08:59", "mo 10:00", "mo 11:00")] == [["an"], [], ["an"]]
    assert [awake(desk, when) for when in ("mo 08:59", "mo 10:00", "mo 11:00")] == [["an"], [], ["an"]]


def test_on_call_begins_and_ends_on_the_minute(desk: Desk) -> None:
    add(desk, "bo", "on_call", "mo 18:00", "tu 08:30")
    assert [awake(desk, when) for when in ("mo 17:59", "mo 18:00", "tu 08:29", "tu 08:30")] == [[], ["bo"], ["bo"], []]


def test_the_day_is_that_of_the_teams_time_zone(desk: Desk) -> None:
    add(desk, "an", "shift", "tu 00:30", "tu 07:00")  # still Monday in UTC
    assert at_work(desk, "mo 10:00") == ["an", "bo"]
    assert at_work(desk, "tu 10:00") == []


@pytest.mark.parametrize(
    ("start", "end", "fits"),
    [
        ("mo 08:00", "mo 09:00", True),  # touches
        ("mo 12:00", "mo 13:00", True),
        ("mo 11:59", "mo 13:00", False),
        ("mo 08:00", "mo 09:01", False),
        ("mo 10:00", "mo 11:00", False),
        ("mo 08:00", "mo 13:00", False),
    ],
)
def test_lines_of_one_kind_do_not_overlap(desk: Desk, start: str, end: str, fits: bool) -> None:
    first = add(desk, "an", "shift", "mo 09:00", "mo 12:00")
    add(desk, "bo", "shift", start, end)  # somebody else's may
    add(desk, "an", "on_call", start, end)  # another kind may
    if fits:
        add(desk, "an", "shift", start, end)
    else:
        with pytest.raises(Overlapping) as refused:
            add(desk, "an", "shift", start, end)
        assert refused.value.other == first


@pytest.mark.parametrize(
    ("kind", "span", "field"),
    [
        ("shift", timedelta(0), "span"),
        ("shift", timedelta(hours=-1), "span"),
        ("shift", timedelta(hours=24, minutes=1), "longest"),
        ("on_call", timedelta(days=14, minutes=1), "longest"),
        ("leave", timedelta(days=367), "longest"),
        ("party", timedelta(hours=1), "kind"),
    ],
)
def test_a_line_has_a_kind_and_a_length(desk: Desk, kind: Kind, span: timedelta, field: str) -> None:
    start = moment("mo 09:00")
    with pytest.raises(BadValue) as refused, desk.db.write() as session:
        duty.add(session, desk.id_of("an"), kind, start, start + span, by="agent:1", now=desk.clock())
    assert refused.value.field == field


def test_a_time_without_an_offset_is_a_mistake(desk: Desk) -> None:
    start = moment("mo 09:00").replace(tzinfo=None)
    with pytest.raises(BadValue, match="offset"), desk.db.write() as session:
        duty.add(session, desk.id_of("an"), "shift", start, start, by="agent:1", now=desk.clock())


def test_who_does_not_work_on_tickets_has_no_duty(desk: Desk) -> None:
    desk.hire("chen", role="editor")
    desk.hire("gone", active=False)
    for name in ("chen", "gone"):
        with pytest.raises(NotFound):
            add(desk, name, "shift", "mo 09:00", "mo 12:00")


def test_a_line_is_removed_and_both_are_in_the_audit_trail(desk: Desk) -> None:
    line = add(desk, "an", "leave", "mo 09:00", "mo 12:00", " 体检 ")
    with desk.db.write() as session:
        assert duty.remove(session, line.id, by="agent:2", now=desk.clock()) == line
        with pytest.raises(NotFound):
            duty.remove(session, line.id, by="agent:2", now=desk.clock())
        lines = audit.listing(session)
    assert [(one.action, one.actor) for one in lines] == [("duty.removed", "agent:2"), ("duty.added", "agent:1")]
    assert lines[0].detail["note"] == "体检"


def test_a_week_shows_what_holds_in_it(desk: Desk) -> None:
    over = add(desk, "an", "on_call", "su0 18:00", "mo 08:30")
    inside = add(desk, "bo", "shift", "we 09:00", "we 18:00")
    with desk.db.read() as session:
        since, until = duty.week_of(date(2026, 11, 26), CHINA)
        assert (since, until) == (moment("mo 00:00"), moment("mo 00:00") + timedelta(days=7))
        assert duty.listing(session, since, until) == (over, inside)
        assert duty.listing(session, since, until, agent_id=desk.id_of("bo")) == (inside,)
        assert duty.listing(session, until, until + timedelta(days=7)) == ()


def test_a_week_is_copied_once_without_leaves(desk: Desk) -> None:
    add(desk, "an", "on_call", "su0 18:00", "mo 08:30")  # began the week before
    add(desk, "an", "shift", "mo 09:00", "mo 18:00", "早班")
    add(desk, "bo", "on_call", "su 18:00", "su 23:00")
    add(desk, "bo", "leave", "tu 00:00", "we 00:00")
    with desk.db.write() as session:
        first = duty.copy_week(session, MONDAY, CHINA, by="agent:1", now=desk.clock())
        again = duty.copy_week(session, MONDAY, CHINA, by="agent:1", now=desk.clock())
        copies = duty.listing(session, *duty.week_of(MONDAY + timedelta(days=7), CHINA))
    assert ((first.new, first.skipped), (again.new, again.skipped)) == ((2, 0), (0, 2))
    week = timedelta(days=7)
    assert [(line.kind, line.starts_at, line.note) for line in copies] == [
        ("shift", moment("mo 09:00") + week, "早班"),
        ("on_call", moment("su 18:00") + week, ""),
    ]


def test_copies_keep_the_clock_time_where_clocks_change(db: Database) -> None:
    berlin = ZoneInfo("Europe/Berlin")  # 25 October 2026: from +02:00 to +01:00
    start = datetime(2026, 10, 22, 9, 0, tzinfo=berlin)
    desk = Desk(db, FixedClock(start))
    desk.hire("an")
    with db.write() as session:
        duty.add(session, desk.id_of("an"), "shift", start, start + timedelta(hours=8), by="agent:1", now=start)
        duty.copy_week(session, start.date(), berlin, by="agent:1", now=start)
        (copy,) = duty.listing(session, *duty.week_of(date(2026, 10, 29), berlin))
    assert copy.starts_at == datetime(2026, 10, 29, 9, 0, tzinfo=berlin)


def test_who_has_left_is_not_copied(desk: Desk) -> None:
    add(desk, "an", "shift", "mo 09:00", "mo 18:00")
    with desk.db.write() as session:
        agents.update(session, desk.id_of("an"), active=False)
        copied = duty.copy_week(session, MONDAY, CHINA, by="agent:1", now=desk.clock())
    assert (copied.new, copied.skipped) == (0, 1)


def test_hours_of_the_operator_are_followed(desk: Desk) -> None:
    with desk.db.read() as session:
        assert duty.on_duty(session, WorkingHours(holidays=frozenset({MONDAY})), moment("mo 10:00")) == ()
