"""A turn about trouble that is known: the card comes first, once, and a ticket about it is linked."""

from __future__ import annotations

import pytest

from contract.decisions import Handoff
from desk import incidents
from tests.integration.desk.incident_reports import confirmed
from tests.integration.gateway.turn_world import ANSWER, World, kinds, texts

LOGIN = Handoff("request", "login", "P2", "登录不上去", {"phenomenon": "登录不上去", "module": "登录"})


async def test_the_card_comes_before_the_answer_and_then_a_short_line(turns_world: World) -> None:
    confirmed(turns_world.db, turns_world.clock())
    turns_world.says(ANSWER)

    first, second = await turns_world.say("登录不上去，一直转圈"), await turns_world.say("還是登入不了")

    assert kinds(first) == ["choices", "answer"]
    assert texts(first)[0].startswith("这是一个已知问题：登录不上去。登录服务正在抢修。")
    assert texts(second)[0].startswith("您說的應該還是“登入不上去”這個已知問題")


@pytest.mark.parametrize("question", ["怎么登录系统", "登录密码在哪里改", "谢谢", "报表打不开"])
async def test_another_question_gets_no_card(turns_world: World, question: str) -> None:
    confirmed(turns_world.db, turns_world.clock())
    turns_world.says(ANSWER)
    assert kinds(await turns_world.say(question)) == ["answer"]


async def test_the_ticket_of_a_handoff_about_it_is_linked(turns_world: World) -> None:
    made = confirmed(turns_world.db, turns_world.clock())
    turns_world.says(LOGIN)

    said = await turns_world.say("登录不上去，转人工")

    assert "已知问题" in texts(said)[0]
    with turns_world.db.read() as session:
        linked = [one.ticket for one in incidents.tickets_of(session, made.id)]
    assert len(linked) == 4
    assert linked[-1].incident_id == made.id
