"""What is recorded when the team is told something."""

from __future__ import annotations

from datetime import datetime, time, timezone

from desk.tables import AgentRow
from gateway.notifications.routes import Quiet, Routes
from gateway.notifications.staff import StaffNotice
from tests.integration.gateway.notifications.notify_world import NOW, Desk

OPENED = StaffNotice("p1_opened", "ticket:1:opened", "系统瘫痪", number="GD-20261123-0001-4", urgent=True)


def hired(desk: Desk, login: str, **data: object) -> int:
    with desk.db.write() as session:
        row = AgentRow(login=login, password_hash="none", name=login, role="agent", created_at=NOW, **data)
        session.add(row)
        session.flush()
        return row.id


def test_every_target_has_a_row_of_its_own_once(desk: Desk) -> None:
    assert [desk.told(OPENED), desk.told(OPENED)] == [4, 0]
    assert [(one.kind, one.dedupe_key) for one in desk.all()] == [
        (f"staff_{target}", f"staff:{target}:ticket:1:opened") for target in ("wecom", "dingtalk", "feishu", "email")
    ]


def test_an_event_that_nobody_wants_is_not_recorded(desk: Desk) -> None:
    assert desk.told(OPENED, Routes({"urged": ("wecom",)})) == 0


def test_who_is_called_is_looked_up_now_and_those_who_left_are_not(desk: Desk) -> None:
    zhang = hired(desk, "zhang", mention="zhangmin", email="zhang@a.example")
    gone = hired(desk, "gone", mention="gone", active=False)

    desk.told(StaffNotice("queued", "k", "无人可接", agents=(zhang, gone, zhang, 99)), Routes({"queued": ("wecom",)}))

    (row,) = desk.all()
    assert row.payload["people"] == [
        {"name": "zhang", "mention": "zhangmin", "phone": None, "email": "zhang@a.example"}
    ]


def test_what_concerns_one_person_goes_where_they_can_be_called(desk: Desk) -> None:
    li = hired(desk, "li", phone="13800000002", email="li@a.example")

    desk.told(StaffNotice("assigned", "k", "有新工单", agents=(li,)))

    assert [one.channel for one in desk.all()] == ["wecom", "dingtalk", "email"]


def test_who_can_be_called_nowhere_is_named_to_all_robots(desk: Desk) -> None:
    new = hired(desk, "new")

    desk.told(StaffNotice("assigned", "k", "有新工单", agents=(new,)))

    assert [one.channel for one in desk.all()] == ["wecom", "dingtalk", "feishu"]


def test_in_quiet_hours_only_urgent_notices_and_e_mails_go_at_once(desk: Desk) -> None:
    routes = Routes({"low_score": ("wecom", "email"), "p1_opened": ("wecom",)}, Quiet(time(9), time(11)))

    desk.told(StaffNotice("low_score", "k", "评价 1 分"), routes)
    desk.told(OPENED, routes)

    at_eleven = datetime(2026, 11, 23, 3, 0, tzinfo=timezone.utc)
    assert [one.next_at for one in desk.all()] == [at_eleven, NOW, NOW]


def test_telephone_numbers_and_passwords_do_not_reach_the_group(desk: Desk) -> None:
    desk.told(StaffNotice("complaint", "k", "打 13812345678 找我", ("密码是 abc123",)))

    (row, *_) = desk.all()
    assert (row.payload["title"], row.payload["lines"]) == ("打 ［电话］ 找我", ["密码是 ［密码］"])
