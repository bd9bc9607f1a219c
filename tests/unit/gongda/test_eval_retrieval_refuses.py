from __future__ import annotations

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gongda.cli import app
from gongda.errors import GongdaError
from zhtext import tables

RUN = CliRunner()
ENTRIES = '{"id": 1, "question": "怎么开票"}\n{"id": 2, "question": "怎么退货"}\n'
QUERIES = '{"text": "票咋开", "id": 1}\n'


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("GONGDA_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GONGDA_DATA", str(tmp_path / "var"))
    monkeypatch.setenv(tables.PRODUCT, str(tmp_path / "product"))


def refusal(folder: Path, *more: str, entries: str = ENTRIES, queries: str = QUERIES) -> str:
    """What the command says; it ends with 2, in one line, before anything is written."""
    (folder / "entries.jsonl").write_text(entries, encoding="utf-8")
    (folder / "queries.jsonl").write_text(queries, encoding="utf-8")
    files = ["--entries", str(folder / "entries.jsonl"), "--queries", str(folder / "queries.jsonl")]
    done = RUN.invoke(app, ["eval", "retrieval", *files, "--encoder", "hash", *more])
    assert isinstance(done.exception, GongdaError)
    assert done.exception.exit_code == 2
    assert "\n" not in str(done.exception)
    assert not (folder / "var").exists()
    return str(done.exception)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ("", "entries.jsonl 是空的"),
        ('{"id": 1, "question": "怎么开票"}\n{"id": "1", "question": "怎么退货"}\n', "第 2 行：编号 1 与第 1 行重复"),
        ('{"id": 1}\n', "第 1 行：缺少 question"),
        ("id,question\n", "第 1 行：不是 JSON"),
        ('{"id": 1, "question": "打 13812345678"}\n', "没有一条能收入知识库的条目"),
    ],
)
def test_bad_entries_are_refused(tmp_path: Path, entries: str, message: str) -> None:
    assert message in refusal(tmp_path, entries=entries)


@pytest.mark.parametrize(
    ("queries", "message"),
    [
        ("", "queries.jsonl 是空的"),
        ('{"text": "票咋开", "id": 3}\n', "第 1 行：没有编号为 3 的条目"),
        ('{"text": "天气", "id": null}\n', "没有一个写着条目编号"),
    ],
)
def test_bad_questions_are_refused(tmp_path: Path, queries: str, message: str) -> None:
    assert message in refusal(tmp_path, queries=queries)


def test_files_that_are_not_there_are_named(tmp_path: Path) -> None:
    assert "没有这个文件" in refusal(tmp_path, "--oos", str(tmp_path / "无.jsonl"))
    assert "没有这个文件" in refusal(tmp_path, "--queries", str(tmp_path / "无.jsonl"))


def test_a_report_that_cannot_be_written_is_refused_before_anything_is_measured(tmp_path: Path) -> None:
    assert "没有文件夹" in refusal(tmp_path, "--json", str(tmp_path / "无" / "out.json"))
    assert "是文件夹" in refusal(tmp_path, "--json", str(tmp_path))


def test_a_folder_without_entries_is_refused(tmp_path: Path) -> None:
    (tmp_path / "kb").mkdir()

    assert "没有任何条目" in refusal(tmp_path, "--entries", str(tmp_path / "kb"))


def test_a_bad_setting_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGDA_PORT", "八千")

    assert "GONGDA_PORT" in refusal(tmp_path)
