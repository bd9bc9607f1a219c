"""The Markdown of `evaluation.retrieval`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.report import foot, table
from evaluation.retrieval_tables import INTERVALS, REASONS, Section, faults, remarks, sections, summary


def markdown(data: Mapping[str, Any]) -> str:
    """Everything that was found, and what went wrong."""
    notes = "".join(f"- {remark}\n" for remark in remarks(data))
    parts = [
        f"# 检索：同一批条目、同一次运行\n\n{summary(data)}。\n",
        f"\n{notes}" if notes else "",
        *map(_section, sections(data)),
        f"\n{INTERVALS}。\n",
        *(f"\n## {title}（{len(lines)}）\n\n{_faults(lines)}" for title, lines in faults(data) if lines),
        foot(dict(data)),
    ]
    return "".join(parts)


def _section(section: Section) -> str:
    after = f"\n{section.after}。\n" if section.after else ""
    return f"\n## {section.title}\n\n{table(section.head, section.rows)}{after}"


def _faults(lines: list[dict[str, Any]], most: int = 40) -> str:
    rows = [(e["text"], e["right"] or "–", "、".join(e["shown"] or e["first"][:1]), e["rank"] or "–", e["score"],
             REASONS.get(e["reason"], e["reason"])) for e in lines[:most]]  # fmt: skip
    rest = f"\n……另有 {len(lines) - most} 个，见 JSON。\n" if len(lines) > most else ""
    return table(("问题", "应为", "给出", "正确者名次", "概率", "原因"), rows) + rest
