from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.fitting import Examples, fit
from bot.tools.intents import ROOT
from bot.tools.intents_report import Asked, Threshold, report
from bot.tools.labelled import Example

TRAIN = [Example("导出报表", "a/b"), Example("登录失败", "c")]


def asked(*rows: tuple[str, str, float]) -> list[Asked]:
    return [Asked(f"第{i}句", label, said, score, 2.0) for i, (label, said, score) in enumerate(rows)]


def test_accuracy_counts_the_best_label_whatever_is_rejected() -> None:
    figures = report(asked(("a/b", "a/b", 0.9), ("c", "a/b", 0.1)), [0.8], Threshold(0.5, "held_out"), TRAIN)

    assert figures["accuracy"] == 0.5
    assert figures["in_scope_rejected"] == 0.5
    assert figures["confusions"] == [{"label": "c", "predicted": "a/b", "count": 1, "examples": ["第1句"]}]
    assert figures["per_label"]["c"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 1}


def test_the_rejection_uses_the_threshold_of_the_training_data() -> None:
    test = asked(*[("c", "c", 0.6)] * 10)

    figures = report(test, [0.4, 0.55, 0.7, 0.9], Threshold(0.5, "cross_validation"), TRAIN)

    assert figures["oos_rejection_at_5"] == 0.75
    assert figures["oos_rejection_at_5_threshold_on_test"] == 0.5
    assert figures["oos_auroc"] == 0.5
    assert figures["threshold"] == {"score": 0.5, "chosen_on": "cross_validation"}


def test_without_foreign_texts_nothing_is_said_about_them() -> None:
    figures = report(asked(("c", "c", 0.1)), [], None, TRAIN)

    assert figures["oos_auroc"] is None
    assert figures["oos_rejection_at_5"] is None
    assert "threshold" not in figures


def test_labels_and_texts_of_test_and_training_are_compared() -> None:
    test = [Asked("导出报表", "z", "c", 0.1, 1.0)]

    figures = report(test, [], None, TRAIN)

    assert figures["test_labels_not_in_train"] == ["z"]
    assert figures["test_texts_in_train"] == 1


LIGHT = """recipe: default.v1
assistant_id: light
language: zh
pipeline:
  - name: bot.components.normalizer.Normalizer
  - name: bot.components.tokenizer.ChineseTokenizer
  - name: bot.components.intent_classifier.LinearIntentClassifier
    out_of_scope: null
"""
ROWS = [
    ("帮我[导出](format:x)报表\n第二行", "导出/报表"),
    ("怎么導出報表", "导出/报表"),
    ("导出{x}在哪里", "导出/报表"),
    ("/restart 导出", "导出/报表"),
    ("登录不了", "登录 问题"),
    ("登录不了", "登录 问题"),
    ("登不上系统", "登录 问题"),
    ("你好呀", "out_of_scope"),
]


def rows_file(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def evaluated(tmp_path: Path, *more: str, train: Path | None = None) -> tuple[int, dict[str, Any]]:
    data = rows_file(tmp_path / "data.jsonl", [{"text": text, "label": label} for text, label in ROWS])
    (tmp_path / "light.yml").write_text(LIGHT, encoding="utf-8")
    command = [sys.executable, "-m", "bot.tools.intents", "--train", str(train or data), "--test", str(data)]
    done = subprocess.run(
        [*command, "--config", str(tmp_path / "light.yml"), *more], cwd=ROOT, capture_output=True, check=False
    )
    return done.returncode, json.loads(done.stdout)


def test_odd_labels_and_texts_go_through_a_real_pipeline(tmp_path: Path) -> None:
    oos = rows_file(tmp_path / "oos.jsonl", [{"text": "qwertyuiop"}, {"text": ""}])

    status, figures = evaluated(tmp_path, "--oos", str(oos), "--json", str(tmp_path / "report.json"))

    assert status == 0
    assert figures["accuracy"] == 1.0
    assert set(figures["per_label"]) == {label for _, label in ROWS}
    assert figures["threshold"]["chosen_on"] == "cross_validation"
    assert 0.0 <= figures["oos_auroc"] <= 1.0
    assert figures["cpu_ms_per_message"] > 0
    assert figures["train_seconds"] > 0
    assert figures["memory"]["rss_mb"] > 0
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8")) == figures


@pytest.mark.parametrize("config", ["absent.yml", "no_pipeline.yml", "broken.yml"])
def test_a_configuration_that_is_none_is_refused(tmp_path: Path, config: str) -> None:
    (tmp_path / "no_pipeline.yml").write_text("language: zh\n", encoding="utf-8")
    (tmp_path / "broken.yml").write_text("pipeline: [", encoding="utf-8")

    status, answer = evaluated(tmp_path, "--config", str(tmp_path / config))

    assert status == 2
    assert config in answer["error"]


def test_a_component_that_does_not_exist_is_named(tmp_path: Path) -> None:
    (tmp_path / "odd.yml").write_text("language: zh\npipeline:\n  - name: NoSuchThing\n", encoding="utf-8")

    status, answer = evaluated(tmp_path, "--config", str(tmp_path / "odd.yml"))

    assert status == 1
    assert "NoSuchThing" in answer["error"]


def test_a_single_example_stands_against_many() -> None:
    model = fit(Examples(("导出报表", "怎么导出", "导出在哪", "导出表格", "登录失败"), ("x", "x", "x", "x", "y")))

    assert model.classify("登录失败").ranking[0][0] == "y"
    assert model.classify("报表导出").ranking[0][0] == "x"


def test_labels_with_one_example_each_are_enough() -> None:
    model = fit(Examples(("导出报表", "登录失败"), ("x", "y")))

    assert model.classify("登录失败").ranking[0][0] == "y"
