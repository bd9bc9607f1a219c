from hypothesis import given
from hypothesis import strategies as st

from kb_ingest.cutting import cut
from kb_ingest.documents import markdown, plain
from kb_ingest.documents.limits import Limits
from kb_ingest.documents.model import Block, Document
from kb_ingest.pieces import LONGEST_LIST, PIECE, pieces
from kb_ingest.rendering import markdown as rendered
from retrieval.knowledge.entry import Entry

SENTENCE = "导入之前先从下载模板里取一份空表。"
LONG = SENTENCE * (PIECE // len(SENTENCE) + 10)


def cut_markdown(text: str, name: str = "手册.md") -> tuple[Entry, ...]:
    return cut(markdown.read(text.encode(), name, Limits()), name)


def titles(entries: tuple[Entry, ...]) -> list[str]:
    return [entry.title for entry in entries]


def test_levels_one_and_two_begin_an_entry_and_deeper_ones_stay_within() -> None:
    entries = cut_markdown(
        "# 手册\n\n前言。\n\n## 导入\n\n先看。\n\n### 步骤\n\n1. 打开\n2. 保存\n\n## 导出\n\n导出。\n"
    )

    assert titles(entries) == ["手册", "手册 › 导入", "手册 › 导出"]
    assert entries[1].answer == "先看。\n\n### 步骤\n\n1. 打开\n2. 保存"


def test_a_long_section_is_cut_at_its_inner_headings() -> None:
    entries = cut_markdown(f"# 手册\n\n## 导入\n\n先看。\n\n### 甲\n\n{LONG}\n\n### 乙\n\n短。\n")

    assert titles(entries) == ["手册 › 导入", "手册 › 导入 › 甲（1/2）", "手册 › 导入 › 甲（2/2）", "手册 › 导入 › 乙"]


def test_a_document_without_headings_is_one_entry_by_its_name() -> None:
    (entry,) = cut(plain.read("点保存。\n再点提交。".encode(), "提交说明.txt", Limits()), "提交说明.txt")

    assert (entry.title, entry.question, entry.type) == ("提交说明", "提交说明", "howto")


def test_a_question_is_an_entry_of_its_own_however_short() -> None:
    text = "# 问答\n\n## 登录\n\n### 忘记密码怎么办？\n\n点忘记密码。\n\n### 收不到验证码怎么办？\n\n换手机号。\n"

    entries = cut_markdown(text)

    assert [(entry.type, entry.question) for entry in entries] == [
        ("faq", "忘记密码怎么办？"),
        ("faq", "收不到验证码怎么办？"),
    ]


def test_questions_and_answers_in_running_text_are_pairs() -> None:
    text = "客户问答\n\n问：忘记密码怎么办？\n答：点忘记密码。\n再收验证码。\n\nQ2：怎么导出？\nA2：点导出。\n"

    entries = cut(plain.read(text.encode(), "a.txt", Limits()), "a.txt")

    assert [(entry.question, entry.answer) for entry in entries] == [
        ("忘记密码怎么办？", "点忘记密码。\n\n再收验证码。"),
        ("怎么导出？", "点导出。"),
    ]


def test_numbered_questions_with_text_below_are_questions_and_numbered_steps_are_not() -> None:
    text = "问答\n\n1、怎么登录？\n点登录。\n\n2、怎么退出？\n点退出。\n\n步骤：\n1、打开\n2、保存\n"

    entries = cut(plain.read(text.encode(), "a.txt", Limits()), "a.txt")

    assert [entry.question for entry in entries] == ["怎么登录？", "怎么退出？"]
    assert entries[1].answer.endswith("1. 打开\n2. 保存")


def test_a_heading_that_says_too_little_takes_the_one_above() -> None:
    entries = cut_markdown("# 数据导入\n\n## 注意事项\n\n表头不能改。\n")

    assert entries[0].question == "数据导入 注意事项"


def test_a_heading_that_begins_with_a_code_is_an_error_code() -> None:
    entries = cut_markdown("# 错误码\n\n## ERR-1042 文件被占用\n\n关闭 Excel。\n\n## 6.2 版的变化\n\n无。\n")

    assert (entries[0].id, entries[0].type, entries[0].code) == ("err-err-1042", "error_code", "ERR-1042")
    assert entries[1].code is None


def test_the_name_of_the_file_tells_release_notes() -> None:
    assert cut_markdown("# 6.2 版\n\n新增会签。\n", "版本说明_6.2.md")[0].type == "release"


def test_ids_are_the_same_on_every_run_and_do_not_depend_on_other_sections() -> None:
    before = cut_markdown("# 手册\n\n## 导入\n\n甲。\n\n## 导出\n\n乙。\n")
    after = cut_markdown("# 手册\n\n## 新增\n\n新。\n\n## 导入\n\n甲。\n\n## 导出\n\n乙改了。\n")

    assert {entry.id for entry in before} < {entry.id for entry in after}


def test_two_sections_of_one_name_are_two_entries() -> None:
    entries = cut_markdown("# 手册\n\n## 说明\n\n甲。\n\n## 说明\n\n乙。\n")

    assert len({entry.id for entry in entries}) == 2


def test_code_is_never_cut() -> None:
    code = "line\n" * 2_000

    cut_pieces = pieces([Block("paragraph", SENTENCE, 1), Block("code", code, 2), Block("paragraph", LONG, 3)])

    assert [block.text for piece in cut_pieces for block in piece if block.kind == "code"] == [code]


def test_a_large_table_is_repeated_with_its_header_row() -> None:
    table = Block("table", "", 1).with_rows(
        ((1, ("码", "说明")), *((number, (f"A{number}", SENTENCE)) for number in range(2, 200)))
    )

    cut_pieces = pieces([table])

    assert len(cut_pieces) > 1
    assert all(piece[0].rows[0] == ("码", "说明") for piece in cut_pieces)
    assert [row for piece in cut_pieces for row in piece[0].rows[1:]] == list(table.rows[1:])
    assert all(len(rendered(piece)) <= PIECE for piece in cut_pieces)


def test_steps_stay_together_beyond_the_length_of_a_piece() -> None:
    steps = [
        Block("item", SENTENCE * 5, number, marker=f"{number}.")
        for number in range(1, LONGEST_LIST // (len(SENTENCE) * 5 + 10))
    ]

    assert pieces([Block("paragraph", LONG[:1000], 1), *steps])[1] == steps


def test_an_introduction_stays_with_what_it_introduces() -> None:
    blocks = [Block("paragraph", LONG[: PIECE - 50], 1), Block("paragraph", "运行：", 2), Block("code", "ls " * 30, 3)]

    assert [[block.kind for block in piece] for piece in pieces(blocks)] == [["paragraph"], ["paragraph", "code"]]


def test_code_between_two_steps_belongs_to_the_list() -> None:
    (entry,) = cut_markdown("# 步骤\n\n1. 打开\n\n   ```\n   ls\n   ```\n\n2. 保存\n")

    assert entry.answer == "1. 打开\n\n```\nls\n```\n\n2. 保存"


def test_cells_with_bars_and_breaks_stay_cells() -> None:
    table = Block("table", "", 1).with_rows(((1, ("a|b", "c")), (2, ("d\ne", "f"))))

    assert rendered([table]) == "| a\\|b | c |\n| --- | --- |\n| d；e | f |"


def test_a_fence_is_longer_than_any_within() -> None:
    assert rendered([Block("code", "```\nx\n```", 1)]) == "````\n```\nx\n```\n````"


TEXTS = st.text(alphabet="导入保存，。！？ab 1\n", min_size=1, max_size=400).filter(
    lambda text: any(map(str.isalnum, text))
)
BLOCKS = st.lists(
    st.builds(
        Block,
        st.sampled_from(["paragraph", "item", "code", "heading"]),
        TEXTS,
        st.just(1),
        level=st.just(3),
        marker=st.just("-"),
    ),
    max_size=12,
)


@given(BLOCKS)
def test_cutting_loses_nothing_and_changes_no_order(blocks: list[Block]) -> None:
    def letters(parts: list[Block]) -> str:
        return "".join(filter(str.isalnum, "".join(block.text for block in parts)))

    assert letters([block for piece in pieces(blocks, 100) for block in piece]) == letters(blocks)


@given(BLOCKS)
def test_every_id_is_there_once(blocks: list[Block]) -> None:
    ids = [entry.id for entry in cut(Document("a.txt", tuple(blocks)), "a.txt")]

    assert len(ids) == len(set(ids))
