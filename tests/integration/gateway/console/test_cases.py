"""A case from a resolved ticket, in one click and without secrets."""

from __future__ import annotations

from datetime import timedelta

from desk import contacts
from tests.integration.gateway.console.knowledge_world import Knowledge
from tests.integration.gateway.console.world import World

JSON = {"accept": "application/json"}


def resolved(
    world: World, said: str = "导入材料价一直失败", solution: str = "已重置导入模板，重新导入成功", **more
) -> str:
    number = world.ticket(of="zhang", said=said, **more)
    world.browser("zhang").post(f"/console/tickets/{number}/resolve", data={"solution": solution})
    return number


def case(world: World, number: str, login: str = "zhang"):
    return world.browser(login, **JSON).post(f"/console/tickets/{number}/case")


def test_one_click_makes_a_draft_that_tells_what_happened_and_what_helped(world: World, knowledge: Knowledge) -> None:
    number = resolved(world)
    assert "写成案例" in world.browser("zhang").get(f"/console/tickets/{number}").text
    answer = case(world, number)
    (entry_id,) = knowledge.entry_ids()
    assert answer.headers["location"] == f"/console/entries/{entry_id}/edit?done=case_drafted"
    kept = knowledge.versions(entry_id)[0]
    assert (kept.state, kept.author, knowledge.of(entry_id).origin) == ("draft", world.agent("zhang").actor, "ticket")
    assert (kept.content["type"], kept.content["title"]) == ("case", "导入材料价报 ERR-1042")
    assert "已重置导入模板，重新导入成功" in kept.content["answer"]
    assert "系统 Windows 10" in kept.content["answer"]
    assert kept.content["similar"] == ["导入材料价一直失败"]
    assert number not in str(kept.content)


def test_secrets_and_the_name_of_the_customer_stay_out_of_it(world: World, knowledge: Knowledge) -> None:
    number = resolved(
        world,
        said="我是刘建国，密码是 Abc123456，导入材料价失败",
        solution="刘建国电话 13812345678 确认，已用 token=abcdef0123456789abcd 处理",
    )
    with world.db.write() as session:
        contacts.describe(session, world.of(number).contact_id, name="刘建国")
    case(world, number)
    kept = str(knowledge.versions(knowledge.entry_ids()[0])[0].content)
    for secret in ("刘建国", "Abc123456", "13812345678", "abcdef0123456789abcd"):
        assert secret not in kept
    assert "［电话］" in kept


def test_what_the_customer_wrote_months_before_is_not_part_of_the_case(world: World, knowledge: Knowledge) -> None:
    number = world.ticket(of="zhang", said="甘特图拖动卡顿怎么回事")
    world.browser("zhang").post(f"/console/tickets/{number}/resolve", data={"solution": "已优化"})
    world.clock.advance(timedelta(hours=11))
    later = resolved(world, said="打印标签扫不出来怎么办", summary="标签扫不出来")
    case(world, later)
    (entry_id,) = knowledge.entry_ids()
    assert knowledge.versions(entry_id)[0].content["similar"] == ["打印标签扫不出来怎么办"]


def test_a_second_click_finds_the_case_that_is_there(world: World, knowledge: Knowledge) -> None:
    number = resolved(world)
    assert case(world, number).headers["location"].endswith("done=case_drafted")
    assert case(world, number).headers["location"].endswith("done=case_drafted")  # nothing has changed since
    assert case(world, number, "wang").headers["location"].endswith("done=case_there")  # somebody else's draft
    assert len(knowledge.versions(knowledge.entry_ids()[0])) == 1


def test_a_ticket_that_is_open_is_no_case_yet(world: World, knowledge: Knowledge) -> None:
    number = world.ticket(of="zhang")
    assert "写成案例" not in world.browser("zhang").get(f"/console/tickets/{number}").text
    answer = case(world, number)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "stale")
    assert knowledge.entry_ids() == []


def test_a_ticket_without_a_conversation_becomes_a_case_too(world: World, knowledge: Knowledge) -> None:
    number = world.ticket_without_conversation()
    world.browser("zhang").post(f"/console/tickets/{number}/take")
    world.browser("zhang").post(f"/console/tickets/{number}/resolve", data={"solution": "已电话解决"})
    assert case(world, number).status_code == 303
    assert "已电话解决" in knowledge.versions(knowledge.entry_ids()[0])[0].content["answer"]
