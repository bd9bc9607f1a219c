"""Rows to the robots: a provider that answers HTTP 200 whatever happens, and everything else that goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import httpx2
import pytest

from desk import outbox, sending
from desk.clock import Clock
from desk.outbox import DeliveryDraft
from gateway.notifications.dingtalk import DingTalkRobot
from gateway.notifications.fakes import FakeDingTalk, FakeFeishu, FakeRobot, FakeWeCom
from gateway.notifications.feishu import FeishuRobot
from gateway.notifications.message import Message
from gateway.notifications.routes import Routes
from gateway.notifications.sending import Sender
from gateway.notifications.staff import StaffNotice
from gateway.notifications.wecom import WeComRobot
from tests.integration.gateway.notifications.notify_world import Desk, failing, reaching

NOTICE = StaffNotice("p1_opened", "k", "系统瘫痪", number="GD-20261123-0001-4", urgent=True)
TEXT = "【工答】【紧急】系统瘫痪\n工单：GD-20261123-0001-4\nhttps://kf.example/console/tickets/GD-20261123-0001-4"

Robot = tuple[FakeRobot, Callable[[httpx2.AsyncClient, str], Sender]]


def wecom(clock: Clock) -> Robot:
    fake = FakeWeCom(clock)
    return fake, lambda http, _: WeComRobot(fake.url, http)


def dingtalk(clock: Clock) -> Robot:
    fake = FakeDingTalk(clock, secret="SEC1")
    return fake, lambda http, secret: DingTalkRobot(fake.url, secret, http, clock)


def feishu(clock: Clock) -> Robot:
    fake = FakeFeishu(clock, secret="SEC1")
    return fake, lambda http, secret: FeishuRobot(fake.url, secret, http, clock)


ROBOTS = {"wecom": wecom, "dingtalk": dingtalk, "feishu": feishu}
BUSY = {"wecom": 40001, "dingtalk": -1, "feishu": 10003}  # codes that may be gone the next time
THROTTLED = {"wecom": (45009, 1), "dingtalk": (130101, 10), "feishu": (11232, 1)}  # code and minutes


class Line:
    """One robot behind its fake."""

    def __init__(self, desk: Desk, target: str, secret: str = "SEC1") -> None:
        self.desk = desk
        self.fake, made = ROBOTS[target](desk.clock)
        self.robot = made(reaching(self.fake.app), secret)
        self.routes = Routes.default((target,))

    async def send_due(self, limit: int = 50) -> list[str]:
        return [await self.desk.notifier.tell(one, self.robot) for one in self.desk.leased(limit)]


@pytest.fixture(params=ROBOTS)
def target(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def line(desk: Desk, target: str) -> Line:
    made = Line(desk, target)
    desk.told(NOTICE, made.routes)
    return made


async def test_a_notice_arrives_with_its_ticket_and_link(line: Line) -> None:
    assert await line.send_due() == ["sent"]
    assert line.fake.texts() == [TEXT]


async def test_http_200_with_an_error_code_is_shown_as_failed_and_sent_later(line: Line, target: str) -> None:
    line.fake.refusing = BUSY[target]

    assert await line.send_due() == ["again"]
    assert f"错误码 {BUSY[target]}（refused by the fake）" in line.desk.error()

    line.fake.refusing = None
    line.desk.clock.advance(timedelta(minutes=1))
    assert await line.send_due() == ["sent"]
    assert line.fake.texts() == [TEXT]


async def test_after_ten_tries_a_person_is_waited_for(line: Line, target: str) -> None:
    line.fake.refusing = BUSY[target]
    verdicts = []
    for _ in range(10):
        verdicts += await line.send_due()
        line.desk.clock.advance(timedelta(hours=2))

    assert verdicts == ["again"] * 9 + ["parked"]
    assert await line.send_due() == []
    with line.desk.db.read() as session:
        assert sending.waiting(session) == 1


async def test_a_wrong_key_fails_at_once_with_the_remedy_and_can_be_tried_again_by_hand(line: Line) -> None:
    line.fake.key, key = "another", line.fake.key

    assert await line.send_due() == ["failed"]
    assert "请重新复制 Webhook 地址" in line.desk.error()
    assert key not in line.desk.error()

    line.fake.key = key
    with line.desk.db.write() as session:
        outbox.retry(session, line.desk.all()[0].id, now=line.desk.clock())
    assert await line.send_due() == ["sent"]


@pytest.mark.parametrize("target", ["dingtalk", "feishu"])
async def test_a_wrong_secret_fails_at_once_with_the_remedy(desk: Desk, target: str) -> None:
    line = Line(desk, target, secret="another")
    desk.told(NOTICE, line.routes)

    assert await line.send_due() == ["failed"]
    assert "校准服务器时间" in desk.error()
    assert line.fake.texts() == []


async def test_being_slowed_down_by_the_provider_is_no_try(line: Line, target: str) -> None:
    code, minutes = THROTTLED[target]
    line.fake.refusing = code

    assert await line.send_due() == ["postponed"]

    (row,) = line.desk.all()
    assert (row.status, row.attempts) == ("pending", 0)
    assert row.next_at == line.desk.clock() + timedelta(minutes=minutes)
    assert "稍后自动再发" in line.desk.error()


async def test_no_robot_gets_more_than_twenty_a_minute(desk: Desk, target: str) -> None:
    line = Line(desk, target)
    for n in range(25):
        desk.told(StaffNotice("p1_opened", f"k{n}", f"系统瘫痪 {n}", urgent=True), line.routes)

    first = await line.send_due()
    desk.clock.advance(timedelta(seconds=59))
    early = await line.send_due()
    desk.clock.advance(timedelta(seconds=2))
    later = await line.send_due()

    assert (first, early, later) == (["sent"] * 20 + ["postponed"] * 5, [], ["sent"] * 5)
    assert line.fake.calls == 25
    assert {one.ambiguous for one in desk.all()} == {0}


async def test_what_is_urgent_does_not_wait_behind_the_rest(desk: Desk, target: str) -> None:
    line = Line(desk, target)
    for n in range(30):
        desk.told(StaffNotice("queued", f"k{n}", f"无人可接 {n}"), line.routes)
    assert await line.send_due() == ["sent"] * 15 + ["postponed"] * 15

    desk.told(NOTICE, line.routes)

    assert await line.send_due() == ["sent"]
    assert line.fake.texts()[-1] == TEXT


async def test_a_worker_killed_after_the_answer_sends_twice_and_counts_it(line: Line) -> None:
    (killed,) = line.desk.leased()
    await line.robot.send(Message("系统瘫痪"))  # the provider has it; nobody has written it down

    line.desk.clock.advance(timedelta(seconds=61))
    assert await line.send_due() == ["sent"]

    assert line.fake.calls == 2
    with line.desk.db.read() as session:
        counts = outbox.counts(session)
    assert (counts.sent, counts.ambiguous) == (1, 1)
    assert killed.dedupe_key == line.desk.all()[0].dedupe_key


async def test_two_workers_send_once(line: Line) -> None:
    first, second = line.desk.leased(), line.desk.leased()

    verdicts = [await line.desk.notifier.tell(one, line.robot) for one in (*first, *second)]

    assert verdicts == ["sent"]
    assert len(line.fake.texts()) == 1


async def test_a_lost_answer_may_have_arrived(desk: Desk, target: str) -> None:
    line = Line(desk, target)
    desk.told(NOTICE, line.routes)
    _, made = ROBOTS[target](desk.clock)
    line.robot = made(failing(httpx2.ReadTimeout), "SEC1")

    assert await line.send_due() == ["again"]
    assert desk.all()[0].ambiguous == 1
    assert "对方可能已经收到" in desk.error()


async def test_without_a_connection_nothing_can_have_arrived(desk: Desk, target: str) -> None:
    line = Line(desk, target)
    desk.told(NOTICE, line.routes)
    _, made = ROBOTS[target](desk.clock)
    line.robot = made(failing(httpx2.ConnectError), "SEC1")

    assert await line.send_due() == ["again"]
    assert desk.all()[0].ambiguous == 0
    assert "连不上" in desk.error()


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"ok": true}', b'{"errcode": "0"}'])
async def test_an_answer_nobody_has_documented_is_no_success(desk: Desk, target: str, body: bytes) -> None:
    line = Line(desk, target)
    desk.told(NOTICE, line.routes)
    _, made = ROBOTS[target](desk.clock)
    transport = httpx2.MockTransport(lambda request: httpx2.Response(200, content=body))
    line.robot = made(httpx2.AsyncClient(transport=transport), "SEC1")

    assert await line.send_due() == ["again"]


async def test_http_errors_are_tried_again(line: Line) -> None:
    line.fake.broken = True

    assert await line.send_due() == ["again"]
    assert "HTTP 502" in line.desk.error()


async def test_a_row_whose_lease_is_nearly_over_is_put_back(line: Line) -> None:
    (row,) = line.desk.leased()
    line.desk.clock.advance(timedelta(seconds=45))

    assert await line.desk.notifier.tell(row, line.robot) == "postponed"
    assert (line.fake.calls, line.desk.all()[0].attempts) == (0, 0)


async def test_a_target_that_was_taken_out_of_the_settings_fails_visibly(line: Line) -> None:
    (row,) = line.desk.leased()

    assert await line.desk.notifier.refuse(row) == "failed"
    assert "没有配置" in line.desk.error()


async def test_a_row_that_nobody_understands_fails(desk: Desk) -> None:
    line = Line(desk, "wecom")
    with desk.db.write() as session:
        outbox.enqueue(session, DeliveryDraft("staff_wecom", "wecom", {"title": 1}, "odd"), now=desk.clock())

    assert await line.send_due() == ["failed"]
