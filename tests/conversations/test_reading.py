"""What a support person may get wrong in a file, and what is said about it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from gongda.replay import ScriptResult, TurnResult
from tests.conversations.dialogue import BEIJING, Dialogue
from tests.conversations.errors import BadDialogue
from tests.conversations.judging import complaints
from tests.conversations.reading import read_folder, read_text

GOOD = """
- name: 问码
  turns:
    - user: ERROR_403
      decisions: [{answer: err-error-403}]
      says: 权限
"""
ANSWER = {"type": "answer", "entry_id": "err-error-403"}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("- name: a\n  turn: []", "不认识的键 'turn'"),
        ("- name: a\n  turns:\n  - user: 你好\n    say: 您好", "不认识的键 'say'"),
        ("- name: a\n  turns:\n  - user: 你好\n    decisions: [anwser]", "不认识的判定 'anwser'"),
        ("- name: a\n  turns:\n  - user: 你好\n    decisions: [{answer: x, reason: y}]", "answer 没有 reason"),
        ("- name: a\n  turns:\n  - user: 你好\n    decisions: answer", "decisions 是列表"),
        ("- name: a\n  turns:\n  - user: 1", "数字要加引号"),
        ("- name: a\n  turns:\n  - user: 你好\n    says: [1]", "数字、日期、是和否要加引号"),
        ("- name: a\n  turns:\n  - user: 你好\n    ticket: maybe", "ticket 只能是 true 或 false"),
        ("- name: a\n  turns:\n  - user: 你好\n    after: 快", "after 是离上一句的秒数"),
        ("- name: a\n  channel: fax\n  turns:\n  - user: 你好", "不认识的 channel 'fax'"),
        ("- name: a\n  start: 昨天\n  turns:\n  - user: 你好", "应是北京时间"),
        ("- name: a\n  turns: []", "缺少 turns"),
        ("- turns:\n  - user: 你好", "第 1 个对话，name"),
        ("name: a", "应是对话的列表"),
        ("- name: [", "不是有效的 YAML"),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, complaint: str) -> None:
    with pytest.raises(BadDialogue, match=r"^a\.yml") as refused:
        read_text(text, "a.yml")

    assert complaint in str(refused.value)


def test_a_mistake_inside_a_dialogue_names_the_dialogue_and_the_turn() -> None:
    text = "- name: 先对\n  turns: [{user: 你好}]\n- name: 后错\n  turns: [{user: 你好}, {user: 好, sya: 好}]"

    with pytest.raises(BadDialogue, match=r"a\.yml，第 2 个对话“后错”，第 2 句"):
        read_text(text, "a.yml")


def test_two_dialogues_of_one_name_are_refused(tmp_path: Path) -> None:
    for name in ("a.yml", "b.yml"):
        (tmp_path / name).write_text(GOOD, encoding="utf-8")

    with pytest.raises(BadDialogue, match="有两个对话都叫“问码”"):
        read_folder(tmp_path)


def test_times_are_beijing_and_add_up() -> None:
    text = "- name: a\n  start: 2026-11-23 23:00\n  turns: [{user: 在吗}, {user: 导入报错, after: 1}, {user: 好}]"

    turns = read_text(text, "a.yml")[0].script().turns

    start = datetime(2026, 11, 23, 23, 0, tzinfo=BEIJING)
    assert [turn.at.timestamp() - start.timestamp() for turn in turns if turn.at] == [0, 1, 21]


def test_the_first_ticket_number_of_the_day_is_filled_in() -> None:
    text = "- name: a\n  turns: [{user: '催一下 {ticket}'}]"

    assert read_text(text, "a.yml")[0].script().turns[0].user == "催一下 GD-20261123-0001-0"


def test_a_turn_as_expected_raises_no_complaint() -> None:
    assert complaints(good(), played(TurnResult("ERROR_403", ("没有权限",), (ANSWER,), (), False, 5))) == []


@pytest.mark.parametrize(
    ("turn", "complaint"),
    [
        (
            TurnResult("ERROR_403", ("没有权限",), ({**ANSWER, "entry_id": "err-error-404"},), (), False, 5),
            "err-error-403",
        ),
        (TurnResult("ERROR_403", ("没有权限",), (), (), False, 5), "判定应是 answer，实际是 无"),
        (TurnResult("ERROR_403", ("没有权限",), (ANSWER, ANSWER), (), False, 5), "判定应是 answer，实际是"),
        (TurnResult("ERROR_403", ("好",), (ANSWER,), (), False, 5), "回复里应有“权限”"),
        (TurnResult("ERROR_403", ("没有权限",), (ANSWER,), (), True, 5), "降级"),
        (TurnResult("ERROR_403", (), (ANSWER,), (), False, 5), "没有任何回复"),
    ],
)
def test_whatever_differs_is_a_complaint(turn: TurnResult, complaint: str) -> None:
    found = complaints(good(), played(turn))

    assert any(complaint in what for what in found), found


@pytest.mark.parametrize(
    ("expected", "turn", "complaint"),
    [
        ("never_says: 权限", TurnResult("a", ("没有权限",), (), (), False, 5), "不应有“权限”"),
        ("begins: 抱歉", TurnResult("a", ("好", "抱歉"), (), (), False, 5), "第一句回复里应有“抱歉”"),
        ("silent: true", TurnResult("a", ("好",), (), (), False, 5), "应沉默"),
        ("ticket: true", TurnResult("a", ("好",), (), (), False, 5), "应建立工单而没有"),
        ("ticket: false", TurnResult("a", ("好",), (), (), False, 5, ticket="GD-1"), "不应建立工单"),
        ("options: [转人工]", TurnResult("a", ("好",), (), (), False, 5), "选项里应有“转人工”"),
        ("options: []", TurnResult("a", ("好",), (), (), False, 5, options=("转人工",)), "不应有选项"),
        ("decisions: [{feedback: true}]", TurnResult("a", ("好",), ({"type": "feedback", "helpful": False},), (), False, 5), "feedback True"),
        ("decisions: [{open_ticket: null, slots: {phone: null}}]", TurnResult("a", ("好",), ({"type": "open_ticket", "slots": {"phone": "1"}},), (), False, 5), "phone 应没有"),
        ("decisions: [{choices: [b]}]", TurnResult("a", ("好",), ({"type": "choices", "options": [{"id": "entry:c", "label": "c"}]},), (), False, 5), "choices"),
    ],
)  # fmt: skip
def test_every_key_is_looked_at(expected: str, turn: TurnResult, complaint: str) -> None:
    (dialogue,) = read_text(f"- name: a\n  turns:\n  - user: a\n    {expected}", "a.yml")

    found = complaints(dialogue, played(turn))

    assert any(complaint in what for what in found), found


def good() -> Dialogue:
    return read_text(GOOD, "a.yml")[0]


def played(turn: TurnResult) -> ScriptResult:
    return ScriptResult("a", (turn,))
