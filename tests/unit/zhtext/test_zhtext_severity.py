from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhtext.severity import assess


@pytest.mark.parametrize(
    "text",
    [
        "全公司都登不上了",
        "所有人都打不开系统",
        "几个项目部全都连不上服务器",
        "我昨天录的施工日志全没了",
        "数据被覆盖了怎么办",
        "误删了项目资料",
        "系统中了勒索病毒",
        "看到了别的公司的数据",
        "所有人都登入不了",
        "全公司都連不上",
    ],
)
def test_everybody_down_lost_data_and_security_are_p1(text: str) -> None:
    assert assess(text).priority == "P1"


@pytest.mark.parametrize(
    "text", ["导入失败", "我登录不了", "软件老是闪退", "怎么又崩溃了", "报表打印不出来", "提交不上去"]
)
def test_a_function_that_cannot_be_used_is_p2(text: str) -> None:
    assert assess(text).priority == "P2"


@pytest.mark.parametrize(
    "text", ["打开很慢", "甘特图显示不对", "偶尔掉线", "报表乱码", "数字不准", "我没点保存，数据丢了"]
)
def test_trouble_with_which_work_goes_on_is_p3(text: str) -> None:
    assert assess(text).priority == "P3"


@pytest.mark.parametrize(
    "text",
    [
        "怎么导出报表",
        "如何设置审批流程",
        "你们多少钱",
        "客服几点上班",
        "支持达梦数据库吗",
        "可以导入excel吗",
        "建议增加批量导入",
        "怎么防止数据丢失",
        "如果数据丢了怎么恢复",
        "怎麼匯出報表",
    ],
)
def test_questions_wishes_and_what_has_not_happened_are_p4(text: str) -> None:
    assert assess(text).priority == "P4"


@pytest.mark.parametrize("text", ["怎么导出报表", "打开很慢", "导入失败", "全公司都登不上了"])
def test_haste_alone_raises_nothing(text: str) -> None:
    assert assess(f"急急急！！！马上要交了，{text}！！！").priority == assess(text).priority


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("软件闪退", "crash"),
        ("账号被锁定了", "lockup"),
        ("忘记密码", "login"),
        ("没有权限", "permission"),
        ("导入模板不对", "import_export"),
        ("报表打印不出来", "report"),
        ("打开很慢", "performance"),
        ("连不上服务器", "network"),
        ("文件不见了", "data_loss"),
        ("发票怎么开", "billing"),
        ("建议增加批量导入", "suggestion"),
        ("甘特图怎么画", "howto"),
        ("你好", "other"),
        ("檔案不見了", "data_loss"),
    ],
)
def test_the_effect_decides_the_category(text: str, category: str) -> None:
    assert assess(text).category == category


@given(st.text(max_size=60))
def test_any_text_has_a_priority_and_a_category(text: str) -> None:
    assert assess(text).priority in ("P1", "P2", "P3", "P4")
    assert assess(text).category
