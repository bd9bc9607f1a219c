"""The page about notifications: what failed, and what can be done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from desk import audit, outbox, sending
from desk.outbox import Delivery, DeliveryDraft
from tests.integration.gateway.console.world import World

PAGE = "/console/outbox"


def delivery(world: World, key: str, kind: str = "staff_wecom", *, fails: bool = True, **payload: Any) -> Delivery:
    said: Mapping[str, Any] = {"event": "complaint", "title": f"投诉 {key}", "lines": [], "people": [], **payload}
    with world.db.write() as session:
        outbox.enqueue(session, DeliveryDraft(kind, "x", said, key), now=world.clock())
        (row,) = outbox.lease(session, now=world.clock())
        if fails:
            outbox.mark_failed(session, row, "企业微信返回错误码 93000", permanent=True, now=world.clock())
        return sending.get(session, row.id)


def status(world: World, row: Delivery) -> str:
    with world.db.read() as session:
        return sending.get(session, row.id).status


def test_a_failed_one_is_shown_with_the_providers_words_and_its_ticket(world: World) -> None:
    delivery(world, "a", number="GD-20261123-0001-4", urgent=True)

    text = world.browser("wang").get(PAGE).text

    for said in ("企业微信", "投诉 a", "错误码 93000", "GD-20261123-0001-4", "紧急", "重试这 1 条"):
        assert said in text


def test_nothing_secret_and_no_address_is_shown(world: World) -> None:
    people = [{"name": "张敏", "phone": "13812345678", "email": "zhang@a.example", "mention": "zm"}]
    delivery(world, "a", title="密码是 abc123", lines=["打 13987654321", "<script>x</script>"], people=people)

    text = world.browser("wang").get(PAGE).text

    assert "@张敏" in text
    for hidden in ("abc123", "13987654321", "13812345678", "zhang@a.example", "<script>x"):
        assert hidden not in text


def test_one_is_tried_again(world: World) -> None:
    row = delivery(world, "a")

    answer = world.browser("wang").post(f"{PAGE}/{row.id}/retry")

    assert (answer.status_code, status(world, row)) == (303, "pending")
    with world.db.read() as session:
        assert audit.listing(session)[0].action == "outbox.retried"


def test_one_is_given_up_and_found_again(world: World) -> None:
    row = delivery(world, "a")
    browser = world.browser("wang")

    browser.post(f"{PAGE}/{row.id}/dismiss")

    assert "没有失败的通知" in browser.get(PAGE).text
    assert "投诉 a" in browser.get(f"{PAGE}?tab=dismissed").text


def test_all_of_a_kind_are_tried_again(world: World) -> None:
    rows = [delivery(world, key) for key in ("a", "b")]
    other = delivery(world, "c", kind="staff_feishu")

    answer = world.browser("wang").post(f"{PAGE}/retry-all", data={"target": "staff_wecom"})

    assert answer.headers["location"].endswith("done=outbox_retried_all&n=2")
    assert [status(world, one) for one in (*rows, other)] == ["pending", "pending", "failed"]


def test_one_that_is_on_its_way_is_not_tried_again(world: World) -> None:
    row = delivery(world, "a", fails=False)

    assert world.browser("wang").post(f"{PAGE}/{row.id}/retry").status_code == 409
    assert world.browser("wang").post(f"{PAGE}/999/retry").status_code == 404


@pytest.mark.parametrize("tab", ["failed", "parked", "pending", "sent", "dismissed", "odd"])
def test_every_tab_can_be_empty(world: World, tab: str) -> None:
    assert world.browser("root").get(f"{PAGE}?tab={tab}").status_code == 200


def test_a_webhook_shows_its_event(world: World) -> None:
    body = {"event": "ticket.created", "ticket": {"number": "GD-20261123-0001-4"}}
    delivery(world, "a", kind="webhook", id="evt_7", body=body)

    text = world.browser("wang").get(PAGE).text

    assert "ticket.created · evt_7" in text


@pytest.mark.parametrize(("login", "allowed"), [("zhang", False), ("chen", False), ("wang", True), ("root", True)])
def test_leaders_only(world: World, login: str, allowed: bool) -> None:
    row = delivery(world, "a")
    browser = world.browser(login)

    answers = [browser.get(PAGE), browser.post(f"{PAGE}/{row.id}/retry"), browser.post(f"{PAGE}/retry-all")]

    assert [answer.status_code == 403 for answer in answers] == [not allowed] * 3
