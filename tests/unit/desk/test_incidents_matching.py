"""Which questions are about a known incident: golden sentences in mainland, Taiwan and Hong Kong wording."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.incidents import Incident, IncidentRules, about, of_question
from desk.incidents.likeness import likeness, says

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc)
RULES = IncidentRules()
LOGIN = Incident(
    1, "登录服务故障", "confirmed", "login", "登录", "", ("登录不上去",), "正在抢修。", "", "", False, "place:login:登录",
    NOW, NOW, "agent:1", None, None, NOW,
)  # fmt: skip
IMPORT = replace(LOGIN, id=2, category="import_export", module="数据导入", words=("导入材料价失败",))
CODE = replace(IMPORT, id=3, module="", category="network", code="ERR-5012", words=("同步失败",))
SERVER = replace(LOGIN, id=4, category="network", module="", words=("服务器连不上", "提示网络超时"))

ABOUT_LOGIN = (
    "登录不上去，一直转圈",
    "系统登录不了了，全公司都这样",
    "登陆页面打不开",
    "账号登不上，提示服务器异常",
    "密码对的但是登录失败",
    "你好，今天早上开始登录就报错，怎么回事",
    "登录不了怎么办",
    "登入不了，一直轉圈",
    "登入頁面打不開",
    "系統登入失敗，提示伺服器異常",
    "帳號登入不了，整個工地都這樣",
    "登唔到入去，一直彈返出嚟",
    "登錄唔到系統呀",
    "個系統登入唔到，急",
    "登入不到點算",
    "點解登入唔到",
    "為什麼登入不了",
)
ABOUT_IMPORT = (
    "导入材料价失败",
    "导入Excel一直报错",
    "导入清单时卡住不动",
    "为什么导入总是失败",
    "匯入材料價失敗",
    "匯入Excel一直報錯",
    "導入失敗，提示伺服器錯誤",
    "匯入唔到，成日出錯",
    "導入清單嗰陣彈錯誤出嚟",
)
ABOUT_SERVER = (
    "服务器连不上",
    "软件打开提示服务器连不上，是不是挂了",
    "伺服器連不上",
    "我們這邊伺服器連不上，急",
    "一直提示网络超时",
)
ABOUT_CODE = ("报错 ERR-5012", "err5012是什么意思", "提示 ERR 5012 怎么办", "出現 ERR-5012", "彈咗個ERR-5012出嚟")
NOT_ABOUT_LOGIN = (
    "怎么登录系统",
    "登录密码在哪里改",
    "忘记密码怎么找回",
    "登录后能不能自动跳转到首页",
    "希望登录加个指纹",
    "续费以后还能登录吗",
    "昨天登录不了，今天好了",
    "听说隔壁公司登录不了",
    "如果登录失败会锁定账号吗",
    "如何避免登录失败",
    "登录服务的价格是多少",
    "登录失败会不会锁定",
    "无法登录时如何重置密码",
    "登录不了可以退款吗",
    "登錄密碼喺邊度改",
    "點樣改登入密碼",
    "怎麼登入系統",
    "登入後可以自動跳到首頁嗎",
    "忘記密碼如何找回",
    "报表打不开",
    "导入失败",
    "軟體一打開就閃退",
    "报错 ERR-1042",
    "谢谢",
    "转人工",
)
NOT_ABOUT_IMPORT = (
    "如何导入材料价",
    "导入Excel的模板在哪下载",
    "导入支持xlsx格式吗",
    "建议增加批量导入功能",
    "导入功能多少钱",
    "怎么防止导入失败",
    "导入一次最多多少条",
    "請問怎麼匯入材料價",
    "匯入的範本在哪裡下載",
    "點樣匯入材料價",
    "邊度可以下載導入模板",
    "可唔可以一次過匯入幾個檔案",
    "导出报表失败",
    "登录不上去",
    "导入失败的原因有哪些",
    "导入时提示模板不对怎么改",
    "万一导入失败数据会丢吗",
)
NOT_ABOUT_SERVER = (
    "服务器怎么部署",
    "服务器要什么配置",
    "服务器连不上的话数据会丢吗",
    "昨天服务器连不上，现在恢复了",
    "報表列印不出來",
    "伺服器要怎麼安裝",
    "點樣安裝伺服器",
)
NOT_ABOUT_CODE = ("报错 ERR-5013", "报错 ERR-1042", "怎么同步进度", "如何查看同步记录", "點樣同步進度", "5012 条数据")

SAYS = [
    *((LOGIN, text, True) for text in ABOUT_LOGIN),
    *((IMPORT, text, True) for text in ABOUT_IMPORT),
    *((SERVER, text, True) for text in ABOUT_SERVER),
    *((CODE, text, True) for text in ABOUT_CODE),
    *((LOGIN, text, False) for text in NOT_ABOUT_LOGIN),
    *((IMPORT, text, False) for text in NOT_ABOUT_IMPORT),
    *((SERVER, text, False) for text in NOT_ABOUT_SERVER),
    *((CODE, text, False) for text in NOT_ABOUT_CODE),
]


def matches(incident: Incident, question: str, **slots: str) -> bool:
    return about(incident, of_question(question, slots, (), [incident.code] if incident.code else ()), RULES)


@pytest.mark.parametrize(("incident", "question", "expected"), SAYS, ids=lambda value: getattr(value, "title", value))
def test_a_question_is_about_the_incident_or_not(incident: Incident, question: str, expected: bool) -> None:
    assert matches(incident, question) is expected


def test_the_module_may_have_been_told_before() -> None:
    crashing = replace(IMPORT, category="crash")
    assert matches(crashing, "点一下就闪退", module="数据导入")
    assert not matches(crashing, "点一下就闪退")


def test_a_code_found_by_somebody_else_counts() -> None:
    assert about(CODE, of_question("就是这个错", {}, ("ERR-5012",), ()), RULES)


def test_another_code_is_another_trouble_whatever_the_words() -> None:
    coded = replace(IMPORT, code="ERR-5012")
    assert matches(coded, "导入材料价失败")
    assert not about(coded, of_question("导入材料价失败，报 ERR-1042", {}, ("ERR-1042",), ("ERR-5012",)), RULES)


def test_likeness_sees_through_scripts() -> None:
    assert likeness("服务器连不上", "伺服器連不上") == 1.0


def test_a_short_phrase_does_not_speak_for_itself() -> None:
    assert not says("登录不上去", "登录")
    assert says("我们登录不上去了", "登录不上去")


@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_is_symmetric_and_within_bounds(one: str, other: str) -> None:
    assert likeness(one, other) == likeness(other, one)
    assert 0.0 <= likeness(one, other) <= 1.0


@given(st.text(max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    assert matches(LOGIN, text) in (True, False)
