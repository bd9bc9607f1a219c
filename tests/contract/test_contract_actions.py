"""What the action server answers, as golden files: the 3.10 tests hold the same files against Rasa's own schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from actions.app import create_app
from actions.knowledge import FakeKnowledge, an_answer
from actions.settings import ActionsSettings
from tests.unit.actions.calls import call, message

GOLDEN = Path(__file__).parent / "golden" / "actions"
SETTINGS = ActionsSettings(index=Path("unused"), token="t", reload_seconds=60.0)
CONTEXT = {"turn_id": "t", "now": "2026-11-23T10:00:00+08:00", "form": "ticket_form/phone", "slots": {"version": "6.2"}}
FORM = {"phenomenon": "导入失败", "requested_slot": "phone"}

CALLS: dict[str, dict[str, Any]] = {
    "answer": call("action_answer", message("怎么导出")),
    "handoff": call("action_answer", message("导入失败", turn={"misses": 1})),
    "session_start": call("action_session_start", None, {"session_started_metadata": CONTEXT}),
    "open_ticket": call("action_open_ticket", message("跳过"), {"phenomenon": "导入失败", "phone": "-"}),
    "validate_form": call("validate_ticket_form", message("1380013", "provide_info"), FORM, {"phone": "1380013"}),
    "validate_form_again": call(
        "validate_ticket_form", message("13800138000", "provide_info"), FORM, {"phone": "13800138000"}
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_the_action_server_answers_as_it_always_has(name: str) -> None:
    with TestClient(create_app(SETTINGS, FakeKnowledge({"怎么导出": an_answer()}))) as http:
        response = http.post("/webhook", params={"token": "t"}, json=CALLS[name])

    assert response.status_code == 200
    assert response.json() == json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


def test_every_golden_answer_is_still_given() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(CALLS)
