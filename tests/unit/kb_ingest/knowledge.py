"""Entries that nothing is wrong with, to change one thing at a time."""

from __future__ import annotations

from typing import Any

from retrieval.knowledge.entry import Entry

_SIMILAR = (
    "供应商发来的清单怎么弄进去",
    "一个个录太慢，能不能整批传",
    "材料价表往哪里传",
    "表格上传入口找不到",
    "上传按钮灰的点不动",
    "领导要今天录完三千行",
    "怎樣把清單匯入系統",
    "邊度可以入晒成份 excel",
)


def entry(entry_id: str = "how-a", **changes: Any) -> Entry:
    """A sound how-to; its texts are about importing lists."""
    fields: dict[str, Any] = {
        "id": entry_id, "type": "howto", "title": "批量导入材料清单", "topic": "data_import", "module": "数据导入",
        "question": "怎么批量导入材料清单", "similar": _SIMILAR, "review": "2027-01-31",
        "answer": "在【工具】→【数据导入】选模板，上传填好的表格，先点【校验】。",
    }  # fmt: skip
    return Entry(**{**fields, **changes})


def short(entry_id: str, question: str, **changes: Any) -> Entry:
    """An entry with a question, an answer and nothing else."""
    fields: dict[str, Any] = {"similar": (), "title": question, "answer": f"{question}，看这里。", "topic": ""}
    return entry(entry_id, question=question, **{**fields, **changes})
