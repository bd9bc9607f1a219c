from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

import zhtext
from zhtext.normalize import normalize
from zhtext.slots import slot_values

_DICTIONARY = Path(zhtext.__file__).parent / "dictionary"
MODULES = [
    "登录",
    "权限管理",
    "审批流程",
    "数据导入",
    "数据导出",
    "报表中心",
    "进度计划",
    "资源管理",
    "成本预算",
    "合同管理",
    "物资管理",
    "质量安全",
    "资料管理",
    "劳务考勤",
    "施工日志",
    "BIM模型",
    "任务管理",
    "备份恢复",
]


def _rows(file: str) -> list[tuple[str, list[str]]]:
    lines = (_DICTIONARY / file).read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return [(name, words.split()) for name, words in rows]


def test_every_module_of_the_product_has_words_and_no_other_name_occurs() -> None:
    assert {name.strip("~!-") for name, _ in _rows("modules.tsv")} - {""} == set(MODULES)


@pytest.mark.parametrize("file", ["modules.tsv", "roles.tsv", "files.tsv"])
def test_a_word_belongs_to_one_row_and_is_written_as_normalised_text_is(file: str) -> None:
    words = [word for _, line in _rows(file) for word in line]

    assert [word for word, times in Counter(words).items() if times > 1] == []
    assert [word for word in words if normalize(word.replace("…", "")) != word.replace("…", "")] == []


@pytest.mark.parametrize("module", MODULES)
def test_a_modules_own_name_names_it(module: str) -> None:
    assert slot_values(module, ("module",)) == {"module": module}


def test_no_expression_of_the_trouble_table_matches_nothing_or_stands_twice() -> None:
    lines = (_DICTIONARY / "trouble.tsv").read_text(encoding="utf-8").splitlines()
    rows = [tuple(line.split("\t")) for line in lines if not line.startswith("#")]

    assert [expression for _, expression in rows if re.search(expression, "")] == []
    assert [row for row, times in Counter(rows).items() if times > 1] == []
