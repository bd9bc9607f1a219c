from __future__ import annotations

from io import StringIO

from rich.console import Console

from gongda.commands.asking import show

FOUND = {
    "normalized": "报 [bold]err1042", "tokens": ["报", "err1042"], "codes": ["ERR-1042"], "decision": "answer", "reason": "code",
    "probability": 0.99, "thresholds": {"answer": 0.62, "choices": 0.21}, "weights": {"char": 4.0}, "build_id": "b1",
    "trace_id": "t1", "offers": [],
    "candidates": [
        {"entry_id": "err-1042", "title": "读取失败", "probability": 0.99, "features": {"char": 0.5, "code": 1.0, "made_up": 0.25},
         "contributions": {"char": 2.0}},
        {"entry_id": "faq-1", "title": "导入", "probability": 0.1, "features": {"char": 0.1, "code": 0.0, "made_up": 0.0},
         "contributions": {"char": 0.4}},
    ],
}  # fmt: skip


def printed(found: dict[str, object]) -> str:
    out = StringIO()
    show(found, Console(file=out, width=160, highlight=False))
    return out.getvalue()


def test_the_verdict_is_told_in_words_and_each_piece_of_evidence_by_name() -> None:
    text = printed(FOUND)

    for words in (
        "直接回答",
        "错误码完全一致（code）",
        "ERR-1042 只对应这一条",
        "字面相同",
        "+2.00",
        "+1.60",
        "made_up",
        "b1",
        "t1",
    ):
        assert words in text


def test_what_a_customer_wrote_is_no_markup() -> None:
    assert "报 [bold]err1042" in printed(FOUND)


def test_what_is_offered_is_listed() -> None:
    offered = {
        **FOUND,
        "decision": "decline",
        "reason": "unknown_code",
        "offers": [{"entry_id": "err-1042", "label": "读取失败"}],
    }

    assert "· 读取失败  err-1042" in printed(offered)


def test_nothing_found_is_told_without_tables_of_evidence() -> None:
    text = printed({**FOUND, "decision": "decline", "reason": "empty", "candidates": []})

    assert "没有剩下可以检索的字" in text
    assert "第 1 名的依据" not in text
