import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_ingest.documents.decoding import decode, decode_page
from kb_ingest.errors import Undecodable

SIMPLIFIED = "导入材料清单时提示文件被占用，先关闭 Excel 再试一次。\n错误码 ERR-1042"
TRADITIONAL = "匯入材料清單時提示檔案被佔用，請先關閉 Excel 再試一次。\n錯誤碼 ERR-1042"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gbk", "gb18030"]
)
def test_simplified_text_is_read_in_every_encoding_in_use(encoding: str) -> None:
    assert decode(SIMPLIFIED.encode(encoding)).text == SIMPLIFIED


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "big5", "gbk"])
def test_traditional_text_is_read_in_every_encoding_in_use(encoding: str) -> None:
    assert decode(TRADITIONAL.encode(encoding)).text == TRADITIONAL


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("登录失败", "gbk"), ("联通", "gbk"), ("登入失敗", "big5"), ("匯入", "big5"), ("导出", "gbk")],
)
def test_a_few_characters_are_enough_to_tell_the_table(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).text == text


def test_a_list_that_repeats_one_rare_word_is_still_chinese() -> None:
    text = "材料编码,材料名称,规格型号,单价\n" + "M1,镀锌钢管,DN20,3.5\n" * 300

    assert decode(text.encode("gbk")).text == text


def test_a_western_text_keeps_its_accents() -> None:
    text = "“Import” – see the menu’s tools, café"

    assert decode(text.encode("cp1252")).text == text


@pytest.mark.parametrize(
    ("data", "byte"),
    [
        ("导入".encode() + "导入".encode("gbk"), 7),
        (b"plain words " * 3 + "登录".encode("gbk")[:-1] + b"\n more", 39),
        ("导入".encode("gbk") + b"\xff\xff", 5),
        (b"MZ\x00\x01\x02", 3),
    ],
)
def test_what_no_encoding_explains_is_refused_with_the_place_of_the_byte(data: bytes, byte: int) -> None:
    with pytest.raises(Undecodable, match=f"第 {byte} 个字节"):
        decode(data)


def test_a_page_is_read_as_it_declares() -> None:
    page = '<meta charset="gb2312"><p>匯出 導出 导出</p>'.encode("gbk")

    assert decode_page(page).text.endswith("<p>匯出 導出 导出</p>")


def test_a_page_that_declares_the_wrong_encoding_is_read_as_what_it_is() -> None:
    page = f'<meta charset="gb2312"><p>{SIMPLIFIED}</p>'

    assert decode_page(page.encode()).text == page


@given(
    st.text(alphabet=st.characters(codec="gb18030", exclude_categories=["Cs", "Cc"]), max_size=80),
    st.sampled_from(["utf-8", "gb18030"]),
)
def test_nothing_is_ever_replaced_or_left_out(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    try:
        decoded = decode(data)
    except Undecodable:
        return
    assert decoded.text.encode(decoded.encoding) in (data, data.removeprefix(b"\xef\xbb\xbf"))
