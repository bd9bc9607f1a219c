"""Similar reports propose an incident; customers get the card once and hear the end once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from desk import conversations, incidents, messages, outbox, tickets
from desk.calendar import WorkingHours
from desk.clock import FixedClock
from desk.database import Database
from desk.incidents import Incident
from desk.messages import Message
from desk.tickets import Ticket, TicketDraft
from gateway.care.incidents import again, attach, card, greet, known, over
from gateway.channels.known import all_channels
from gateway.notifications.routes import Routes
from gateway.render import Voice
from gateway.rules import ServiceRules
from gateway.timers import TimedDesk
from gateway.timers.incidents import incidents as tick
from tests.integration.desk.incident_reports import confirmed, crowd, report
from tests.integration.gateway.turn_world import NOW, WORDING, opened

PLAIN = Voice("hans", "cn")
ROUTES = Routes(dict.fromkeys(("incident_proposed", "incident_confirmed", "incident_closed"), ("wecom",)))
MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk(gateway_template: Path, tmp_path: Path) -> Iterator[TimedDesk]:
    with opened(gateway_template, tmp_path) as db:
        yield TimedDesk(
            db,
            FixedClock(NOW),
            WorkingHours(),
            WORDING,
            ServiceRules(routes=ROUTES),
            "s",
            all_channels(WORDING, pushes=False),
            public_url="https://h",
        )


def closed(desk: TimedDesk, *, resolves: bool = False, count: int = 3, **more: object) -> Incident:
    made = confirmed(desk.db, desk.clock(), count, **more)
    with desk.db.write() as session:
        return incidents.close(session, made.id, "服务器已修好。", resolves=resolves, by="agent:1", now=desk.clock())


def linked(db: Database, incident_id: int) -> list[Ticket]:
    with db.read() as session:
        return [one.ticket for one in incidents.tickets_of(session, incident_id)]


def notices(db: Database, ticket: Ticket) -> list[Message]:
    assert ticket.conversation_id is not None
    with db.read() as session:
        return [one for one in messages.after(session, ticket.conversation_id) if one.author == "system"]


def sent(desk: TimedDesk) -> list[outbox.Delivery]:
    with desk.db.write() as session:
        return list(outbox.lease(session, limit=1_000, now=desk.clock()))


# -- proposing -----------------------------------------------------------------------------------


def test_a_proposal_is_told_to_the_team_once(desk: TimedDesk) -> None:
    crowd(desk.db, desk.clock())

    assert [tick(desk), tick(desk)] == [1, 0]

    (notice,) = sent(desk)
    assert notice.payload["title"] == "疑似群发故障：登录不上去"
    assert notice.payload["lines"] == [
        "3 张工单，3 位客户，0 家单位", "模块 登录", "请组长确认或忽略：https://h/console/incidents/1",
    ]  # fmt: skip
    assert notice.payload["urgent"]


def test_two_machines_propose_it_once(desk: TimedDesk) -> None:
    crowd(desk.db, desk.clock(), 5)
    barrier = Barrier(4)

    def work(_: int) -> int:
        barrier.wait()
        return tick(desk)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 1
    assert len(sent(desk)) == 1


def test_a_quiet_desk_proposes_nothing(desk: TimedDesk) -> None:
    report(desk.db, "one", desk.clock())
    assert (tick(desk), sent(desk)) == (0, [])


# -- the card ------------------------------------------------------------------------------------


def test_the_card_says_what_is_known_since_when_and_what_comes_next(desk: TimedDesk) -> None:
    made = replace(confirmed(desk.db, desk.clock()), workaround="先用手机端登录。")

    said = card(PLAIN, made, WORDING)

    assert said.text == (
        "这是一个已知问题：登录不上去。登录服务正在抢修。\n临时办法：先用手机端登录。\n"
        "问题从 11月23日 10:00 起出现，我们正在处理，恢复后会在这里告诉您，不需要重复提交。"
        "如果您遇到的不是这个问题，请补充说明，也可以转人工。"
    )
    assert said.payload["incident"] == made.id
    assert said.payload["options"] == [{"id": "say:转人工", "label": "转人工"}]


def test_the_card_counts_from_the_first_report(desk: TimedDesk) -> None:
    report(desk.db, "first", desk.clock() - 20 * MINUTE)
    made = confirmed(desk.db, desk.clock())
    assert "问题从 11月23日 09:40 起出现" in card(PLAIN, made, WORDING).text


def test_the_card_is_in_the_askers_script(desk: TimedDesk) -> None:
    made = confirmed(desk.db, desk.clock())
    assert "登入服務正在搶修" in card(Voice("hant", "tw"), made, WORDING).text


def test_the_card_comes_once_and_then_a_short_line(desk: TimedDesk) -> None:
    made = confirmed(desk.db, desk.clock())
    with desk.db.write() as session:
        talk = conversations.open_for(session, "web", "asker", now=desk.clock())
        said = [greet(session, made, talk.id, PLAIN, WORDING, now=desk.clock()).text for _ in range(3)]
    assert said == [card(PLAIN, made, WORDING).text, *[again(PLAIN, made, WORDING).text] * 2]
    assert len(said[1]) < len(said[0])


@pytest.mark.parametrize(
    ("question", "found"), [("登錄唔到系統", True), ("怎么登录系统", False), ("登录密码在哪改", False), ("  ", False)]
)
def test_only_questions_about_the_trouble_are_known(desk: TimedDesk, question: str, found: bool) -> None:
    confirmed(desk.db, desk.clock())
    with desk.db.read() as session:
        assert (known(session, question, {}, (), desk.clock()) is not None) is found


def test_a_proposed_or_closed_incident_is_not_shown(desk: TimedDesk) -> None:
    crowd(desk.db, desk.clock())
    tick(desk)
    with desk.db.read() as session:
        assert known(session, "登录不上去", {}, (), desk.clock()) is None


def test_a_new_ticket_about_it_is_linked_when_it_is_opened(desk: TimedDesk) -> None:
    made = confirmed(desk.db, desk.clock())
    with desk.db.write() as session:
        talk = conversations.open_for(session, "web", "asker", now=desk.clock())
        draft = TicketDraft("other", "P3", "转人工", {}, "request")
        ticket = tickets.open_ticket(
            session, draft, key="k", contact_id=talk.contact_id, conversation_id=talk.id, now=desk.clock()
        ).ticket
        assert attach(session, ticket, "怎么导出报表", desk.clock()) is None
        found = attach(session, ticket, "登录不上去", desk.clock())
    assert found is not None
    assert [one.number for one in linked(desk.db, made.id)][-1] == ticket.number
    with desk.db.write() as session:
        assert attach(session, tickets.get(session, ticket.number), "登录不上去", desk.clock()) is None


# -- the end -------------------------------------------------------------------------------------


def test_everybody_hears_the_end_once(desk: TimedDesk) -> None:
    made = closed(desk)

    assert [tick(desk), tick(desk)] == [3, 0]

    for ticket in linked(desk.db, made.id):
        (said,) = notices(desk.db, ticket)
        assert (said.kind, said.text) == (
            "notice",
            "您之前遇到的“登录不上去”已经恢复：服务器已修好。如果仍有问题，请直接在这里告诉我。",
        )
        assert ticket.status == "new"
        with desk.db.read() as session:
            last = tickets.events(session, ticket.number)[-1]
        assert (last.kind, last.detail["text"]) == ("noted", "事件“登录不上去”已结束，已告知客户：服务器已修好。")
    with desk.db.read() as session:
        assert incidents.get(session, made.id).told == 3


def test_open_tickets_are_resolved_when_the_operator_says_so(desk: TimedDesk) -> None:
    made = closed(desk, resolves=True)
    first = linked(desk.db, made.id)[0]
    with desk.db.write() as session:
        tickets.resolve(session, first.number, solution="自己好了", by="agent:2", now=desk.clock())

    tick(desk)

    assert {one.status for one in linked(desk.db, made.id)} == {"resolved"}
    with desk.db.read() as session:
        told = [tickets.events(session, one.number) for one in linked(desk.db, made.id)]
    solutions = [[line.detail["solution"] for line in lines if line.kind == "resolved"] for lines in told]
    assert solutions == [["自己好了"], ["服务器已修好。"], ["服务器已修好。"]]


def test_a_resolved_handoff_gives_the_conversation_back_to_the_bot(desk: TimedDesk) -> None:
    made = confirmed(desk.db, desk.clock())
    with desk.db.write() as session:
        talk = conversations.open_for(session, "web", "waiting", now=desk.clock())
        draft = TicketDraft("login", "P3", "登录不上去", {"module": "登录"}, "request")
        ticket = tickets.open_ticket(
            session, draft, key="k", contact_id=talk.contact_id, conversation_id=talk.id, now=desk.clock()
        ).ticket
        conversations.update(session, talk.id, {"state": "waiting"}, now=desk.clock())
        incidents.link_ticket(session, made.id, ticket.number, by="agent:1", now=desk.clock())
        incidents.close(session, made.id, "好了", resolves=True, by="agent:1", now=desk.clock())

    tick(desk)

    with desk.db.read() as session:
        assert conversations.get(session, talk.id).state == "bot"


def test_who_saw_the_card_without_a_ticket_hears_the_end_too(desk: TimedDesk) -> None:
    made = confirmed(desk.db, desk.clock())
    with desk.db.write() as session:
        talk = conversations.open_for(session, "web", "reader", now=desk.clock())
        greet(session, made, talk.id, PLAIN, WORDING, now=desk.clock())
        incidents.close(session, made.id, "好了", by="agent:1", now=desk.clock())

    assert tick(desk) == 4

    with desk.db.read() as session:
        assert [one.author for one in messages.after(session, talk.id)] == ["system"]


def test_wechat_customers_get_it_delivered_in_their_script(desk: TimedDesk) -> None:
    made = closed(replace_pushes(desk), channel="wechat", script="hant")
    tick(replace_pushes(desk))

    texts = [one.payload["text"] for one in sent(desk) if one.channel == "wechat"]
    assert texts == [over(Voice("hant", "tw"), made, WORDING)] * 3
    assert "已經恢復" in texts[0]


def replace_pushes(desk: TimedDesk) -> TimedDesk:
    return replace(desk, channels=all_channels(WORDING, pushes=True))


def test_two_machines_tell_each_customer_once(desk: TimedDesk) -> None:
    made = closed(desk, count=6)
    barrier = Barrier(4)

    def work(_: int) -> int:
        barrier.wait()
        return tick(desk)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 6
    assert [len(notices(desk.db, one)) for one in linked(desk.db, made.id)] == [1] * 6


def test_many_customers_are_told_over_several_ticks_in_short_transactions(desk: TimedDesk) -> None:
    closed(desk, count=104)
    assert [tick(desk), tick(desk), tick(desk)] == [100, 4, 0]


def test_one_that_cannot_be_told_does_not_stop_the_others(desk: TimedDesk) -> None:
    made = closed(desk)
    spoilt = linked(desk.db, made.id)[0]
    assert spoilt.conversation_id is not None
    with desk.db.write() as session:
        taken = f"incident:{made.id}:{spoilt.conversation_id}"
        messages.add(session, spoilt.conversation_id, "system", "别的话", external_id=taken, now=desk.clock())

    assert tick(desk) == 2
