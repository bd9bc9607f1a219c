"""Nobody but the vendor is named in what the gateway says."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from contract.decisions import Answer, Choices, Decline, Handoff, Option, Runbook
from gateway.engine import Said
from gateway.turns.outgoing import checked
from zhtext.contacts import AllowList

VENDOR = AllowList(frozenset({"400-800-1234"}))
ANSWER = Answer(
    entry_id="faq-a",
    version="1",
    title="怎么导出报表",
    blocks=("打开软件，点【导出】。", "1. 选格式。\n2. 点【确定】。"),
    source="手册 §3",
    review="2026-12-31",
    probability=0.9,
    build_id="b",
    trace_id="t",
    workaround="用手机端导出。",
    question="怎么导出",
)
RUNBOOK = Runbook("rb", "数据丢失", ("停止写入，不要重启服务器。",), "应急手册", "b", "t")


def with_block(text: str) -> Answer:
    return replace(ANSWER, blocks=(*ANSWER.blocks, text))


def test_an_answer_without_strangers_is_said_as_it_is() -> None:
    answer = with_block("官方热线 400-800-1234，端口 8080，版本 6.2.1。")

    assert checked(answer, VENDOR) is answer
    assert checked(RUNBOOK, VENDOR) is RUNBOOK


def test_the_sentence_that_names_a_stranger_is_left_out() -> None:
    said = checked(with_block("导出前先备份。不行就打 400-999-8888。"), VENDOR)

    assert said == with_block("导出前先备份。")


def test_a_block_of_which_nothing_is_left_goes() -> None:
    assert checked(with_block("加QQ群 123456789。"), VENDOR) == ANSWER


def test_source_and_workaround_are_looked_at_too() -> None:
    said = checked(replace(ANSWER, source="www.abc.com", workaround="打 13812345678。"), VENDOR)

    assert said == replace(ANSWER, source="", workaround=None)


@pytest.mark.parametrize(
    "answer",
    [
        replace(ANSWER, blocks=("请拨打 400-999-8888 咨询。",)),
        replace(ANSWER, blocks=("好。请拨打 400-999-8888 咨询。",)),  # two characters help nobody
        replace(ANSWER, title="售后电话 400-999-8888"),
    ],
)
def test_an_answer_of_which_nothing_of_use_is_left_is_a_decline(answer: Answer) -> None:
    assert checked(answer, VENDOR) == Decline("no_evidence", build_id="b", trace_id="t", question="怎么导出")


def test_first_aid_is_looked_at_like_an_answer() -> None:
    said = checked(replace(RUNBOOK, blocks=(*RUNBOOK.blocks, "联系 http://evil.cn/help。")), VENDOR)

    assert said == RUNBOOK


def test_an_option_that_names_a_stranger_is_not_offered() -> None:
    good, bad = Option("entry:a", "怎么导出报表"), Option("entry:b", "加QQ 123456789 导出")

    assert checked(Choices((good, bad), "b", "t"), VENDOR) == Choices((good,), "b", "t")
    assert checked(Choices((bad,), "b", "t"), VENDOR) == Decline("no_evidence", build_id="b", trace_id="t")
    assert checked(Decline("unknown_code", ("E1",), (good, bad)), VENDOR) == Decline("unknown_code", ("E1",), (good,))


@pytest.mark.parametrize("part", [Said("您的号码 13812345678 已登记"), Handoff("request", summary="打 13812345678")])
def test_what_comes_from_no_entry_is_left_alone(part: Said | Handoff) -> None:
    assert checked(part, AllowList()) is part


def test_it_is_logged_as_an_error_with_the_entry_and_without_the_number(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        checked(with_block("打 400-999-8888 或加微信 zl_12345。"), VENDOR)

    (record,) = caplog.records
    assert "faq-a" in record.getMessage()
    assert "hotline, wechat" in record.getMessage()
    assert "8888" not in record.getMessage()
