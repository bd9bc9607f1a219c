"""What the operator decides about who gets which ticket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

_BY_MODULE = {
    "BIM模型": "BIM",
    "成本预算": "造价",
    "合同管理": "造价",
    "物资管理": "造价",
    "进度计划": "进度计划",
    "资源管理": "进度计划",
    "登录": "账号权限",
    "权限管理": "账号权限",
    "审批流程": "账号权限",
    "质量安全": "现场管理",
    "资料管理": "现场管理",
    "劳务考勤": "现场管理",
    "施工日志": "现场管理",
    "数据导入": "数据报表",
    "数据导出": "数据报表",
    "报表中心": "数据报表",
    "备份恢复": "系统运维",
}
_BY_CATEGORY = {
    "data_loss": "系统运维",
    "network": "系统运维",
    "crash": "系统运维",
    "lockup": "系统运维",
    "performance": "系统运维",
    "login": "账号权限",
    "permission": "账号权限",
    "import_export": "数据报表",
    "report": "数据报表",
    "billing": "商务",
}
_BY_WORD = {
    "移动端": ("手机端", "手机上", "手机版", "移动端", "平板", "安卓", "鸿蒙", "小程序", "APP", "Android", "iOS",
              "iPhone", "iPad"),
    "系统运维": ("安装失败", "安装不了", "装不上", "安装包", "部署", "重装"),
}  # fmt: skip


@dataclass(frozen=True)
class RoutingRules:
    """Skills are names that agents have, too. Of a ticket's skill decide, in this order: a category of `first`, words
    of the summary or slots, the module, the category."""

    by_module: Mapping[str, str] = field(default_factory=lambda: MappingProxyType(_BY_MODULE))
    by_category: Mapping[str, str] = field(default_factory=lambda: MappingProxyType(_BY_CATEGORY))
    by_word: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType(_BY_WORD))
    first: frozenset[str] = frozenset({"data_loss", "network"})  # whatever the module is
    presence: bool = True  # only who is online gets tickets; False: whoever is on duty and has not said busy
    absent_after: timedelta = timedelta(minutes=15)  # then what an absent agent has not begun goes to a colleague

    @property
    def skills(self) -> tuple[str, ...]:
        """Every skill the rules name, each once."""
        named = (*self.by_module.values(), *self.by_word, *self.by_category.values())
        return tuple(dict.fromkeys(skill for skill in named if skill))
