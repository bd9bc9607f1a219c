"""gongda accounts: the customers' list from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from desk import accounts
from desk.database import Database
from gongda.cli import app
from gongda.commands.sentences import Mistakes
from gongda.errors import WrongUse

RUN = CliRunner()
LIST = "公司,授权号,维护到期\n甲公司,GD100001,2026-12-31\n乙公司,GD100002,没有\n"


@pytest.fixture
def sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The customers' list, beside an installation of its own; its second row is wrong."""
    monkeypatch.setenv("GONGDA_DATA", str(tmp_path / "var"))
    path = tmp_path / "客户.csv"
    path.write_text(LIST, encoding="gb18030")
    return path


def gongda(*words: object) -> Result:
    return RUN.invoke(app, ["accounts", *map(str, words)])


def names(folder: Path) -> list[str]:
    db = Database(f"sqlite:///{folder / 'var' / 'desk.db'}").open()
    try:
        with db.read() as session:
            return [one.name for one in accounts.listing(session)]
    finally:
        db.close()


def test_a_list_with_a_mistake_is_refused_with_its_line_and_nothing_is_written(sheet: Path, tmp_path: Path) -> None:
    done = gongda("import", sheet)
    assert isinstance(done.exception, Mistakes)
    assert "客户.csv 有 1 处要改，什么都没有写入" in str(done.exception)
    assert "第 3 行：“维护到期”里的“没有”不是日期" in done.output
    assert names(tmp_path) == []


def test_the_bad_rows_are_skipped_and_the_report_is_kept(sheet: Path, tmp_path: Path) -> None:
    report = tmp_path / "报告.json"
    done = gongda("import", sheet, "--skip-bad", "--json", report)
    assert done.exit_code == 0
    assert "已导入 客户.csv，跳过 1 行" in done.output
    told = json.loads(report.read_text(encoding="utf-8"))
    assert (told["state"], told["new_accounts"]) == ("written", ["甲公司"])
    assert [one["line"] for one in told["refused"]] == [3]
    assert told["counts"]["licences"] == {"created": 1, "changed": 0, "unchanged": 0}
    assert names(tmp_path) == ["甲公司"]
    assert "新增 0，改动 0，不变 1" in gongda("import", sheet, "--skip-bad").output


def test_a_rehearsal_writes_nothing(sheet: Path, tmp_path: Path) -> None:
    done = gongda("import", sheet, "--dry-run")
    assert (done.exit_code, "这是预演" in done.output, names(tmp_path)) == (0, True, [])


def test_a_file_that_is_not_there_or_none_of_ours_is_one_sentence(sheet: Path, tmp_path: Path) -> None:
    assert isinstance(gongda("import", tmp_path / "没有.xlsx").exception, WrongUse)
    sheet.write_text("姓名\n王工\n", encoding="utf-8")
    assert "没有找到表头" in str(gongda("import", sheet).exception)


def test_the_template_is_written_once_and_can_be_imported(sheet: Path, tmp_path: Path) -> None:
    path = tmp_path / "模板.xlsx"
    assert gongda("template", path).exit_code == 0
    assert isinstance(gongda("template", path).exception, WrongUse)
    assert isinstance(gongda("template", tmp_path / "模板.csv").exception, WrongUse)
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["A2"] = "丙公司"
    book.save(path)
    assert gongda("import", path).exit_code == 0
    assert names(tmp_path) == ["丙公司"]
