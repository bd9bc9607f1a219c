from __future__ import annotations

import re
from pathlib import Path

import pytest

import gateway
from contract.decisions import Answer, Option, Runbook
from desk.conversations import Choice
from desk.turns import Reply
from gateway import render
from gateway.console import access
from gateway.render import Voice
from gateway.wording import UnknownWording, Wording

MAINLAND, TAIWAN, HONG_KONG = Voice("hans", "cn"), Voice("hant", "tw"), Voice("hant", "hk")
WORDING = Wording.load()

ANSWER = Answer(
    entry_id="err-403",
    version="7f",
    title="ERROR_403 没有权限导出文件",
    blocks=("点【用户管理】→【权限】，打开`文件.yml`。", "重新登录软件。"),
    source="用户手册 §3",
    review="2026-12-31",
    probability=0.93,
    build_id="b-1",
    trace_id="t-1",
    code="ERROR_403",
    workaround="请管理员导出。",
)


def test_an_answer_carries_its_evidence() -> None:
    reply = render.answer(MAINLAND, ANSWER)

    assert reply.kind == "answer"
    assert reply.text == ANSWER.title
    assert reply.payload["card"] == {
        "entry_id": "err-403",
        "title": ANSWER.title,
        "blocks": list(ANSWER.blocks),
        "source": "用户手册 §3",
        "version": "7f",
        "review": "2026-12-31",
        "code": "ERROR_403",
        "build_id": "b-1",
        "trace_id": "t-1",
        "feedback": True,
        "workaround": "请管理员导出。",
    }


def test_an_answer_is_in_the_askers_script_except_for_codes_paths_and_labels() -> None:
    card = render.answer(TAIWAN, ANSWER).payload["card"]

    assert card["title"].startswith("ERROR_403 沒有")
    assert "【用户管理】" in card["blocks"][0]
    assert "`文件.yml`" in card["blocks"][0]
    assert card["blocks"][1] == "重新登入軟體。"
    assert render.answer(HONG_KONG, ANSWER).payload["card"]["blocks"][1] == "重新登入軟件。"


def test_an_answer_without_a_workaround_shows_none() -> None:
    plain = Answer("a", "1", "标题", ("一",), "手册", "2026-12-31", 0.9, "b", "t")

    assert "workaround" not in render.answer(MAINLAND, plain).payload["card"]


def test_first_aid_is_shown_like_an_answer_and_asks_for_no_thumb() -> None:
    reply = render.runbook(TAIWAN, Runbook("rb", "数据丢失", ("停止写入。",), "应急手册", "b", "t"))

    assert reply.kind == "answer"
    assert reply.text == reply.payload["card"]["title"] == "資料丟失"
    assert reply.payload["card"]["feedback"] is False


def test_a_sentence_with_options_is_a_choice() -> None:
    reply = render.text(TAIWAN, "您要问的是哪一个？", [Option("entry:1", "导出文件"), Option("say:转人工", "转人工")])

    assert reply.kind == "choices"
    assert reply.payload["options"] == [
        {"id": "entry:1", "label": "匯出檔案"},
        {"id": "say:转人工", "label": "轉人工"},  # the id is what the engine hears; it stays
    ]


def test_a_sentence_without_options_keeps_its_kind() -> None:
    assert render.text(MAINLAND, "好的") == Reply("好的", "text", {})
    assert render.text(MAINLAND, "好的", kind="notice").kind == "notice"


def test_a_ticket_shows_number_status_and_time() -> None:
    reply = render.ticket(
        TAIWAN, "已为您建立工单 GD-20261122-0042-7。", "GD-20261122-0042-7", "待受理", "现在是工作时间"
    )

    assert reply.kind == "ticket"
    assert "GD-20261122-0042-7" in reply.text
    assert reply.payload["card"]["number"] == "GD-20261122-0042-7"
    assert reply.payload["card"]["when"] == "現在是工作時間"


def test_what_can_be_picked_is_what_was_offered_last() -> None:
    first = render.text(MAINLAND, "一", [Option("a", "甲")])
    last = render.text(MAINLAND, "二", [Option("b", "乙"), Option("c", "丙")])

    assert render.options_of([first, last, Reply("好的")]) == (Choice("b", "乙"), Choice("c", "丙"))
    assert render.options_of([Reply("好的")]) == ()
    assert render.options_of([]) == ()


def test_a_missing_sentence_or_value_is_an_error_not_a_gap() -> None:
    with pytest.raises(UnknownWording, match="no wording"):
        WORDING.text("turn.nothing")
    with pytest.raises(KeyError):
        WORDING.text("turn.ticket.opened", number="GD-1")


def test_every_reason_the_contract_knows_has_its_sentence() -> None:
    for reason in ("no_evidence", "out_of_scope", "unknown_code", "unknown_code_neighbours"):
        assert WORDING.text(f"turn.decline.{reason}", codes="E1007")
    for reason in ("request", "two_misses", "dislikes", "emergency", "emotion"):
        assert WORDING.text(f"turn.handoff.{reason}")
    for status in ("new", "assigned", "in_progress", "waiting", "on_site", "resolved", "closed"):
        assert WORDING.text(f"turn.states.{status}")
    for period in ("lunch", "before", "evening", "weekend", "holiday"):
        assert WORDING.text(f"turn.off.{period}")


def test_every_sentence_named_in_the_code_is_written() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in Path(gateway.__file__).parent.rglob("*.py"))
    written = set(WORDING.keys())
    files = "|".join(sorted({key.partition(".")[0] for key in written}))

    named = set(re.findall(rf'"((?:{files})\.[a-z_0-9.]+)"', code))
    named -= {name for name in named if name.endswith((".html", ".css"))} | set(
        access.TABLE
    )  # files, and what agents may do

    assert len(named) >= 20
    assert named <= written
