"""A dozen entries, small enough to build in a moment."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

from retrieval.asking.retriever import Retriever
from retrieval.building import store
from retrieval.building.build import build
from retrieval.indexing.encoder import Encoder, HashEncoder
from retrieval.knowledge.entry import Entry

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=timezone(timedelta(hours=8)))


def entry(entry_id: str, question: str, *, kind: str = "faq", code: str | None = None, similar: tuple[str, ...] = (),
          answer: str = "", title: str = "") -> Entry:  # fmt: skip
    return Entry(id=entry_id, type=kind, code=code, title=title or question, question=question, similar=similar,
                 answer=answer or f"关于“{question}”的处理步骤。", source="《手册》", review="2026-12-31")  # fmt: skip


ENTRIES = (
    entry("err-403", "提示没有权限访问该功能", kind="error_code", code="ERROR_403", similar=("点菜单弹没有权限",),
          title="没有权限访问该功能",
          answer="请管理员在【角色权限】里勾选该功能。\n\n1. 打开【系统设置】。\n2. 保存后重新登录。"),
    entry("err-1042", "读取导入文件失败", kind="error_code", code="ERR-1042", similar=("导入文件读不出来",)),
    entry("err-i0", "接口超时", kind="error_code", code="NET_I0", similar=("接口一直没有返回",)),
    entry("err-10", "网络地址不通", kind="error_code", code="NET_10", similar=("地址访问不到",)),
    entry("how-import", "怎么导入材料清单", kind="howto", similar=("材料表如何批量导入", "批量上传材料清单"),
          answer="在【工具】→【数据导入】里选择模板，再上传填好的 Excel。"),
    entry("how-export", "怎么导出报表", kind="howto", similar=("报表如何导出成表格",)),
    entry("how-gantt", "甘特图怎么设置前置任务", kind="howto", similar=("任务之间的先后关系在哪里设",)),
    entry("how-reset", "忘记密码怎么找回", kind="howto", similar=("密码想不起来了",)),
    entry("faq-slow", "系统很慢怎么办", similar=("打开页面要等很久",)),
    entry("faq-mobile", "手机端照片传不上去", similar=("现场拍照上传失败",)),
    entry("pol-fee", "维保续费怎么收费", kind="policy", similar=("续费价格",), title="费用说明",
          answer="以合同和商务经理报价为准。"),
    entry("run-crash", "所有人都打不开系统", kind="runbook", similar=("全公司都登不上去",), title="系统崩溃应急",
          answer="先不要重启服务器。\n\n- 截图\n- 联系值班"),
)  # fmt: skip


def make(root: Path, entries: tuple[Entry, ...] = ENTRIES, encoder: Encoder | None = None, now: datetime = NOW) -> str:
    """Build and activate; returns the build id."""
    info = build(entries, encoder or HashEncoder(), root, now=now)
    store.activate(root, info.build_id)
    return info.build_id


def retriever(root: Path, entries: tuple[Entry, ...] = ENTRIES) -> Retriever:
    return Retriever(store.load(root / make(root, entries)), HashEncoder())
