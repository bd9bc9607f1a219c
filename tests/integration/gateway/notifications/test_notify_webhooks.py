"""From a ticket's event to the operator's own system."""

from __future__ import annotations

import json
from datetime import timedelta

import httpx2
import pytest

from desk import contacts, cursors, tickets
from desk.calendar import WorkingHours
from desk.tables import TicketEventRow
from desk.tickets import Ticket, TicketDraft
from gateway.channels.known import all_channels
from gateway.notifications import webhook
from gateway.notifications.fakes import FakeReceiver
from gateway.notifications.webhook import Webhook
from gateway.rules import ServiceRules
from gateway.timers import TimedDesk
from gateway.timers.webhooks import CURSOR, webhooks
from tests.integration.gateway.notifications.notify_world import WORDING, Desk, failing, reaching

SECRET = "a-secret-of-ours"


def timed(desk: Desk, on: bool = True) -> TimedDesk:
    channels = all_channels(WORDING, pushes=False)
    return TimedDesk(desk.db, desk.clock, WorkingHours(), WORDING, ServiceRules(), "s", channels, webhook=on)


def opened(desk: Desk, key: str = "a") -> Ticket:
    with desk.db.write() as session:
        contact = contacts.for_identity(session, "api", "u1", now=desk.clock())
        draft = TicketDraft("login", "P2", "登录不了", handoff=False)
        return tickets.open_ticket(session, draft, key=key, contact_id=contact.id, now=desk.clock()).ticket


def moved(desk: Desk, ticket: Ticket, status: str = "in_progress") -> None:
    with desk.db.write() as session:
        tickets.move(session, ticket.number, status, by="system", now=desk.clock())  # type: ignore[arg-type]


def noted(desk: Desk, ticket: Ticket) -> None:
    with desk.db.write() as session:
        tickets.note(session, ticket.number, "内部备注", by="system", now=desk.clock())


def events(desk: Desk) -> list[str]:
    return [one.payload["body"]["event"] for one in desk.all()]


async def delivered(desk: Desk, fake: FakeReceiver) -> list[str]:
    hook = Webhook(fake.url, SECRET, reaching(fake.app), desk.clock)
    return [await desk.notifier.call(one, hook) for one in desk.leased()]


def test_what_was_there_before_is_not_sent(desk: Desk) -> None:
    opened(desk)

    assert webhooks(timed(desk)) == 0
    assert desk.all() == ()


def test_each_event_is_recorded_once_however_often_it_is_looked_for(desk: Desk) -> None:
    webhooks(timed(desk))
    ticket = opened(desk)
    moved(desk, ticket)
    noted(desk, ticket)

    assert [webhooks(timed(desk)) for _ in range(3)] == [2, 0, 0]
    assert events(desk) == ["ticket.created", "ticket.updated"]


def test_nothing_is_lost_while_the_worker_is_down(desk: Desk) -> None:
    webhooks(timed(desk))
    for n in range(250):
        opened(desk, f"k{n}")
    desk.clock.advance(timedelta(hours=3))

    assert webhooks(timed(desk)) == 250


def test_an_event_that_becomes_visible_late_is_still_recorded(desk: Desk) -> None:
    webhooks(timed(desk))
    ticket = opened(desk)
    with desk.db.write() as session:
        # Two transactions on PostgreSQL: the one with the lower id commits last.
        session.add(_event(desk, ticket, 12))
    assert webhooks(timed(desk)) == 2
    with desk.db.write() as session:
        session.add(_event(desk, ticket, 11))

    assert [webhooks(timed(desk)), webhooks(timed(desk))] == [1, 0]


def test_a_number_that_never_comes_is_not_waited_for_for_ever(desk: Desk) -> None:
    webhooks(timed(desk))
    ticket = opened(desk)
    with desk.db.write() as session:
        session.add(_event(desk, ticket, 12))
    webhooks(timed(desk))
    with desk.db.read() as session:
        assert cursors.position(session, CURSOR) == 1

    desk.clock.advance(timedelta(minutes=6))
    webhooks(timed(desk))

    with desk.db.read() as session:
        assert cursors.position(session, CURSOR) == 12


def test_switched_off_and_on_again_it_begins_anew(desk: Desk) -> None:
    webhooks(timed(desk))
    webhooks(timed(desk, on=False))
    opened(desk)

    assert webhooks(timed(desk)) == 0


async def test_the_ticket_arrives_signed_as_the_rest_api_shows_it(desk: Desk) -> None:
    webhooks(timed(desk))
    ticket = opened(desk)
    webhooks(timed(desk))
    fake = FakeReceiver()

    assert await delivered(desk, fake) == ["sent"]

    ((headers, body),) = fake.received
    assert headers["webhook-id"] == "evt_1"
    expected = webhook.signed(SECRET.encode(), "evt_1", desk.clock(), body)
    assert headers["webhook-signature"] == expected["webhook-signature"]
    told = json.loads(body)
    assert (told["event"], told["change"], told["occurred_at"]) == (
        "ticket.created",
        "opened",
        "2026-11-23T02:00:00Z",
    )
    assert told["ticket"]["number"] == ticket.number
    assert told["ticket"]["status"] == "new"


async def test_a_repeat_has_the_same_id_and_body_and_a_new_time(desk: Desk) -> None:
    webhooks(timed(desk))
    opened(desk)
    webhooks(timed(desk))
    fake = FakeReceiver(status=500)

    assert await delivered(desk, fake) == ["again"]
    fake.status = 204
    desk.clock.advance(timedelta(minutes=1))
    assert await delivered(desk, fake) == ["sent"]

    (first, one), (second, two) = fake.received
    assert (first["webhook-id"], one) == (second["webhook-id"], two)
    assert first["webhook-timestamp"] != second["webhook-timestamp"]


@pytest.mark.parametrize(
    ("status", "headers", "verdict"),
    [
        (301, {"location": "http://elsewhere.example"}, "failed"),
        (410, {}, "failed"),
        (401, {}, "again"),
        (404, {}, "again"),
        (429, {"retry-after": "120"}, "postponed"),
        (503, {}, "again"),
    ],
)
async def test_answers_that_are_no_success(desk: Desk, status: int, headers: dict[str, str], verdict: str) -> None:
    webhooks(timed(desk))
    opened(desk)
    webhooks(timed(desk))
    fake = FakeReceiver(status=status, headers=headers)

    assert await delivered(desk, fake) == [verdict]
    assert len(fake.received) == 1  # a redirect is not followed
    assert str(status) in desk.error()


async def test_a_lost_answer_is_counted(desk: Desk) -> None:
    webhooks(timed(desk))
    opened(desk)
    webhooks(timed(desk))
    hook = Webhook("http://x", SECRET, failing(httpx2.RemoteProtocolError), desk.clock)

    verdicts = [await desk.notifier.call(one, hook) for one in desk.leased()]

    assert (verdicts, desk.all()[0].ambiguous) == (["again"], 1)


def _event(desk: Desk, ticket: Ticket, number: int) -> TicketEventRow:
    return TicketEventRow(
        id=number, ticket_id=ticket.id, kind="changed", actor="system", detail={}, created_at=desk.clock()
    )
