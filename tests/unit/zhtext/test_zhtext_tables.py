from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhtext import tables
from zhtext.normalize import normalize
from zhtext.script import to_region
from zhtext.segment import words
from zhtext.slots import slot_values

TABLES = {
    "names.tsv": "路安养护云\t路安养护云 路安\n",
    "versions.tsv": "2023\t2023 23版\n2024\t2024 24版\n6.2\t六二版\n",
    "modules.tsv": "巡查管理\t巡查管理 路面巡查 操作日志\n养护工单\t养护工单 派单\n",
    "any.tsv": "巡查任务单\t巡查任务单\n任务单\t巡查任务单\n派工单\t养护工单\nPCI\t路面状况指数\n",
    "tw.tsv": "巡检\t巡查\n",
    "to_tw.tsv": "巡查\t巡檢\n",
    "terms.txt": "撒布车 2000 n\n",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("product")
    (made / "dictionary").mkdir()
    for name, text in TABLES.items():
        (made / "dictionary" / name).write_text(f"# made\n{text}", encoding="utf-8")
    return made


@pytest.fixture
def product(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(tables.PRODUCT, str(folder))
    return folder


def test_without_a_product_the_tables_are_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(tables.PRODUCT, raising=False)
    assert tables.lines("names.tsv") == ["匠衡\t匠衡"]
    monkeypatch.setenv(tables.PRODUCT, str(tmp_path / "absent"))
    assert tables.lines("names.tsv") == ["匠衡\t匠衡"]


@pytest.mark.usefixtures("product")
def test_tables_about_the_product_are_replaced_and_those_about_the_language_go_on() -> None:
    assert tables.lines("names.tsv") == ["路安养护云\t路安养护云 路安"]
    assert tables.lines("modules.tsv")[-2:] == TABLES["modules.tsv"].splitlines()
    assert not [line for line in tables.lines("modules.tsv") if line.startswith("进度计划")]
    assert tables.lines("any.tsv") == tables.shipped("any.tsv") + TABLES["any.tsv"].splitlines()


@pytest.mark.usefixtures("product")
def test_words_that_belong_to_no_module_still_belong_to_none_unless_the_vendor_says_so() -> None:
    assert slot_values("任务管理器里看到的", ("module",)) == {}
    assert slot_values("在操作日志里看到的", ("module",)) == {"module": "巡查管理"}


@pytest.mark.usefixtures("product")
@pytest.mark.parametrize(
    ("text", "module"),
    [
        ("路面巡查進不去", "巡查管理"),
        ("派工單派錯了", "养护工单"),
        ("甘特图打不开", None),
        ("路面巡檢沒有反應", "巡查管理"),
    ],
)
def test_the_vendors_modules_are_recognised_and_ours_are_not(text: str, module: str | None) -> None:
    assert slot_values(text, ("module",)).get("module") == module


@pytest.mark.usefixtures("product")
@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("我们用的是路安2024", "2024"),
        ("路安 2024 导不出", "2024"),
        ("平台2024版打不开", "2024"),
        ("现在23版的打不开", "2023"),
        ("版本号 2023", "2023"),
        ("V2024 报错", "2024"),
        ("六二版打不开", "6.2"),
        ("用的6.2", "6.2"),
        ("从2023升级到2024以后打不开", "2024"),
        ("想从2023升到2024", "2023"),
        ("2024年的记录丢了", None),
        ("今天是2024年", None),
        ("用的2024版定额", None),
        ("2024清单规范怎么套", None),
        ("Revit 2024 打开慢", None),
        ("合同编号 20241105", None),
        ("2024-05-01 的巡查", None),
        ("里程 2024 米", None),
        ("匠衡2024", None),
    ],
)
def test_a_version_that_is_a_year_is_known_by_what_stands_around_it(text: str, version: str | None) -> None:
    assert slot_values(text, ("version",)).get("version") == version


@pytest.mark.usefixtures("product")
def test_synonyms_are_read_as_the_term_and_latin_ones_only_by_themselves() -> None:
    assert normalize("任务单和派工单") == "巡查任务单和养护工单"
    assert normalize("巡查任务单") == "巡查任务单"
    assert normalize("PCI 是多少") == "路面状况指数 是多少"
    assert normalize("PCIE 接口") == "PCIE 接口"


@pytest.mark.usefixtures("product")
def test_regional_words_are_understood_and_spoken() -> None:
    assert normalize("巡檢記錄怎麼補") == "巡查记录怎么补"
    assert to_region("巡查怎么补", "hant", "tw") == "巡檢怎麼補"


@pytest.mark.usefixtures("product")
def test_the_vendors_terms_are_words() -> None:
    assert "撒布车" in words("撒布车停在哪里")


@given(
    text=st.lists(st.sampled_from([*"巡查任务单派工养护路面PCI检 ", "任务单", "派工单", "巡檢"]), max_size=12).map(
        "".join
    )
)
def test_normalising_twice_is_normalising_once_with_a_vendors_tables(folder: Path, text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(tables.PRODUCT, str(folder))
        once = normalize(text)
        assert normalize(once) == once
