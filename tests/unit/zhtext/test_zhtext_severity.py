from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.timing import best_of_three
from zhtext.normalize import normalize
from zhtext.severity import assess, everybody_down, leak, over_or_elsewhere, signs


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


@pytest.mark.parametrize(
    "text",
    [
        "我们的账号被盗了",
        "看到了别的公司的数据",
        "能看到其他单位的合同",
        "客户资料泄露了",
        "服务器被入侵",
        "有陌生人登录过",
        "帳號被盜了",
    ],
)
def test_a_leak_is_heard_in_both_scripts(text: str) -> None:
    assert leak(text)


@pytest.mark.parametrize(
    "text",
    ["全公司都登不上了", "数据全没了", "中了勒索病毒", "杀毒软件误报", "安全检查单怎么填", "看到了自己的数据", ""],
)
def test_other_emergencies_and_the_safety_of_the_site_are_no_leak(text: str) -> None:
    assert not leak(text)


@pytest.mark.parametrize(
    "text", ["全公司都登不上了", "所有人都打不开系统", "几个项目部全都连不上", "大家都進不去", "全公司都連不上服務器"]
)
def test_that_nobody_can_work_is_plain(text: str) -> None:
    assert everybody_down(text)
    assert assess(text).priority == "P1"


@pytest.mark.parametrize(
    "text",
    [
        "我登不上了",
        "所有人都能看到吗",
        "全公司都登不上怎么办",
        "万一全公司都登不上，会不会丢数据",
        "数据全没了",
        "所有人的权限怎么设置",
        "",
    ],
)
def test_one_person_a_question_or_other_trouble_is_not_that(text: str) -> None:
    assert not everybody_down(text)


def seen(text: str) -> set[str]:
    return {name for name, there in signs(normalize(text)).items() if there}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("全公司都登不上了", {"everybody", "down", "blocked", "priority:P1", "category:login"}),
        ("施工日志的数据全丢了", {"data_lost", "trouble", "priority:P1", "category:data_loss"}),
        ("没点保存，数据丢了", {"data_lost", "not_saved", "trouble", "priority:P3", "category:data_loss"}),
        ("怎么导出报表", {"how_to", "priority:P4", "category:import_export"}),
        ("建议增加批量导入", {"wish", "priority:P4", "category:suggestion"}),
        ("你好", {"priority:P3", "category:None"}),
    ],
)
def test_the_signs_are_what_the_patterns_saw(text: str, names: set[str]) -> None:
    assert seen(text) == names


def test_what_has_not_happened_has_its_sign() -> None:
    assert "hypothetical" in seen("万一数据丢了怎么恢复")
    assert "hypothetical" not in seen("数据丢了")


@given(st.text(max_size=60))
def test_the_signs_agree_with_the_judgement(text: str) -> None:
    judged, names = assess(text), seen(text)

    assert f"priority:{judged.priority}" in names
    assert sum(name.startswith("priority:") for name in names) == 1
    assert sum(name.startswith("category:") for name in names) == 1


@given(st.text(max_size=60))
def test_normalising_once_more_changes_nothing(text: str) -> None:
    assert assess(normalize(text)) == assess(text)
    assert (leak(normalize(text)), everybody_down(normalize(text))) == (leak(text), everybody_down(text))


@pytest.mark.parametrize(
    "unit", ["数据", "全公司", "可以", "如果", "误删", "支持", "建议", "恢复错", "怎么", "没保存", "a", " "]
)
def test_long_texts_take_no_time(unit: str) -> None:
    text = (unit * 2_000)[:2_000]

    assert best_of_three(lambda: signs(text)) < 0.05


@pytest.mark.parametrize(
    "text", ["上午都进不去，后来自己恢复了", "聽說同行的資料被刪光", "断过网，现在正常了", "早上崩过一次，已经好了"]
)
def test_trouble_that_is_past_or_somebody_elses_is_told_apart(text: str) -> None:
    assert over_or_elsewhere(text)


@pytest.mark.parametrize(
    "text", ["现在全公司都登不上", "已经两个小时没好了", "刚才还好好的，数据没了", "重启了还是没恢复"]
)
def test_trouble_that_goes_on_is_not_over(text: str) -> None:
    assert not over_or_elsewhere(text)
