"""Tables in lines of text, for channels and pages that have nothing else."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from desk.messages import Message
from gateway import tables
from gateway.console.desk.transcript import Span, bubbles

RIGHTS = "| 角色 | 查看 | 编辑 |\n| --- | --- | --- |\n| **造价员** | 是 | 否 |"


def test_each_row_names_its_columns() -> None:
    table = "| 角色 | 能做： | 备注 |\n| --- | --- | --- |\n| 造价员 | 看本标段。 |  |\n| 资料员 | 传图纸；改图纸 | 要授权 |"

    assert tables.lines(table) == ("角色：造价员；能做：看本标段", "角色：资料员；能做：传图纸；改图纸；备注：要授权")


def test_two_columns_are_pairs_under_their_header() -> None:
    table = "| 版本 | 并发 |\n| --- | --- |\n| 6.0 | 50 |\n| 6.1 |  |\n|  | 不限 |"

    assert tables.lines(table) == ("版本 — 并发", "6.0 — 50", "6.1", "不限")


def test_cells_without_a_column_name_are_said_all_the_same() -> None:
    assert tables.lines("| 甲 |  | 丙 |\n| - | - | - |\n| 1 | 2 | 3 | 4 |") == ("甲：1；2；丙：3；4",)


def test_a_header_alone_is_said() -> None:
    assert tables.lines("| 甲 | 乙 | 丙 |\n| --- | --- | --- |") == ("甲 — 乙 — 丙",)


@pytest.mark.parametrize("block", ["一段话。", "- 甲 | 乙", "```\n| 甲 |\n| --- |\n```"])
def test_other_blocks_are_none_of_its_business(block: str) -> None:
    assert tables.lines(block) == ()


def test_agents_see_a_table_of_the_conversation_row_by_row() -> None:
    at = datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc)
    card = {"title": "权限", "blocks": ["默认如下：", RIGHTS]}
    message = Message(1, 1, 1, "bot", None, "answer", "权限", {"card": card}, None, None, "sent", at)

    (bubble,) = bubbles([message], {})

    assert bubble.card is not None
    assert bubble.card.blocks == (
        (Span("默认如下："),),
        (Span("角色："), Span("造价员", "bold"), Span("；查看：是；编辑：否")),
    )
