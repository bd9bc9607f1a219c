from __future__ import annotations

from typing import Any

import pytest

from gateway.channels.plain import plain
from gateway.channels.splitting import size, split
from gateway.channels.wechat.phrases import Phrases
from gateway.channels.wechat.settings import QUEUED_LIMIT, TEXT_LIMIT
from gateway.channels.words import render
from gateway.turns.flow import Outgoing
from gateway.wording import Wording

PHRASES = Phrases(Wording.load())
CARD = {
    "entry_id": "err-error-403",
    "title": "ERROR_403 没有权限",
    "blocks": ["**原因**：角色没有 `import_data` 权限。", "1. 打开【角色权限】。\n2. 勾选【数据导入】。"],
    "source": "《错误码手册》§1.3",
    "version": "2",
    "review": "2026-12-05",
    "workaround": "请 `admin` 代为导入。",
}


def said(text: str = "", kind: str = "text", **payload: Any) -> Outgoing:
    return Outgoing(1, text, kind, payload)


def options(*labels: str) -> list[dict[str, str]]:
    return [{"id": f"o{number}", "label": label} for number, label in enumerate(labels)]


def test_an_answer_shows_title_blocks_way_around_and_evidence() -> None:
    assert render([said("标题", "answer", card=CARD)], PHRASES) == (
        "ERROR_403 没有权限\n"
        "原因：角色没有 import_data 权限。\n"
        "1. 打开【角色权限】。\n2. 勾选【数据导入】。\n"
        "临时办法：请 admin 代为导入。\n"
        "来源：《错误码手册》§1.3（版本 2，复核日期 2026-12-05）"
    )


def test_a_runbook_has_no_version_and_shows_its_source_alone() -> None:
    card = {"title": "先救数据", "blocks": ["停止操作。"], "source": "《应急手册》"}
    assert render([said(kind="answer", card=card)], PHRASES) == "先救数据\n停止操作。\n来源：《应急手册》"


def test_each_row_of_a_table_is_a_line() -> None:
    table = "| 角色 | 查看 | 说明 |\n| --- | --- | --- |\n| **造价员** | 是 | 授权 `export_all` |\n| # | 否 | a \\| b |"
    card = {"title": "权限", "blocks": ["默认如下：", table, "可以改。"]}

    assert render([said(kind="answer", card=card)], PHRASES) == (
        "权限\n默认如下：\n角色：造价员；查看：是；说明：授权 export_all\n角色：#；查看：否；说明：a | b\n可以改。"
    )


def test_a_row_of_two_columns_is_no_heading_and_no_item() -> None:
    assert plain("| # | 名称 |\n| --- | --- |\n| - | [无](https://a.example) |") == (
        "# — 名称\n- — 无（https://a.example）"
    )


@pytest.mark.parametrize(
    ("columns", "rows", "most"), [(2, 50, 2), (4, 50, 5), (12, 50, 14)], ids=lambda number: str(number)
)
def test_the_rows_of_a_long_or_wide_table_are_never_torn(columns: int, rows: int, most: int) -> None:
    line = "| " + " | ".join(["内容五个字"] * columns) + " |"
    table = "\n".join(["| " + " | ".join(["列名"] * columns) + " |", "|" + " --- |" * columns, *[line] * rows])

    parts = split(render([said(kind="answer", card={"title": "表", "blocks": [table]})], PHRASES))

    assert len(parts) <= most
    assert all(part.endswith("\n") for part in parts[:-1])
    assert "".join(parts).count("内容五个字") == columns * rows


def test_choices_are_numbered_and_say_how_to_pick() -> None:
    shown = render([said("您要问的是：", "choices", options=options("导入报错", "导出报错"))], PHRASES)
    assert shown == "您要问的是：\n1. 导入报错\n2. 导出报错\n回复数字选择。"


def test_a_question_that_says_it_already_gets_no_second_hint() -> None:
    shown = render([said("是哪一个？点选或回复数字即可。", "choices", options=options("甲", "乙"))], PHRASES)
    assert shown == "是哪一个？点选或回复数字即可。\n1. 甲\n2. 乙"


def test_only_the_last_options_have_numbers_because_only_they_can_be_picked() -> None:
    shown = render([said("一", options=options("甲")), said("二", options=options("乙")), said("三")], PHRASES)
    assert shown == "一\n• 甲\n\n二\n1. 乙\n回复数字选择。\n\n三"


def test_a_ticket_is_said_in_its_plain_sentence() -> None:
    card = {"number": "GD-20261122-0042-7", "status": "待受理", "when": "1 小时内"}
    assert render([said("已建立工单 GD-20261122-0042-7。", "ticket", card=card)], PHRASES) == (
        "已建立工单 GD-20261122-0042-7。"
    )


def test_the_channels_own_words_follow_the_script_and_values_stay_as_they_are() -> None:
    hong_kong = Phrases(Wording.load(), "hant", "hk")
    assert hong_kong.text("source_only", source="软件《手册》") == "來源：软件《手册》"


def test_what_xml_cannot_hold_never_reaches_the_wire() -> None:
    assert render([said("a\x00b\x1f")], PHRASES) == "ab"


def test_no_replies_are_no_text() -> None:
    assert render([], PHRASES) == ""


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("# 标题\n正文", "标题\n正文"),
        ("- 一\n* 二\n  - 三", "• 一\n• 二\n  • 三"),
        ("**重要：`D:\\conf`**", "重要：D:\\conf"),
        ("`**不是粗体**`", "**不是粗体**"),
        ("```\n# 注释\n**x**\n```\n完", "# 注释\n**x**\n完"),
        ("见[手册](https://a.example/x)。", "见手册（https://a.example/x）。"),
        ("[https://a.example](https://a.example)", "https://a.example"),
        ("ERROR_403 与 3*4*5 和 snake_case_name", "ERROR_403 与 3*4*5 和 snake_case_name"),
        (r"\\192.168.1.1\share", r"\\192.168.1.1\share"),
        ("#5 楼", "#5 楼"),
        ("1. 先\n\n2. 后", "1. 先\n\n2. 后"),
    ],
)
def test_markdown_marks_go_and_everything_else_stays(markdown: str, expected: str) -> None:
    assert plain(markdown) == expected


@pytest.mark.parametrize(("script", "region"), [("hans", "cn"), ("hant", "tw"), ("hant", "hk")])
def test_a_queued_text_fits_a_passive_reply_with_heading_and_hint(script: str, region: str) -> None:
    phrases = Phrases(Wording.load(), script, region)
    hint = max(size(phrases.text("continued_pushed")), size(phrases.text("continued_asked")))
    assert size(phrases.text("earlier")) + hint + len("\n\n" * 2) <= TEXT_LIMIT - QUEUED_LIMIT


def test_every_sentence_of_the_channel_fits_one_text() -> None:
    wording = Wording.load()
    values = {
        "source": "来源",
        "version": "1",
        "review": "2026-12-05",
        "workaround": "办法",
        "link": "https://help.example.com",
        "places": "6.1 · 三号工地",
        "account": "kf2001@gh_account",
    }
    keys = [key for key in wording.keys() if key.startswith("wechat.")]  # noqa: SIM118 - a method of its own
    assert keys
    assert all(0 < size(wording.text(key, **values)) <= TEXT_LIMIT for key in keys)


@pytest.mark.parametrize(
    ("link", "shown"), [("https://help.example.com/progress/GD-1.x", True), ("/progress/GD-1.x", False), ("", False)]
)
def test_a_ticket_brings_its_page_where_it_can_be_reached(link: str, shown: bool) -> None:
    text = render([said("已为您建立工单", "ticket", card={"number": "GD-1", "link": link})], PHRASES)

    assert text == (f"已为您建立工单\n查看进度：{link}" if shown else "已为您建立工单")
