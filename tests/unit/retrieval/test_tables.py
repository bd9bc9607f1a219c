import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_ingest.documents.model import Block
from kb_ingest.rendering import markdown
from retrieval.knowledge import tables
from retrieval.knowledge.shown import split_blocks
from retrieval.knowledge.tables import Table

ROLES = "| 角色 | 能审批 |\n| --- | --- |\n| 项目经理 | 能 |\n| 资料员 | 不能 |"
CELL = st.text(alphabet="导出表 a\\|-:*`1.#", max_size=8).map(str.strip)


def test_header_and_rows_are_read_and_the_alignment_is_not() -> None:
    assert tables.read("| 角色 | 能审批 |\n|:-----|:-:|\n| 资料员 | **不能** |") == Table(
        ("角色", "能审批"), (("资料员", "**不能**"),)
    )


def test_the_outer_pipes_may_be_left_out() -> None:
    assert tables.read("角色 | 能审批\n--- | ---\n资料员 | 不能") == Table(("角色", "能审批"), (("资料员", "不能"),))


def test_an_escaped_pipe_is_text() -> None:
    assert tables.read("| 写法 |\n| --- |\n| `a \\| b` |") == Table(("写法",), (("`a | b`",),))


def test_rows_shorter_or_longer_than_the_header_keep_what_they_have() -> None:
    assert tables.read("| 甲 | 乙 |\n| - | - |\n| 1 |\n| 1 | 2 | 3 |") == Table(("甲", "乙"), (("1",), ("1", "2", "3")))


@pytest.mark.parametrize(
    "block",
    [
        "",
        "| 角色 | 能审批 |",
        "| 角色 | 能审批 |\n| 资料员 | 不能 |",
        "| 角色 | 能审批 |\n| --- |\n| 资料员 |",
        "a || b 与 c\n---",
        "```\n| 角色 |\n| --- |\n```",
        f"{ROLES}\n以上为默认。",
    ],
)
def test_everything_else_is_no_table(block: str) -> None:
    assert tables.read(block) is None


@given(st.integers(1, 5).flatmap(lambda width: st.lists(st.tuples(*[CELL] * width), min_size=1, max_size=5)))
def test_what_ingest_writes_is_read_again(rows: list[tuple[str, ...]]) -> None:
    block = markdown([Block("table", "", 1, rows=tuple(rows), row_lines=tuple(range(len(rows))))])

    assert tables.read(block) == Table(rows[0], tuple(rows[1:]))
    assert split_blocks(block) == (block,)


def test_a_table_is_one_block_between_its_paragraphs() -> None:
    assert split_blocks(f"默认如下：\n{ROLES}\n可以改。\n\n再登录。") == ("默认如下：", ROLES, "可以改。", "再登录。")


def test_rows_that_look_like_items_stay_in_their_table() -> None:
    table = "步骤 | 做什么\n--- | ---\n1. 先 | 备份\n- 后 | 升级"

    assert split_blocks(f"{table}\n- 完") == (table, "- 完")


def test_a_table_between_steps_leaves_them_their_numbers() -> None:
    assert split_blocks("1. 看表：\n   | 甲 |\n   | --- |\n   | 乙 |\n2. 保存") == (
        "1. 看表：",
        "| 甲 |\n| --- |\n| 乙 |",
        "2. 保存",
    )


def test_a_table_in_code_is_code() -> None:
    code = f"```\n{ROLES}\n```"

    assert split_blocks(f"例如：\n\n{code}\n完") == ("例如：", f"{code}\n完")


def test_fifty_rows_are_one_block() -> None:
    table = "\n".join(["| 码 | 处理 |", "| --- | --- |", *(f"| ERR-{row} | 重试 |" for row in range(50))])

    assert split_blocks(f"说明\n\n{table}") == ("说明", table)
