"""The Markdown of `evaluation.retrieval`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.report import foot, table


def markdown(data: Mapping[str, Any]) -> str:
    """Rankings of all, decisions of ours, and what went wrong."""
    ours = data["ours"]
    rivals = {"工答": ours, **data["peers"]}
    gain = data["against_best_peer"]
    low, high = gain["r1_difference"]["interval"]
    parts = [
        f"# 检索：同一批条目、同一次运行\n\n{data['entries']} 条目，{data['rows']} 行，{data['queries']} 个留出问题，"
        f"{data['oos']} 个知识库答不了的问题；"
        f"与语料逐字或近似重复的：{data['seen_before']}；编码器 {data['encoder']}。\n\n",
        _ranking(rivals),
        f"\n与最好的对手 {gain['peer']} 的 R@1 之差：{gain['r1_difference']['mean']:+.3f}",
        f"（95 % 区间 {low:+.3f} 至 {high:+.3f}）。\n",
        "\n## 分组 R@1\n\n" + _groups(rivals),
        f"\n## 工答的判定（阈值 {data['thresholds']}）\n\n" + _decisions(ours),
        "\n## 答不了的问题\n\n" + _unanswerable(rivals),
        f"\n只看长短（越短越像答不了的）的 AUROC 就有 {data['oos_auroc_of_length_alone']}：",
        "分数随问题变长而变大的对手沾了这个光。\n",
        "\n## 代价\n\n" + _cost(rivals),
        *(f"\n## {title}（{len(lines)}）\n\n" + _errors(lines) for title, lines in _faults(ours["errors"])),
        foot(dict(data)),
    ]
    return "".join(parts)


_TITLES = {
    "answered_wrongly": "答错的",
    "unanswerable_answered": "不该答却答了的",
    "choices_without_right": "选项里没有正确条目的",
    "declined": "该答却没答的",
    "unanswerable_choices": "不该给选项却给了的",
}


def _faults(errors: Mapping[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    return [(title, errors[key]) for key, title in _TITLES.items()]


def _ranking(rivals: Mapping[str, Any]) -> str:
    rows = [(name, f["r1"], _span(f["r1_interval"]), f["r3"], f["r5"], f["mrr10"], _span(f["mrr10_interval"]))
            for name, f in rivals.items()]  # fmt: skip
    return table(("检索", "R@1", "95 % 区间", "R@3", "R@5", "MRR@10", "95 % 区间"), rows)


def _groups(rivals: Mapping[str, Any]) -> str:
    first = next(iter(rivals.values()))
    scripts, kinds = first["by_script"], first["by_kind"]
    groups = [f"{name}（{group['n']}）" for name, group in (*scripts.items(), *kinds.items())]
    head = ("检索", *groups, "转换字形后", "首位不变")
    rows = [(name, *(f["by_script"][s]["r1"] for s in scripts), *(f["by_kind"][k]["r1"] for k in kinds),
             f["r1_converted"], f["same_first_after_conversion"]) for name, f in rivals.items()]  # fmt: skip
    return table(head, rows)


def _decisions(ours: Mapping[str, Any]) -> str:
    groups = {"全部": ours, **ours["decisions_by_script"], **ours["decisions_by_kind"]}
    rows = [(name, g["n"], g["answered"], g["wrong_of_answered"], _span(g["wrong_of_answered_interval"]), g["choices"],
             g["choices_hit"], g["declined"]) for name, g in groups.items()]  # fmt: skip
    return table(("问题", "数", "直接答", "其中答错", "95 % 区间", "给选项", "选项含正确", "不答"), rows)


def _unanswerable(rivals: Mapping[str, Any]) -> str:
    ours = rivals["工答"]
    rings = ours["unanswerable"]["declined_by_ring"]
    own = [("不答", ours["unanswerable"]["declined"]), ("给选项", ours["unanswerable"]["choices"]),
           ("答了", ours["unanswerable"]["answered"]), *((f"不答 · {ring}", value) for ring, value in rings.items()),
           ("全部回答中答错（含答不了的）", ours["wrong_of_all_answered"]), ("校准误差 ECE", ours["ece"])]  # fmt: skip
    rows = [(name, f["oos_auroc"], f["coverage_at_5_percent_wrong_in_hindsight"]) for name, f in rivals.items()]
    head = ("检索", "AUROC（能答/不能答）", "答错 5 % 时能答多少（事后阈值）")
    return table(("工答", "份额"), own) + "\n" + table(head, rows)


def _cost(rivals: Mapping[str, Any]) -> str:
    rows = [(name, f["cpu_ms"], f["p50"], f["p95"], f["build_cpu_seconds"]) for name, f in rivals.items()]
    return table(("检索", "CPU ms/问", "墙钟 p50 ms", "p95 ms", "构建 CPU s"), rows)


def _errors(lines: list[dict[str, Any]], most: int = 40) -> str:
    rows = [(e["text"], e["right"] or "–", "、".join(e["shown"] or e["first"][:1]), e["rank"] or "–", e["score"],
             e["reason"]) for e in lines[:most]]  # fmt: skip
    rest = f"\n……另有 {len(lines) - most} 个，见 JSON。\n" if len(lines) > most else ""
    return table(("问题", "应为", "给出", "正确者名次", "概率", "原因"), rows) + rest


def _span(interval: tuple[float, float]) -> str:
    return f"{interval[0]:.3f}–{interval[1]:.3f}"
