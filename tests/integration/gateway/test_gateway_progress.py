"""The progress page: for whoever has the link, and for nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import httpx2
import pytest
from fastapi.testclient import TestClient

from desk import contacts, outbox, tickets
from desk.tickets import Ticket
from gateway.app import create_app
from gateway.errors import Missing
from gateway.notifications.routes import Routes
from gateway.progress.links import GOOD_FOR, Links
from gateway.rules import ServiceRules
from tests.integration.gateway.turn_world import HANDOFF, NOW, SETTINGS, TICKET, World

PUBLIC = "https://help.example.com"


@pytest.fixture
def http(turns_world: World) -> Iterator[TestClient]:
    turns_world.settings = replace(SETTINGS, public_url=PUBLIC)
    turns_world.restart()
    with TestClient(create_app(turns_world.services, "an api key"), follow_redirects=False) as client:
        yield client


async def opened(world: World, text: str = "转人工") -> Ticket:
    world.says(HANDOFF)
    await world.say(text)
    (ticket,) = world.tickets()
    return ticket


def link(world: World, ticket: Ticket) -> str:
    return Links(SETTINGS.secret, "", world.clock).to(ticket.number)


def shown(http: TestClient, path: str) -> str:
    response = http.get(path)
    assert response.status_code == 200
    return response.text


def send(http: TestClient, path: str, text: str, key: str = "k1") -> httpx2.Response:
    return http.post(f"{path}/note", data={"text": text, "key": key})


async def test_the_page_tells_number_status_promise_and_what_has_happened(turns_world: World, http: TestClient) -> None:
    ticket = await opened(turns_world)

    page = shown(http, link(turns_world, ticket))

    for words in (ticket.number, "待受理", "11月23日（周一）11:00", "已提交", "正在分派工程师", "催一下", "补充说明"):
        assert words in page


async def test_nothing_of_the_case_is_on_it(turns_world: World, http: TestClient) -> None:
    ticket = await opened(turns_world)
    with turns_world.db.write() as session:
        contacts.describe(session, ticket.contact_id, name="张三", phone="13800138000")
        tickets.note(session, ticket.number, "客户很难缠", by="agent:1", now=turns_world.clock())

    page = shown(http, link(turns_world, ticket))

    assert "138****8000" in page
    for hidden in ("13800138000", "张三", ticket.summary, "客户很难缠"):
        assert hidden not in page


async def test_its_headers_keep_it_out_of_caches_search_and_frames(turns_world: World, http: TestClient) -> None:
    response = http.get(link(turns_world, await opened(turns_world)))

    assert response.headers["cache-control"] == "no-store"
    assert "noindex" in response.headers["x-robots-tag"]
    assert response.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert "<script" not in response.text
    assert 'style="' not in response.text


async def test_whoever_made_it_up_learns_nothing(turns_world: World, http: TestClient) -> None:
    ticket = await opened(turns_world)
    right = link(turns_world, ticket)
    other = Links("another secret", "", turns_world.clock)

    answers = {
        (answer.status_code, answer.text)
        for path in (f"{right}x", right[:-1], other.to(ticket.number), "/progress/GD-1", f"/progress/{'x' * 5000}")
        for answer in (http.get(path), http.post(f"{path}/urge"), send(http, path, "在吗"), http.get(f"{path}/qr.png"))
    }

    assert len(answers) == 1
    assert next(iter(answers))[0] == 404


async def test_a_link_for_a_ticket_that_does_not_exist_is_no_better(turns_world: World, http: TestClient) -> None:
    nobody = Links(SETTINGS.secret, "", turns_world.clock).to("GD-20261122-0042-7")

    assert http.get(nobody).text == http.get("/progress/made-up").text


def test_a_link_is_good_for_ninety_days(turns_world: World) -> None:
    links = Links("secret", "", turns_world.clock)
    token = links.token("GD-20261122-0042-7")

    turns_world.clock.advance(GOOD_FOR)
    assert links.number(token) == "GD-20261122-0042-7"

    turns_world.clock.advance(timedelta(seconds=1))
    with pytest.raises(Missing):
        links.number(token)


async def test_urging_is_recorded_once_for_half_an_hour(turns_world: World, http: TestClient) -> None:
    ticket = await opened(turns_world)
    path = link(turns_world, ticket)

    first, second = http.post(f"{path}/urge"), http.post(f"{path}/urge")

    assert (first.status_code, first.headers["location"]) == (303, f"{path}?said=urged")
    assert second.headers["location"].endswith("urged_again")
    assert "已为您催办" in shown(http, first.headers["location"])
    with turns_world.db.read() as session:
        assert [event.kind for event in tickets.events(session, ticket.number)].count("urged") == 1


async def test_what_is_added_is_the_customers_message_once_and_the_bot_stays_silent(
    turns_world: World, http: TestClient
) -> None:
    ticket = await opened(turns_world)
    path = link(turns_world, ticket)

    sent = [send(http, path, "补充：只有 6.2 版这样") for _ in range(2)]

    assert {one.headers["location"] for one in sent} == {f"{path}?said=noted"}
    said = turns_world.messages()[-1]
    assert (said.author, said.text, said.status) == ("user", "补充：只有 6.2 版这样", "handled")
    assert [message.text for message in turns_world.messages()].count("补充：只有 6.2 版这样") == 1


async def test_a_ticket_that_waited_for_the_customer_goes_on(turns_world: World, http: TestClient) -> None:
    ticket = await opened(turns_world)
    with turns_world.db.write() as session:
        tickets.move(session, ticket.number, "waiting", by="agent:1", now=turns_world.clock())
    path = link(turns_world, ticket)
    assert "正在等您补充信息" in shown(http, path)

    send(http, path, "已经重启过了")

    assert turns_world.tickets()[0].status == "in_progress"


@pytest.mark.parametrize(("text", "told"), [("  ", "请先写下"), ("很" * 501, "现在是 501 字")])
async def test_what_is_refused_stays_in_its_field(turns_world: World, http: TestClient, text: str, told: str) -> None:
    path = link(turns_world, await opened(turns_world))

    page = send(http, path, text).text

    assert told in page
    assert text.strip() in page


async def test_a_done_ticket_shows_its_end_and_takes_nothing(turns_world: World, http: TestClient) -> None:
    ticket = await opened(turns_world)
    with turns_world.db.write() as session:
        tickets.resolve(session, ticket.number, solution="好了", by="agent:1", now=turns_world.clock())
    path = link(turns_world, ticket)

    page = shown(http, path)

    assert "已解决" in page
    assert "<form" not in page
    assert http.post(f"{path}/urge").headers["location"].endswith("closed")
    assert send(http, path, "还有").headers["location"].endswith("closed")


async def test_a_traditional_writer_reads_traditional(turns_world: World, http: TestClient) -> None:
    page = shown(http, link(turns_world, await opened(turns_world, "轉人工，簽核單送不出去")))

    assert '<html lang="zh-TW">' in page
    assert "工單進度" in page
    assert "工单" not in page


async def test_the_code_leads_to_the_public_address(turns_world: World, http: TestClient) -> None:
    ticket = await opened(turns_world)
    path = link(turns_world, ticket)

    picture = http.get(f"{path}/qr.png")

    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    assert re.search(r'<img src="data:image/svg\+xml', shown(http, path))


async def test_too_many_looks_are_slowed_down(turns_world: World, http: TestClient) -> None:
    path = link(turns_world, await opened(turns_world))

    statuses = [http.get(path).status_code for _ in range(62)]

    assert statuses[:60] == [200] * 60
    assert statuses[-1] == 429


async def test_the_ticket_card_carries_the_link(turns_world: World, http: TestClient) -> None:
    turns_world.says(TICKET)

    outcome = await turns_world.say("13800138000")

    address = outcome.replies[0].payload["card"]["link"]
    assert address.startswith(f"{PUBLIC}/progress/{turns_world.tickets()[0].number}.")
    assert http.get(address.removeprefix(PUBLIC)).status_code == 200


def test_a_links_clock_is_ours(turns_world: World) -> None:
    before = Links("secret", "", turns_world.clock).token("GD-20261122-0042-7")
    turns_world.clock.advance(timedelta(days=1))

    assert turns_world.clock() != NOW
    assert Links("secret", "", turns_world.clock).token("GD-20261122-0042-7") != before


def test_urging_a_ticket_without_a_conversation_tells_the_team_too(turns_world: World) -> None:
    now = turns_world.clock()
    turns_world.agent("wang", "王组长", "lead")
    with turns_world.db.write() as session:
        contact = contacts.for_identity(session, "api", "crm-1", now=now)
        draft = tickets.TicketDraft("other", "P3", "接口提交", reason="api", handoff=False)
        ticket = tickets.open_ticket(session, draft, key="api:1", contact_id=contact.id, by="api", now=now).ticket
    turns_world.rules = ServiceRules(routes=Routes({"urged": ("wecom",)}))
    turns_world.restart()

    with TestClient(create_app(turns_world.services, "an api key"), follow_redirects=False) as http:
        done = http.post(f"{link(turns_world, ticket)}/urge")

    assert done.headers["location"].endswith("said=urged")

    with turns_world.db.write() as session:
        (told,) = outbox.lease(session, now=now)
    assert told.payload["number"] == ticket.number
    assert [one["name"] for one in told.payload["people"]] == ["王组长"]


async def test_characters_that_no_database_keeps_are_left_out(turns_world: World, http: TestClient) -> None:
    path = link(turns_world, await opened(turns_world))
    assert send(http, path, "\0还是\0不行\0", key="k\0").status_code == 303
    assert turns_world.messages()[-1].text == "还是不行"
    assert send(http, path, "\0 \0").status_code == 200
