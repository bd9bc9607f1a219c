from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from desk import attachments, contacts, conversations
from desk.tickets import Ticket
from tests.integration.gateway.attachments_world import picture, send
from tests.integration.gateway.test_gateway_web import Widget, error
from tests.integration.gateway.turn_world import HANDOFF


def submit(widget: Widget, client_id: str = "ticket-0001", **more: Any) -> httpx2.Response:
    form = {"client_id": client_id, "question": "6.2 版导入清单报 ERR-1042", "name": "王工", "phone": "138 0000 0000"}
    return widget.post("tickets", {**form, **more})


def only(widget: Widget) -> Ticket:
    [ticket] = widget.world.tickets()
    return ticket


def test_a_form_becomes_a_ticket_with_a_number_a_link_and_a_time(widget: Widget) -> None:
    reply = submit(widget)

    ticket = only(widget)
    told = reply.json()
    assert (reply.status_code, told["number"]) == (201, ticket.number)
    assert told["progress_url"].startswith("/progress/")
    assert widget.http.get(told["progress_url"]).status_code == 200
    assert "最晚" in told["when"]
    assert (ticket.summary, ticket.reason, ticket.handoff) == ("6.2 版导入清单报 ERR-1042", "form", False)
    assert ticket.slots["phone"] == "13800000000"
    assert ticket.slots["version"] == "6.2"


def test_at_night_the_time_is_the_next_working_moment(widget: Widget) -> None:
    widget.world.clock.advance(timedelta(hours=12))  # 22:00 of the same day

    assert "上班后首先处理" in submit(widget).json()["when"]


def test_the_words_and_the_number_are_in_the_conversation(widget: Widget) -> None:
    number = submit(widget).json()["number"]

    mine, bots = widget.shown()
    assert (mine["author"], mine["text"], mine["client_id"]) == ("user", "6.2 版导入清单报 ERR-1042", "ticket-0001")
    assert (bots["kind"], bots["card"]["number"]) == ("ticket", number)
    assert "phone" not in str(mine)


def test_the_contact_is_kept(widget: Widget) -> None:
    submit(widget, email="wang@site.example", company="江恒一公司")

    with widget.world.db.read() as session:
        contact = contacts.get(session, only(widget).contact_id)
    assert (contact.name, contact.phone, contact.email) == ("王工", "138 0000 0000", "wang@site.example")
    assert "江恒一公司" in contact.note


def test_sent_twice_it_is_one_ticket_and_one_answer(widget: Widget) -> None:
    assert submit(widget).json() == submit(widget).json()
    assert len(widget.shown()) == 2
    assert only(widget)


def test_two_tabs_at_once_open_one_ticket(widget: Widget) -> None:
    replies: list[httpx2.Response] = []
    tabs = [threading.Thread(target=lambda: replies.append(submit(widget))) for _ in range(4)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()

    assert {(reply.status_code, reply.json()["number"]) for reply in replies} == {(201, only(widget).number)}


def test_the_same_id_with_other_words_is_refused(widget: Widget) -> None:
    submit(widget)

    assert error(submit(widget, question="另一个问题")) == (409, "conflict")
    assert only(widget)


def test_files_sent_before_are_on_the_ticket_and_those_of_others_are_not(widget: Widget) -> None:
    stranger = Widget(widget.world, widget.http)
    stranger.begin()
    send(stranger, picture("blue"), "picture-of-b")
    send(widget, picture(), "picture-of-a")

    submit(widget, attachments=["picture-of-a", "picture-of-b", "never-sent"])

    with widget.world.db.read() as session:
        [linked] = attachments.of_ticket(session, only(widget).id)
        talk = conversations.find(session, "web", widget.user)
    assert talk is not None
    assert linked.conversation_id == talk.id


def test_the_bot_goes_on_answering(widget: Widget) -> None:
    submit(widget)

    widget.say("怎么导出报表？")

    assert widget.shown()[-1]["text"] == "答：怎么导出报表？"


def test_while_people_have_the_conversation_they_keep_it(widget: Widget) -> None:
    widget.world.says(HANDOFF)
    widget.say("转人工")
    agent = widget.world.agent()
    with widget.world.db.write() as session:
        conversations.take(session, 1, agent.id, now=widget.world.clock())

    assert submit(widget).status_code == 201

    with widget.world.db.read() as session:
        talk = conversations.get(session, 1)
    assert (talk.state, talk.owner_id) == ("human", agent.id)
    assert len(widget.world.tickets()) == 2


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        ({"question": ""}, 422, "unusable"),
        ({"question": " \n"}, 422, "unusable"),
        ({"question": "导" * 2_001}, 413, "too_large"),
        ({"phone": "12"}, 422, "bad_phone"),
        ({"phone": "没有"}, 422, "bad_phone"),
        ({"email": "wang"}, 422, "bad_email"),
        ({"email": "a@b.example, c@d.example"}, 422, "bad_email"),
        ({"client_id": "x"}, 422, "bad_request"),
        ({"attachments": ["a"] * 6}, 422, "too_many_files"),
        ({"attachments": ["a"] * 21}, 422, "bad_request"),
        ({"priority": "P1"}, 422, "bad_request"),
        ({"question": "\ud800"}, 422, "bad_request"),
    ],
)
def test_a_form_that_cannot_be_used_opens_nothing(widget: Widget, form: Any, status: int, code: str) -> None:
    body = {"client_id": "ticket-0001", "question": "导入报错", **form}
    headers = {"x-gongda-session": widget.token, "content-type": "application/json"}

    assert error(widget.http.post("/web/tickets", content=json.dumps(body), headers=headers)) == (status, code)
    assert widget.world.tickets() == ()
    assert widget.shown() == []


def test_without_a_session_no_ticket_is_opened(widget: Widget) -> None:
    assert error(submit(Widget(widget.world, widget.http))) == (401, "not_signed_in")


def test_tickets_cannot_be_opened_in_masses(widget: Widget) -> None:
    statuses = [submit(widget, f"ticket-{number:04}").status_code for number in range(8)]

    assert statuses[:5] == [201] * 5
    assert set(statuses[5:]) == {429}


def test_it_is_answered_in_the_persons_script(widget: Widget) -> None:
    reply = submit(widget, question="匯入清單時出現 ERR-1042，請問怎麼處理")

    assert "首次答覆" in reply.json()["when"]
