from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.timing import best_of_three
from zhtext.normalize import MAX_CHARS, normalize
from zhtext.script import detect

# What customers write, what they paste, and what attackers send.
ANY = st.text(alphabet=st.characters(exclude_categories=()), max_size=60)
CHINESE = st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=60)
CANTONESE = st.text(
    alphabet="唔嘅喺咗冇哋佢嚟嗰啲咁噉乜咩搵嘢睇係系關係邊個邊度呢個點解我哋你哋到見傾尋日聽日", max_size=40
)
TAIWAN = st.text(
    alphabet="專案軟體資訊伺服器登入滑鼠檔案列印視窗無權限錯誤訊息備份應用程式螢幕截圖桌面捷徑", max_size=40
)
NOISE = st.text(alphabet="(xiàn)（ǎ）\u200b\u202e\ufe0f\u20e3\ud800\u0301 \t\n數据＿——“”👨‍👩‍👧é啊", max_size=80)


@given(st.one_of(ANY, CHINESE, CANTONESE, TAIWAN, NOISE))
@example("\ud800")
@example("現(xi(xiàn)àn)代")
@example("發髮" * 30)
@example("啊" * 20 + "\u200b" + "啊" * 20)
@example("唔唔見")
def test_normalizing_again_changes_nothing(text: str) -> None:
    once = normalize(text)

    assert normalize(once) == once


@given(st.one_of(ANY, CHINESE, NOISE), st.integers(1, 200))
def test_the_normal_form_is_one_short_line_without_invisible_characters(text: str, times: int) -> None:
    normal = normalize(text * times)

    assert len(normal) <= MAX_CHARS
    assert normal == normal.strip()
    assert not set(normal) & set("\n\r\t\u200b\u202e\ufeff\u3000\ufe0f\0")
    assert not any(0xD800 <= ord(char) <= 0xDFFF for char in normal)


def test_an_expanding_character_does_not_outgrow_the_limit() -> None:
    assert len(normalize("ﷺ一" * MAX_CHARS)) == MAX_CHARS


@pytest.mark.parametrize("piece", ["現(xiàn)", "a1 ", "\u200b", "(((", "e\u0301\u0336", "唔見", "1-", "ﷺ"])
def test_the_time_does_not_grow_with_what_is_cut_off(piece: str) -> None:
    normalize("預設")  # dictionaries are loaded on first use

    assert (
        best_of_three(lambda: normalize(piece * 500_000)) < 1.0
    )  # a quadratic step would take minutes; this is about 2 ms


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("ＥＲＲＯＲ＿４０３", "ERROR_403"),
        ("　导入　　报错　", "导入 报错"),
        ("导入\r\n报错\t了", "导入 报错 了"),
        ("导\u200b入\u200d报\ufeff错", "导入报错"),
        ("\u202e导入\u202c报错", "导入报错"),
        ("登\u0336录\u0336失败", "登录失败"),
        ("现(xiàn)在数(shù)据(jù)丢了", "现在数据丢了"),
        ("現（xiàn）代數（shù）據", "现代数据"),
        ("公(ɡōnɡ)司", "公司"),
        ("甘特图(Gantt)怎么画", "甘特图(Gantt)怎么画"),
        ("保存(s)", "保存(s)"),
        ("1\ufe0f\u20e3 登录", "1 登录"),
        ("⚠️ 保存失败", "⚠ 保存失败"),
        ("急啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊", "急啊啊啊"),
        ("急啊啊啊", "急啊啊啊"),
        ("导入——导出", "导入--导出"),
        ("\ud83d导入\ude00", "导入"),
        ("导入\0报错", "导入 报错"),
        ("", ""),
        (" \u200b　", ""),
    ],
)
def test_noise_is_taken_off(written: str, normal: str) -> None:
    assert normalize(written) == normal


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("軟體當機了", "软件崩溃了"),
        ("伺服器連線失敗", "服务器连接失败"),
        ("請問檔案要怎麼匯出", "请问文件要怎么导出"),
        ("專案的範本在哪裡下載", "项目的模板在哪里下载"),
        ("預設的印表機列印不出來", "默认的打印机打印不出来"),
        ("權限不足，無法登入", "没有权限,无法登录"),
        ("滑鼠點下拉選單沒反應", "鼠标点下拉菜单没反应"),
        ("施工日誌不見了", "施工日志不见了"),
        ("登入不了", "登录不了"),  # not one character that tells the script
        ("列印不了", "打印不了"),
        ("软体当机", "软件崩溃"),
    ],
)
def test_taiwan_wording_becomes_mainland_wording(written: str, normal: str) -> None:
    assert normalize(written) == normal


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("網絡好慢", "网络好慢"),
        ("打印唔到報表", "打印不了报表"),
        ("點解登入唔到", "为什么登录不了"),
        ("我係用3.2版", "我是用3.2版"),
        ("關係係咪壞咗", "关系是不是坏了"),
        ("搵唔到圖紙喺邊度", "找不到图纸在哪里"),
        ("佢話冇權限", "他话没有权限"),
        ("唔該點樣改密碼", "麻烦怎么改密码"),
        ("呢個报错点解", "这个报错为什么"),
    ],
)
def test_hong_kong_wording_and_cantonese_become_written_mainland_chinese(written: str, normal: str) -> None:
    assert normalize(written) == normal


@pytest.mark.parametrize(
    "text",
    [
        "文件 软件 程序员",
        "信息保存在数据库里",
        "显著提高质量",
        "乾隆年间的文件",
        "台后里面只有干系人",
        "关系和系数",
        "项目文件打不开",
        "用户组的程序文件",
        "导入时报ERROR_403",
        "Excel模板在 D:\\资料\\a.xlsx",
    ],
)
def test_simplified_text_stays_as_it_is(text: str) -> None:
    assert normalize(text) == text


def test_nothing_traditional_is_left_of_traditional_text() -> None:
    normal = normalize("請問為什麼這個專案的進度計畫匯入之後，資料庫裡面的檔案都不見了？")

    assert detect(normal).name == "hans"
    assert "数据库" in normal
