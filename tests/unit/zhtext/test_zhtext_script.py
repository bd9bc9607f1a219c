from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhtext.script import Script, detect, to_region

TAIWAN, HONG_KONG = Script("hant", "tw"), Script("hant", "hk")
SIMPLIFIED, NONE = Script("hans", "cn"), Script("none", None)


@pytest.mark.parametrize(
    "text",
    [
        "請問專案進度要在哪裡看",
        "軟體當機了怎麼辦",
        "匯出的檔案打不開",
        "登入畫面一直轉圈",
        "權限",
        "別人看得到嗎",
        "後台的設定",
        "頁面顯示 ERROR_403",
        "群組成員沒有權限",
        "台灣的客服電話",
    ],
)
def test_native_taiwan_text_is_heard_as_taiwan(text: str) -> None:
    assert detect(text) == TAIWAN


@pytest.mark.parametrize(
    "text",
    [
        "點解登入唔到",
        "個系統打唔開",
        "網絡連唔上",
        "軟件成日死機",
        "請將報表傳去我電郵",
        "數據庫連接失敗",
        "打印機印唔到圖則",
        "地盤嗰邊收唔到訊號",
        "我哋嘅帳號俾人鎖咗",
    ],
)
def test_native_hong_kong_text_is_heard_as_hong_kong(text: str) -> None:
    assert detect(text) == HONG_KONG


@pytest.mark.parametrize(
    "text",
    [
        "项目进度在哪里看",
        "软件崩溃了怎么办",
        "导出的文件打不开",
        "显著",
        "当前",
        "签名",
        "尽快历史",
        "苏州的项目",
        "我们软件里的「專案」在哪",
    ],
)
def test_simplified_text_is_heard_as_simplified(text: str) -> None:
    assert detect(text) == SIMPLIFIED


@pytest.mark.parametrize(
    "text", ["ERROR_403", "", "123", "OK", "你好", "文件", "台北", "群主", "乾隆", "面子", "👍", "吃床"]
)
def test_text_of_characters_both_scripts_use_tells_nothing(text: str) -> None:
    assert detect(text) == NONE


def test_the_script_that_most_characters_belong_to_wins() -> None:
    assert detect("他的軟體跟我们说的这个不一样").name == "hans"
    assert detect("他們的軟體跟我们不一樣").name == "hant"


SENTENCES = st.lists(
    st.sampled_from(["保存文件后重新登录，", "项目的默认设置里", "请检查服务器和网络。", "软件崩溃，", "并联系管理员"]),
    min_size=1,
    max_size=3,
).map("".join)
PROTECTED = st.one_of(
    st.sampled_from(["ERROR_403", "GC-5001", "0x80070005", "E1001", "DB_LOCK_TIMEOUT", "GD-20261122-0042-7"]),
    st.sampled_from(["`保存文件`", "`conf/数据库.yml`", "`软件 设置`"]),
    st.sampled_from(["【系统设置】", "【文件】", "【用户管理】", "【项目 软件】"]),
    st.sampled_from(["D:\\数据\\文件夹", "/opt/gongda/conf", "%APPDATA%\\软件", "logs/app.log"]),
)


@given(st.lists(st.tuples(SENTENCES, PROTECTED), min_size=1, max_size=4), st.sampled_from(["tw", "hk"]))
def test_codes_paths_and_screen_labels_survive_the_way_to_any_region(
    pieces: list[tuple[str, str]], region: str
) -> None:
    text = "，".join(f"{sentence} {span} " for sentence, span in pieces)

    rendered = to_region(text, "hant", region)

    at = 0
    for _, span in pieces:
        at = rendered.index(span, at) + len(span)
    rest = re.sub("|".join(re.escape(span) for _, span in pieces), "", rendered)
    assert not set("软录务网页检络员") & set(rest)


@given(st.lists(st.one_of(SENTENCES, PROTECTED), min_size=1, max_size=5), st.sampled_from(["tw", "hk"]))
def test_each_cell_of_a_table_is_converted_by_itself_and_every_pipe_stays(cells: list[str], region: str) -> None:
    rendered = [to_region(cell, "hant", region) for cell in cells]

    assert to_region(f"|{'|'.join(cells)}|\n|:---|", "hant", region) == f"|{'|'.join(rendered)}|\n|:---|"


def test_an_escaped_pipe_stays_escaped() -> None:
    assert to_region("| `保存 \\| 打开` | 文件 \\| 软件 |", "hant", "tw") == "| `保存 \\| 打开` | 檔案 \\| 軟體 |"


@given(st.text(max_size=40), st.sampled_from([("hans", "cn"), ("none", None), ("hans", None)]))
def test_a_simplified_asker_gets_the_reply_untouched(text: str, voice: tuple[str, str | None]) -> None:
    assert to_region(text, *voice) == text


@pytest.mark.parametrize(
    ("reply", "taiwan", "hong_kong"),
    [
        ("请重新登录软件", "請重新登入軟體", "請重新登入軟件"),
        ("检查网络和服务器", "檢查網路和伺服器", "檢查網絡和伺服器"),
        ("打开项目文件", "開啟專案檔案", "打開項目檔案"),
        ("导出后打印", "匯出後列印", "匯出後列印"),
        ("并联系管理员", "並聯絡管理員", "並聯繫管理員"),
        ("在【导入】中选择`模板.xlsx`", "在【导入】中選擇`模板.xlsx`", "在【导入】中選擇`模板.xlsx`"),
    ],
)
def test_a_reply_uses_the_words_of_the_region(reply: str, taiwan: str, hong_kong: str) -> None:
    assert to_region(reply, "hant", "tw") == taiwan
    assert to_region(reply, "hant", "hk") == hong_kong
