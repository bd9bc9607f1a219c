"""The whole command on a base of a few entries, with the encoder that needs no model."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from evaluation.peers import NAMES
from gongda.cli import app
from zhtext import tables

RUN = CliRunner()
ENTRIES = [
    {"id": 1, "question": "怎么修改绑定的手机号", "similar": ["换手机号了怎么改"], "answer": "在【账号安全】里改。"},
    {"id": 2, "question": "怎么导出考勤报表", "similar": ["考勤表怎么下载"], "answer": "在【报表】里点【导出】。"},
    {"id": "c@x", "question": "打印小票乱码", "部门": "门店"},
    {"id": 4, "question": "怎么联系你们", "answer": "打 13812345678"},
]
QUERIES = [
    {"text": "绑定的手机号要修改怎么办", "id": 1, "script": "hans"},
    {"text": "考勤報表怎麼導出來", "id": "2", "script": "hant"},
    {"text": "小票打印出来乱码", "id": 1, "also": ["c@x"], "script": "hans"},
    {"text": "你们的电话", "id": 4, "script": "hans"},
]
OOS = [{"text": "今天天气怎么样"}, {"text": "推荐一部电影"}]
TOPICS = (
    "手机号", "密码", "考勤", "打卡", "门店", "积分", "发票", "小票", "满减", "库存", "退货", "停用", "营业额", "收款码", "交班",
)  # fmt: skip
DECISIONS = {"answered", "wrong_of_answered", "choices", "choices_hit", "declined"}
PROMISED = {"r1", "r3", "r5", "mrr10", "ece", "p50_ms", "p95_ms", "build_seconds", "rss_mb"} | DECISIONS
ABOUT_OOS = {"oos_auroc", "oos_rejection_at_95", "oos_answered", "oos_choices", "oos_declined"}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files, another for what is temporary, and no installation."""
    for name in [name for name in os.environ if name.startswith("GONGDA_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GONGDA_DATA", str(tmp_path / "var"))
    monkeypatch.setenv(tables.PRODUCT, str(tmp_path / "product"))
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    for name, objects in (("entries", ENTRIES), ("queries", QUERIES), ("oos", OOS)):
        lines(tmp_path / f"{name}.jsonl", objects)
    return tmp_path


def lines(path: Path, objects: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in objects), encoding="utf-8")


def measured(folder: Path, *more: str) -> tuple[Mapping[str, Any], str]:
    files = ["--entries", str(folder / "entries.jsonl"), "--queries", str(folder / "queries.jsonl")]
    done = RUN.invoke(
        app, ["eval", "retrieval", *files, "--encoder", "hash", "--json", str(folder / "out.json"), *more],
        catch_exceptions=False,
    )  # fmt: skip
    assert done.exit_code == 0
    return json.loads((folder / "out.json").read_text(encoding="utf-8")), done.stdout


def test_a_vendors_faq_is_measured_beside_every_peer(world: Path) -> None:
    found, shown = measured(world, "--oos", str(world / "oos.jsonl"), "--converted")

    assert (found["entries"], found["entries_published"], found["queries"], found["oos"]) == (4, 3, 4, 2)
    assert found["ours"].keys() >= PROMISED | ABOUT_OOS | {"r1_converted", "by_script"}
    assert tuple(found["peers"]) == NAMES
    assert found["ours"]["r1"] == 0.75  # nobody finds the entry that did not get in
    assert found["queries_without_their_entry"] == 1
    assert [(lost["id"], lost["line"]) for lost in found["left_out"]] == [("4", 4)]
    assert found["ours"]["rss_mb"] > 10
    assert "工答" in shown
    assert "找得对不对" in shown
    assert "1 条没有通过导入" in shown


def test_without_unanswerable_questions_their_figures_are_left_out(world: Path) -> None:
    found, shown = measured(world)

    assert not ABOUT_OOS & found["ours"].keys()
    assert "AUROC：" not in shown


def test_nothing_but_the_report_is_left_behind(world: Path) -> None:
    measured(world)

    assert sorted(path.name for path in world.iterdir()) == [
        "entries.jsonl", "oos.jsonl", "out.json", "queries.jsonl", "scratch",
    ]  # fmt: skip
    left = {path.name for path in (world / "scratch").iterdir()}
    assert left <= {"jieba.cache"}  # the library keeps its dictionary there, whoever loads it


def test_real_questions_that_are_asked_do_not_set_the_thresholds(world: Path) -> None:
    kb = world / "kb"
    kb.mkdir()
    (kb / "a.yml").write_text(
        "- {id: a, type: faq, title: 开票, question: 怎么开票, answer: 点开票。}\n"
        "- {id: b, type: faq, title: 退货, question: 怎么退货, answer: 点退货。}\n",
        encoding="utf-8",
    )
    lines(kb / "asked.jsonl", [{"text": "客人要的票咋开", "id": "a"}, {"text": "买错了想退", "id": "b"}])
    lines(world / "queries.jsonl", [{"text": "客人要的票咋开呢", "id": "a"}])

    found, _ = measured(world, "--entries", str(kb))

    assert (found["asked"], found["asked_held_out"]) == (1, 1)


def test_thirty_bare_questions_are_enough(world: Path) -> None:
    asked = [f"{verb}{topic}怎么弄" for topic in TOPICS for verb in ("修改", "查看")]
    entries = [{"id": number, "question": question} for number, question in enumerate(asked)]
    lines(world / "entries.jsonl", entries)
    lines(world / "queries.jsonl", [{"text": "库存查看在哪", "id": 19}, {"text": "天气"}])

    found, _ = measured(world)

    assert (found["entries_published"], found["entries_without_answer"], found["oos"]) == (30, 30, 1)
    assert found["ours"]["r3"] == 1.0
