from __future__ import annotations

from typing import Any

from actions.session import ActionSessionStart
from contract.turn import TurnContext
from tests.unit.actions.calls import TURN, dispatcher, message, tracker


async def started(context: TurnContext | None) -> list[dict[str, Any]]:
    slots = {"session_started_metadata": context.to_json() if context else None}
    return await ActionSessionStart().run(dispatcher(), tracker(message("你好"), slots), {})


async def test_a_new_episode_begins_with_nothing_when_nothing_is_known() -> None:
    assert [event["event"] for event in await started(None)] == ["session_started", "action"]
    assert [event["event"] for event in await started(TurnContext(**TURN))] == ["session_started", "action"]


async def test_a_new_episode_knows_the_person_and_not_the_problem_before() -> None:
    slots = {"version": "6.2", "phone": "13800138000", "os": "", "error_code": "E1007", "module": "数据导入"}

    events = await started(TurnContext(**TURN, slots=slots))

    told = {event["name"]: event["value"] for event in events if event["event"] == "slot"}
    assert told == {"version": "6.2", "phone": "13800138000"}


async def test_an_unfinished_form_goes_on_at_the_slot_it_asked_for() -> None:
    events = await started(TurnContext(**TURN, form="ticket_form/phone"))

    assert [event["event"] for event in events] == ["session_started", "active_loop", "slot", "action"]
    assert events[1]["name"] == "ticket_form"
    assert (events[2]["name"], events[2]["value"]) == ("requested_slot", "phone")
    assert events[-1]["name"] == "action_listen"
