from __future__ import annotations

from collections.abc import Mapping

import pytest

from gongda.product.dictionary import texts
from gongda.product.examples import text as examples
from gongda.product.model import Module, Product, Release, Term
from tests.unit.gongda.desks import entry
from zhtext import tables

LUAN = Product(
    name="路安养护云",
    short_names=("路安",),
    modules=(Module("巡查管理", ("路面巡查", "查…路", "任务单")), Module("施工日志", ("养护日志", "操作日志"))),
    releases=(Release("2024", ("24版",)), Release("6.2"), Release("6.3", ("六三版",))),
    terms=(Term("巡查任务单", ("任务单", "PCO")), Term("病害", (), ("鋪面損壞",), ("路面損毀",))),
)


def rows(name: str, product: Product = LUAN) -> list[list[str]]:
    return [line.split("\t") for line in texts(product)[name].splitlines()]


def table(name: str) -> Mapping[str, str]:
    return {key: value for key, value in rows(name)}


def test_versions_with_dots_need_no_row_but_for_what_else_they_are_called() -> None:
    assert table("versions.tsv") == {"2024": "2024 24版", "6.3": "六三版"}


def test_a_synonym_is_read_as_its_term_and_a_term_that_holds_one_is_read_as_it_is() -> None:
    assert table("any.tsv") == {
        "任务单": "巡查任务单",
        "PCO": "巡查任务单",
        "pco": "巡查任务单",
        "巡查任务单": "巡查任务单",
    }


def test_the_words_of_a_module_are_written_as_a_text_is_read() -> None:
    assert ["巡查管理", "巡查管理 路面巡查 查…路 巡查任务单"] in rows("modules.tsv")


def test_a_module_of_the_same_name_as_one_of_ours_takes_our_words_along_and_adds_its_own() -> None:
    ours = [line.split("\t") for line in tables.shipped("modules.tsv") if line.split("\t")[0].strip("~!") == "施工日志"]

    assert [row for row in rows("modules.tsv") if row in ours] == ours
    assert ["施工日志", "养护日志 操作日志"] in rows("modules.tsv")


def test_regional_words_go_both_ways() -> None:
    assert table("tw.tsv") == {"铺面损坏": "病害", "路面损毁": "病害"}
    assert (table("to_tw.tsv"), table("to_hk.tsv")) == ({"病害": "鋪面損壞"}, {"病害": "路面損毀"})


def test_what_an_earlier_sheet_said_changes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    before = texts(LUAN)
    monkeypatch.setenv(tables.PRODUCT, str(tmp_path))

    assert texts(LUAN) == before


def test_a_product_of_nothing_but_a_name_has_every_table() -> None:
    assert texts(Product(name="Road Care")).keys() == texts(LUAN).keys()
    assert rows("names.tsv", Product(name="Road Care")) == [["Road Care", ""]]


def test_the_engine_learns_the_vendors_questions_and_how_people_speak_of_the_modules() -> None:
    learnt = examples(LUAN, [entry("faq-a", "[导出]怎么点\n在哪", similar=["导出在哪里"])])
    lines = [line.removeprefix("      - ") for line in learnt.splitlines() if line.startswith("      - ")]

    assert lines[:2] == ["【导出】怎么点 在哪", "导出在哪里"]
    assert len(lines) == len(set(lines))
    for word in ("巡查管理", "路面巡查", "养护日志"):
        assert sum(word in line for line in lines) == 5
    assert not [line for line in lines if "…" in line or "$" in line]
