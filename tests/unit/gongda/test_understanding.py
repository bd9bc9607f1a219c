import json
import sys
from pathlib import Path

import pytest
from rich.console import Console

from gongda import engine_tools
from gongda.commands import understanding
from gongda.commands.evaluating import measuring_intents
from gongda.commands.evaluating.reports import BadPath
from gongda.errors import GongdaError, StepFailed
from gongda.settings import Settings

RESULT = {
    "normalized": "导入报错 ERR-1042",
    "script": "hant",
    "region": "tw",
    "intent": {"name": "error_code_query", "confidence": 1.0},
    "out_of_scope": {"score": 0.1, "decision": False},
    "wants_human": False,
    "priority": "P2",
    "category": "import_export",
    "emotion": {"negative": True, "complaint": False},
    "slots": {"error_code": "ERR-1042"},
    "codes": ["ERR-1042"],
}


class Repository(Settings):
    """A repository elsewhere, whose engine is a script."""

    at: Path

    @property
    def root(self) -> Path:
        return self.at


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(data=tmp_path / "var", at=tmp_path)


def engine(repository: Repository, script: str) -> None:
    """Its Python runs `script` whatever it is asked to."""
    python = repository.at / ".venv-engine" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!{sys.executable}\nimport sys\n{script}\n", encoding="utf-8")
    python.chmod(0o755)


def test_a_tool_answers_in_json_lines_and_keeps_its_log(repository: Repository) -> None:
    engine(repository, 'print(\'{"got": %s}\' % sys.stdin.readline().strip()); print("noise", file=sys.stderr)')

    assert engine_tools.run(repository, "understand", [], '"\\u5bfc"\n') == [{"got": "导"}]
    assert (repository.logs / "tool-understand.log").read_text(encoding="utf-8") == "noise\n"


def test_wrong_input_is_the_tools_own_sentence(repository: Repository) -> None:
    engine(repository, 'print(\'{"error": "train.jsonl 第 3 行：不是 JSON"}\'); sys.exit(2)')

    with pytest.raises(engine_tools.ToolRefused, match=r"^train\.jsonl 第 3 行：不是 JSON$") as refused:
        engine_tools.run(repository, "intents", [])

    assert refused.value.exit_code == 2


@pytest.mark.parametrize("script", ["sys.exit(3)", 'print(\'{"error": "训练失败"}\'); sys.exit(1)'])
def test_a_tool_that_fails_names_its_log(repository: Repository, script: str) -> None:
    engine(repository, script)

    with pytest.raises(StepFailed, match=r"tool-intents\.log"):
        engine_tools.run(repository, "intents", [])


def test_a_check_that_found_mistakes_still_reports(repository: Repository) -> None:
    engine(repository, "print('{\"ok\": false}'); sys.exit(1)")

    assert engine_tools.run(repository, "lint", [], accept=(0, 1)) == [{"ok": False}]


def test_a_check_that_broke_down_has_failed(repository: Repository) -> None:
    engine(repository, "sys.exit(1)")

    with pytest.raises(StepFailed, match=r"tool-lint\.log"):
        engine_tools.run(repository, "lint", [], accept=(0, 1))


def test_a_line_that_is_wrong_is_told_before_anything_is_trained(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"text": "好"}\n{"txt": "坏"}\n', encoding="utf-8")

    with pytest.raises(GongdaError, match=r"in\.jsonl 第 2 行：缺少字符串 text") as refused:
        understanding.understand(None, False, source, tmp_path / "out.jsonl")

    assert refused.value.exit_code == 2
    assert not (tmp_path / "out.jsonl").exists()


def test_an_empty_file_gives_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text("\n", encoding="utf-8")

    understanding.understand(None, False, tmp_path / "in.jsonl", tmp_path / "out.jsonl")

    assert (tmp_path / "out.jsonl").read_bytes() == b""


@pytest.mark.parametrize(
    ("text", "source", "target"),
    [
        (None, None, None),
        ("好", Path("a"), None),
        ("好", None, Path("b")),
        (None, Path("a"), None),
        (None, None, Path("b")),
    ],
)
def test_a_text_or_two_files_and_nothing_else(text: str | None, source: Path | None, target: Path | None) -> None:
    with pytest.raises(understanding.WrongUse, match="--in 和 --out"):
        understanding.understand(text, False, source, target)


def test_the_table_says_it_in_words() -> None:
    console = Console(record=True, width=100)

    understanding.show(RESULT, console)

    shown = console.export_text()
    for word in ("繁体（台湾）", "error_code_query（1.000）", "否（0.100）", "P2", "负面", "error_code=ERR-1042"):
        assert word in shown


def test_a_report_that_cannot_be_written_is_told_first(tmp_path: Path) -> None:
    with pytest.raises(BadPath, match="请先建好"):
        measuring_intents.intents(tmp_path / "a", tmp_path / "b", None, None, tmp_path / "absent" / "out.json")


def test_the_report_is_shown_as_tables() -> None:
    console = Console(record=True, width=140)
    figures = json.loads(
        """{"accuracy": 0.91, "macro_f1": 0.9, "oos_auroc": 0.99, "oos_rejection_at_5": 0.8, "in_scope_rejected": 0.02,
        "threshold": {"score": 0.5, "chosen_on": "cross_validation"}, "oos_rejection_at_5_threshold_on_test": 0.9,
        "cpu_ms_per_message": 1.2, "train_seconds": 20.1, "train": 10, "test": 5, "oos": 3, "labels": 2,
        "memory": {"rss_mb": 600.0, "peak_rss_mb": 610.0, "train_peak_rss_mb": 700.0},
        "per_label": {"a/b": {"precision": 1.0, "recall": 0.5, "f1": 0.667, "support": 2}},
        "confusions": [{"label": "a/b", "predicted": "c", "count": 1, "examples": ["导出[报表]"]}]}"""
    )

    measuring_intents.show_intents(figures, console)

    shown = console.export_text()
    for word in ("0.910", "0.990", "0.800", "（交叉验证）", "a/b", "导出[报表]", "20.1 秒"):
        assert word in shown
