from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.timing import best_of_three
from zhtext.emotion import complains, negative, signs, strong
from zhtext.normalize import normalize


@pytest.mark.parametrize(
    "text",
    [
        "什么破系统，三天两头出问题",
        "又崩了，第三次了还没人处理",
        "急死我了，明天就要报量",
        "我都快崩溃了，一晚上白干",
        "垃圾软件，白花钱",
        "说了多少遍了，到底有没有人管",
        "真有你们的，服了",
        "等了两天还没人回",
        "客服踢皮球，气死我了",
        "太差劲了，後悔買你們的",
        "氣死我了",
        "說了沒用，浪費時間",
        "你们是sb吗",
        "呵呵，又是这样",
    ],
)
def test_the_writers_own_anger_and_distress_are_heard(text: str) -> None:
    assert negative(text)


@pytest.mark.parametrize(
    "text",
    [
        "软件崩溃了，怎么处理",
        "系统快崩溃了，内存占用很高",
        "导入失败，报 ERROR_403",
        "麻烦尽快处理一下，谢谢",
        "请问索赔单怎么登记",
        "建筑垃圾清运台账在哪导出",
        "滚动计划怎么编",
        "滚轮缩放不灵",
        "USB加密狗识别不了",
        "转客服了吗",
        "我没用过这个功能，怎么开始",
        "违约金条款怎么录入",
        "客服几点上班",
        "你好",
        "",
    ],
)
def test_plain_reports_polite_haste_and_words_of_the_trade_are_not(text: str) -> None:
    assert not negative(text)


@pytest.mark.parametrize(
    "text",
    [
        "我要投诉你们",
        "投诉",
        "再不解决我就打12315",
        "要求退款",
        "我们要起诉，律师函已经在写了",
        "给个说法",
        "向你们领导反映",
        "我要投訴",
        "准备发抖音曝光你们",
        "消基會見",
    ],
)
def test_a_complaint_is_heard(text: str) -> None:
    assert complains(text)


@pytest.mark.parametrize(
    "text",
    [
        "投诉台账怎么导出",
        "索赔单在哪里录入",
        "退款审批流程怎么设置",
        "业主投诉记录怎么归档",
        "赔偿条款",
        "导出投诉处理率报表",
        "什么破系统",
        "你好",
    ],
)
def test_words_of_the_product_and_mere_anger_are_no_complaint(text: str) -> None:
    assert not complains(text)


@pytest.mark.parametrize("text", ["什么垃圾系统", "气死我了", "忍无可忍了", "你们就是骗子", "滚", "氣死我了", "TMD"])
def test_after_strong_words_a_person_takes_over(text: str) -> None:
    assert strong(text)
    assert negative(text) or "骗子" in text


@pytest.mark.parametrize("text", ["有点失望", "又卡了", "滚动条不见了", "垃圾清运怎么录", "急，谢谢"])
def test_milder_words_and_words_of_the_trade_are_not_strong(text: str) -> None:
    assert not strong(text)


def test_the_signs_are_named_and_tell_shouting() -> None:
    seen = signs(normalize("又崩了！！！我要投诉"))

    assert {name for name, there in seen.items() if there} == {"tired", "complaint", "complaint_word", "shouting"}
    assert not any(signs("").values())


@given(st.text(max_size=60))
def test_any_text_has_the_same_signs_by_name(text: str) -> None:
    assert signs(text).keys() == signs("").keys()
    assert isinstance(negative(text), bool)
    assert isinstance(complains(text), bool)
    assert isinstance(strong(text), bool)


@given(st.text(max_size=60))
def test_normalising_once_more_changes_nothing(text: str) -> None:
    plain = normalize(text)

    assert (negative(plain), complains(plain), strong(plain)) == (negative(text), complains(text), strong(text))


@pytest.mark.parametrize(
    "unit", ["又", "我要", "要求", "等了", "投诉", "第三", "到底", "崩溃了", "怎么", "垃圾", "！", "a", " "]
)
def test_long_texts_take_no_time(unit: str) -> None:
    text = (unit * 2_000)[:2_000]

    assert best_of_three(lambda: signs(text)) < 0.05
