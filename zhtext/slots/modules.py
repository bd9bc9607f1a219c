"""The module of the product that a message is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zhtext.slots.found import Found
from zhtext.slots.lexicon import lexicon

# Import, export, log-in and approval win over the object they work on: 导材料价 is 数据导入, 合同审批 is 审批流程.
# Exporting approvals is still exporting. In the table ! marks words stronger than others of their module
# (导出权限怎么开, 进度报表), ~ words that only hint at it.
_RANKS = {"权限管理!": 0, "登录": 0, "数据导入": 0, "数据导出": 0, "审批流程": 1, "报表中心!": 2}
_OBJECT, _HINTED = 3, 4
_HINT = "~"


def modules(text: str, wrong: Found | None = None) -> Iterator[Found]:
    """At most one value: the strongest word, before all within `wrong`, the words that say what goes wrong."""
    named = [Found("module", name, start, end) for name, start, end in lexicon("modules.tsv").find(text)]
    inside = [found for found in named if wrong is not None and wrong.start <= found.start < wrong.end]
    best = min(_strong(inside) or named, key=_rank, default=None)
    if best is not None:
        yield Found("module", best.value.strip(_HINT + "!"), best.start, best.end)


def roles(text: str) -> Iterator[Found]:
    """Roles of the product that a message names: 资料员, 项目经理."""
    for name, start, end in lexicon("roles.tsv").find(text):
        yield Found("role", name, start, end)


def files(text: str) -> Iterator[Found]:
    """Types of files by their usual ending: xlsx, mpp, ifc."""
    for name, start, end in lexicon("files.tsv").find(text):
        yield Found("file", name, start, end)


def _strong(named: Sequence[Found]) -> list[Found]:
    return [found for found in named if not found.value.startswith(_HINT)]


def _rank(found: Found) -> tuple[int, int]:
    """The lower the better; of equals the first in the text."""
    return _RANKS.get(found.value, _HINTED if found.value.startswith(_HINT) else _OBJECT), found.start
