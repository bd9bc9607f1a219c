from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from gateway.notifications.routes import EVENTS, Quiet, Routes

BEIJING = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=BEIJING)


def test_by_default_every_event_goes_to_every_target_that_is_set_up() -> None:
    routes = Routes.default(("wecom", "email", "pigeon"))

    assert routes.by_event == dict.fromkeys(EVENTS, ("wecom", "email"))


def test_without_a_target_nothing_is_routed() -> None:
    assert Routes.default(()).by_event == {}


def test_a_target_that_is_not_set_up_is_left_out() -> None:
    routes = Routes({"urged": ("wecom", "feishu"), "queued": ("feishu",)}).among(("wecom",))

    assert routes.by_event == {"urged": ("wecom",)}


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("23 21:59", None),
        ("23 22:00", "24 07:30"),
        ("24 03:00", "24 07:30"),
        ("24 07:30", None),
    ],
)
def test_quiet_over_midnight(now: str, until: str | None) -> None:
    assert Quiet(time(22), time(7, 30)).until(at(now)) == (until and at(until))


@pytest.mark.parametrize(("now", "until"), [("23 11:59", None), ("23 12:10", "23 13:30"), ("23 13:30", None)])
def test_quiet_within_a_day(now: str, until: str | None) -> None:
    assert Quiet(time(12), time(13, 30)).until(at(now)) == (until and at(until))
