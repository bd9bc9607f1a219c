from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.tools.errors import BadInput
from bot.tools.findings import count_patterns
from bot.tools.lint import Checked, check, module_names
from bot.tools.training_data import Row, read_data, read_lines
from zhtext.patterns import groups, identity, length, pattern

INTENTS = """version: "3.1"
nlu:
- intent: ticket_urge
  examples: |
    - 麻烦催一下工单 GD-20261122-0042-7
    - 麻烦催一下工单 GD-20260101-0001-3
    - 你们到底什么时候给我处理
    不是例句
- intent: ticket_status
  examples: |
    - 我的工单处理到哪一步了
    - 你们到底什么时候给我处理？
    - 打开[报表](module)看看
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("intents", "out_of_scope", "situations", "questions"):
        (tmp_path / name).mkdir()
    (tmp_path / "intents" / "a.yml").write_text(INTENTS, encoding="utf-8")
    (tmp_path / "out_of_scope" / "far.txt").write_text("今天天气怎么样啊\n我的工单处理到哪一步了\n", encoding="utf-8")
    (tmp_path / "situations" / "s.jsonl").write_text('{"text": "全公司都登录不上系统了"}\n', encoding="utf-8")
    return tmp_path


def checked(folder: Path, *questions: str) -> Checked:
    rows = "".join(f"{json.dumps({'text': text})}\n" for text in questions)
    (folder / "questions" / "q.jsonl").write_text(rows, encoding="utf-8")
    return check(read_data(folder), tuple(read_lines([folder / "questions" / "q.jsonl"])))


def items(found: Checked, kind: str) -> tuple[str, ...]:
    return next((finding.items for finding in found.findings if finding.kind == kind), ())


def test_examples_know_their_lines(folder: Path) -> None:
    data = read_data(folder)

    assert data.examples[0] == Row("麻烦催一下工单 GD-20261122-0042-7", "ticket_urge", "a.yml:5")
    assert data.examples[-1].place == "a.yml:13"
    assert [row.place for row in data.ignored] == ["a.yml:8"]


def test_one_sentence_in_two_intents_is_an_error(folder: Path) -> None:
    found = checked(folder)

    assert items(found, "duplicate_across_intents") == (
        "a.yml:7 你们到底什么时候给我处理（ticket_urge） = a.yml:12 你们到底什么时候给我处理？（ticket_status）",
    )
    assert not found.ok


def test_another_number_makes_no_other_sentence(folder: Path) -> None:
    (item,) = items(checked(folder), "duplicate_within_intent")

    assert "a.yml:5" in item
    assert "a.yml:6" in item


def test_a_sentence_cannot_be_foreign_and_claimed(folder: Path) -> None:
    assert items(checked(folder), "foreign_and_claimed") == (
        "far.txt:2 我的工单处理到哪一步了 = a.yml:11 我的工单处理到哪一步了",
    )


def test_questions_in_the_data_are_leaks_wherever_they_stand(folder: Path) -> None:
    found = checked(
        folder, "你們到底什麼時候給我處理", "全公司都登录不上系统", "今天天气怎么样", "和训练数据毫无关系的一句"
    )

    assert len(items(found, "leak_intents")) == 2
    assert items(found, "leak_situations") == ("s.jsonl:1 全公司都登录不上系统了 ~ q.jsonl:2 全公司都登录不上系统",)
    assert items(found, "leak_out_of_scope") == ("far.txt:1 今天天气怎么样啊 ~ q.jsonl:3 今天天气怎么样",)


def test_words_that_everybody_says_are_only_a_warning(folder: Path) -> None:
    (folder / "situations" / "s.jsonl").write_text('{"text": "转人工"}\n', encoding="utf-8")

    found = checked(folder, "轉人工")

    assert items(found, "leak_situations") == ()
    assert items(found, "short_coincidence") == ("s.jsonl:1 转人工 ~ q.jsonl:1 轉人工",)


def test_what_rasa_would_not_take_as_text_is_a_warning(folder: Path) -> None:
    marked, ignored = items(checked(folder), "markup")

    assert "a.yml:13" in marked
    assert "a.yml:8" in ignored


def test_intents_with_few_patterns_say_how_many_are_missing(folder: Path) -> None:
    assert items(checked(folder), "too_few_patterns") == (
        "ticket_urge：2 种，还差 33 种",
        "ticket_status：3 种，还差 32 种",
    )


def test_swapped_slots_and_slight_changes_are_one_pattern() -> None:
    texts = [
        "权限管理怎么打开？",
        "报表中心怎么打开",
        "6.2版导出报错E1001",
        "3.1 版导出报错 ERR-1042",
        "系统崩溃了怎么办",
    ]
    rows = [Row(text, "a", "") for text in texts]

    assert count_patterns(rows, ("权限管理", "报表中心")) == {"a": 3}
    assert count_patterns(rows) == {"a": 4}


def test_likeness_goes_from_one_to_the_next() -> None:
    first, middle, last, other = groups(
        ["abcdefghijklmnopqrst", "abcdefghijklmnopqrsx", "xbcdefghijklmnopqrsx", "完全不同"]
    )

    assert first == middle
    assert middle == last
    assert other != first


def test_two_numbers_alone_are_two_sentences() -> None:
    assert identity("886") != identity("666")
    assert identity("麻烦催一下工单 886") == identity("麻烦催一下工单 666")
    assert pattern("") == ""


@pytest.mark.parametrize(("text", "count"), [("轉人工！", 3), ("ERR-1042", 1), ("打开 Excel 报错", 5), ("😀", 0)])
def test_a_latin_word_is_as_long_as_a_character(text: str, count: int) -> None:
    assert length(text) == count


def test_intents_that_share_their_words_are_named(folder: Path) -> None:
    mixed = "\n".join(f"    - 第{chr(0x4E00 + i)}个报表的{chr(0x5E00 + i)}打不开了" for i in range(40))
    clear = "\n".join(f"    - 谢谢{chr(0x6E00 + i)}老师{chr(0x7E00 + i)}帮了大忙" for i in range(20))
    first, second = "\n".join(mixed.split("\n")[::2]), "\n".join(mixed.split("\n")[1::2])
    text = "nlu:\n" + "".join(
        f"- intent: {name}\n  examples: |\n{lines}\n" for name, lines in (("a", first), ("b", second), ("c", clear))
    )
    (folder / "intents" / "a.yml").write_text(text, encoding="utf-8")

    (item,) = items(checked(folder), "confused")

    assert item.startswith("a ~ b ")


def test_module_names_come_from_the_products_table(tmp_path: Path) -> None:
    table = tmp_path / "modules.tsv"
    table.write_text("# 模块\n权限管理\t权限 角色\n~登录\t账号\n-\t登录日志\n", encoding="utf-8")

    assert module_names(table) == ("权限管理", "登录")
    assert module_names(tmp_path / "absent.tsv") == ()


def test_a_folder_without_examples_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="没有 intents"):
        read_data(tmp_path)
