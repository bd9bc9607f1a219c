from __future__ import annotations

import pytest

from desk.routing import RoutingRules, skill_of

RULES = RoutingRules()


@pytest.mark.parametrize(
    ("category", "summary", "slots", "skill"),
    [
        ("other", "打不开模型", {"module": "BIM模型"}, "BIM"),
        ("report", "汇总对不上", {"module": "成本预算"}, "造价"),
        ("other", "付款节点", {"module": "合同管理"}, "造价"),
        ("howto", "横道图怎么排", {"module": "进度计划"}, "进度计划"),
        ("login", "提示密码错误", {}, "账号权限"),
        ("permission", "看不到菜单", {}, "账号权限"),
        ("crash", "一点就退出", {}, "系统运维"),
        ("lockup", "卡死", {}, "系统运维"),
        ("performance", "很慢", {}, "系统运维"),
        ("performance", "横道图很慢", {"module": "进度计划"}, "进度计划"),
        ("network", "连不上服务器", {"module": "成本预算"}, "系统运维"),
        ("data_loss", "模型没了", {"module": "BIM模型"}, "系统运维"),
        ("import_export", "导入报错", {"module": "数据导入"}, "数据报表"),
        ("billing", "续费多少钱", {}, "商务"),
        ("other", "手机端打不开图纸", {"module": "资料管理"}, "移动端"),
        ("other", "手機端打不開圖紙", {}, "移动端"),
        ("crash", "安卓闪退", {}, "移动端"),
        ("crash", "闪退", {"os": "Android"}, "移动端"),
        ("crash", "app一打开就退出", {}, "移动端"),
        ("other", "ＡＰＰ 打不开", {}, "移动端"),
        ("other", "安装失败", {}, "系统运维"),
        ("other", "服务器怎么重装", {"module": "报表中心"}, "系统运维"),
        # No phone app is meant:
        ("login", "手机号换了收不到验证码", {}, "账号权限"),
        ("other", "approve 按钮点不动", {"module": "审批流程"}, "账号权限"),
        ("howto", "mapping 怎么填", {}, ""),
        ("suggestion", "希望能换皮肤", {}, ""),
        ("other", "打不开", {"module": "没有这个模块"}, ""),
        ("没有这一类", "打不开", {}, ""),
    ],
)
def test_the_skill_a_ticket_needs(category: str, summary: str, slots: dict[str, str], skill: str) -> None:
    assert skill_of(category, summary, slots, RULES) == skill


def test_the_operator_decides_which_skills_there_are() -> None:
    rules = RoutingRules({"劳务考勤": "考勤机"}, {"crash": "二线"}, {"对接": ("接口", "API")}, frozenset({"crash"}))
    assert skill_of("crash", "接口崩溃", {}, rules) == "二线"
    assert skill_of("other", "api 返回 500", {"module": "劳务考勤"}, rules) == "对接"
    assert skill_of("other", "打卡不同步", {"module": "劳务考勤"}, rules) == "考勤机"
    assert rules.skills == ("考勤机", "对接", "二线")


def test_a_rule_without_words_or_skill_decides_nothing() -> None:
    rules = RoutingRules({}, {"network": ""}, {"移动端": ()})
    assert skill_of("network", "手机端连不上", {}, rules) == ""
