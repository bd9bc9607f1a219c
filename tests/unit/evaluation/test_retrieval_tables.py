from __future__ import annotations

from typing import Any

from evaluation.asked import Asked
from evaluation.labelled import Question
from evaluation.retrieval_figures import figures
from evaluation.retrieval_report import markdown
from evaluation.retrieval_tables import remarks, sections

RIGHT = Asked(Question("票|咋开", "a", script="hans"), ("a", "b"), 0.9, "answer", ("a",), 1.0, 1.0, "confident")
WRONG = Asked(Question("退貨", "b", script="hant"), ("a", "b"), 0.6, "answer", ("a",), 1.0, 1.0, "confident")
STRANGER = Asked(Question("天气", ring="far"), ("a",), 0.1, "decline", (), 1.0, 1.0, "no_evidence")


def report(oos: list[Asked], **more: Any) -> dict[str, Any]:
    sets = {"queries": [RIGHT, WRONG], "oos": oos}
    found = figures({"ours": sets, "dense": sets}, {"ours": 1.0, "dense": 1.0}, 0.7)
    found["ours"] |= {"rss_mb": None, "memory": None}
    surroundings = {"at": "2026-01-05T00:00:00+00:00", "cpus": 2, "cpu": "x", "python": "3.11", "load_average": [0.0]}
    return {
        "surroundings": surroundings, "encoder": "hash", "entries": 2, "entries_published": 2, "rows": 4,
        "entries_without_answer": 0, "left_out": [], "cleaned": {}, "queries": 2, "queries_without_their_entry": 0,
        "oos": len(oos), "seen_before": {"queries": 0}, "seen_by_encoder": 0, "asked": 0, "asked_held_out": 0,
        "thresholds": {"answer": 0.7, "choices": 0.2, "risk": 0.05}, "peers_left_out": {}, **found, **more,
    }  # fmt: skip


def test_every_row_is_as_wide_as_its_head() -> None:
    for data in (report([STRANGER]), report([])):
        assert all(len(row) == len(section.head) for section in sections(data) for row in section.rows)


def test_every_bar_belongs_to_a_row() -> None:
    drawn = [section for section in sections(report([STRANGER])) if section.bars]

    assert [len(section.bars) for section in drawn] == [len(section.rows) for section in drawn] == [3, 2]


def test_without_unanswerable_questions_no_table_speaks_of_them() -> None:
    told = " ".join(f"{section.head} {section.rows} {section.after}" for section in sections(report([])))

    assert "AUROC" not in told
    assert "答不了的" not in told


def test_the_markdown_holds_every_table_and_what_went_wrong() -> None:
    written = markdown(report([STRANGER]))

    assert all(f"## {section.title}" in written for section in sections(report([STRANGER])))
    assert "## 答错的（1）" in written
    assert "| 退貨 | b | a | 2 | 0.6 | 有把握 |" in written


def test_what_makes_figures_doubtful_is_said_first() -> None:
    lost = [{"id": "b", "line": 3, "reason": "没有收入"}]
    data = report([], left_out=lost, queries_without_their_entry=1, seen_before={"queries": 2}, asked_held_out=4)
    data["peers_left_out"] = {"linear_char": "太大"}

    said = "\n".join(remarks(data))

    for words in (
        "第 3 行（b）没有收入",
        "2 个有答案的问题与条目",
        "4 句正是要考的",
        "只有 2 个问题",
        "没有比线性分类器：太大",
    ):
        assert words in said


def test_where_all_is_well_only_the_small_number_is_mentioned() -> None:
    assert len(list(remarks(report([])))) == 1
