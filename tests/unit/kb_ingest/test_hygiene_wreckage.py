"""Wrong encodings are undone where that is certain; what is lost is found; rare characters are neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_ingest.hygiene.mojibake import repaired
from kb_ingest.hygiene.wreckage import bullets, reason_of, wrecks

SENTENCES = [
    "现场数据",
    "系统设置",
    "登录后看不到项目",
    "审批流程",
    "資料庫連線失敗",
    "在【工具】→【数据导入】里下载模板，表头不能改。",
]


def as_windows_1252(data: bytes) -> str:
    return data.decode("sloppy-windows-1252")


def as_code_page_936(data: bytes) -> str:
    """As Windows shows it: a lone 0x80 is €, a lone byte of any other value a question mark."""
    shown, place = "", 0
    while place < len(data):
        step = 1 if data[place] <= 0x80 else 2
        try:
            shown += "€" if data[place] == 0x80 else data[place : place + step].decode("gbk")
        except UnicodeDecodeError:
            shown, step = shown + "?", 1
        place += step
    return shown


@pytest.mark.parametrize("sentence", SENTENCES)
def test_utf_8_read_as_windows_1252_comes_back(sentence: str) -> None:
    assert repaired(as_windows_1252(sentence.encode()))[0] == sentence


@pytest.mark.parametrize("sentence", SENTENCES[:4])
def test_gbk_read_as_windows_1252_comes_back(sentence: str) -> None:
    assert repaired(as_windows_1252(sentence.encode("gbk")))[0] == sentence


@pytest.mark.parametrize("sentence", SENTENCES)
def test_utf_8_read_as_gbk_comes_back_whole_or_is_quarantined(sentence: str) -> None:
    text, _ = repaired(as_code_page_936(sentence.encode()))

    assert text == sentence or wrecks(text)


@pytest.mark.parametrize(
    ("text", "clean", "count"),
    [
        ("浣犲ソ", "你好", {"浣犲ソ→你好": 1}),
        ("提示浣犲ソ请重试", "提示你好请重试", {"浣犲ソ→你好": 1}),
        ("鏁版嵁，鏁版嵁", "数据，数据", {"鏁版嵁→数据": 2}),
        ("浣犲ソ。锟斤拷锟斤拷。", "你好。锟斤拷锟斤拷。", {"浣犲ソ→你好": 1}),
        ("ï»¿编号", "编号", {"ï»¿→": 1}),
        ("\ufeff编号", "编号", {"U+FEFF→": 1}),
    ],
)
def test_a_repair_is_counted_by_what_was_there(text: str, clean: str, count: dict[str, int]) -> None:
    assert repaired(text) == (clean, count)


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("正常。锟斤拷锟斤拷。正常。", ["锟斤拷锟斤拷。"]),
        ("锟斤拷", ["锟斤拷"]),
        ("烫烫烫烫", ["烫烫烫烫"]),
        ("名称：屯屯屯屯屯", ["名称：屯屯屯屯屯"]),
        ("第一行\n数据\ufffd导入\n第三行", ["数据\ufffd导入"]),
        ("点击??头峋€按钮。保存。", ["点击??头峋€按钮。"]),
        ("\ue123导出报表", ["\ue123导出报表"]),
        ("鏁版嵁搴?导入失败", ["鏁版嵁搴?"]),
        ("涓€涓?", ["涓€涓?"]),
        ("绠＄悊鍛橀噸鏂扮櫥褰曞悗鍐嶆?″?煎叆。请重试。", ["绠＄悊鍛橀噸鏂扮櫥褰曞悗鍐嶆?″?煎叆。"]),
        ("怎么办?锟斤拷锟斤拷。", ["锟斤拷锟斤拷。"]),
        ("a\x00b", ["a\x00b"]),
        ("ä½ å¥", ["ä½ å¥"]),
        ("导\x8d入", ["导\x8d入"]),
        ("\ud83d 半个表情", ["\ud83d 半个表情"]),
    ],
)
def test_what_nobody_can_read_is_found_sentence_by_sentence(text: str, gone: list[str]) -> None:
    assert [text[wreck.start : wreck.end] for wreck in wrecks(text)] == gone
    assert all(wreck.reason for wreck in wrecks(text))


def test_a_wreck_tells_its_line() -> None:
    assert [wreck.line for wreck in wrecks("一\n二\ufffd\n三\n四\ufffd")] == [1, 3]


@pytest.mark.parametrize(
    "text",
    [
        "犄角旮旯里的传感器", "钼铬钛钒合金与铌钽", "羟丙基甲基纤维素醚", "逄龑翀、昇、喆、堃、赟、淼", "邯郸、亳州、嵊泗、泸沽湖、兖州、鄄城",
        "㎡ ℃ Φ25@200 ≥ ≤ ± × ÷ ∑ √ ∠ ⊥ ‰ ㎜ ㎏ ㎡/㎥", "┌──┬──┐│项│值│└──┴──┘", "😀👍🏗️ ✅❌⚠️", "①②③ ㈠ ㊣ ★☆◆◇ Ⅰ Ⅱ Ⅲ",
        "データベース接続エラー", "데이터베이스 오류", "café résumé naïve Ø20×3 ±0.00 25°C", "单价€30，合计 €1,200", "约 100€ 左右", "几€都行",
        "以€计价", "怎么办??急!!", "𠮷野家 𡈽方", "瑷珲、婺源、歙县、黟县", "嚟咗冇、喺度撳㗎掣",
        "臺灣 鑰匙 鬱金香 龜裂 鑿井 纜線 鏽蝕 鋼筋 鐵絲 鑽孔 閘門 銲接 鋁窗 鍍鋅 鏈鎖", "檩条 桁架 隅撑 雀替 斗拱 榫卯 椽子 枋 翼缘 牛腿",
        "铋 锑 镓 铟", "戛然而止 蹂躏 龃龉 觊觎 囹圄 踽踽独行 耄耋", "烫烫的水", "ＡＢＣ　１２３ → ← ↑ ⇒", "“引号”——‘破折号’……",
        "预览里材料名称显示锟斤拷", "打开全成了“锟斤拷”", "csv 用 Excel 打开是 涓枃 这样的乱码", "屏幕上出现烫烫烫",
    ],
)  # fmt: skip
def test_rare_characters_and_talk_about_garbled_text_are_no_wreckage(text: str) -> None:
    assert repaired(text) == (text, {})
    assert reason_of(text) is None


def test_bullets_of_symbol_fonts_become_plain_ones() -> None:
    assert bullets("\uf0b7 第一步\n\uf0d8第二步") == ("• 第一步\n• 第二步", 2)


@given(st.text(alphabet="浣犲ソ鏁版嵁锟斤拷你好，。a €?é\u00c3\ufffd", max_size=12))
def test_no_text_is_too_broken(text: str) -> None:
    once, _ = repaired(text)

    assert all(0 <= wreck.start < wreck.end <= len(once) for wreck in wrecks(once))
