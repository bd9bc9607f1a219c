from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.timing import best_of_three
from zhtext.codes import CodeBook, FoundCode, find_codes, fold
from zhtext.normalize import normalize

CORPUS = Path(__file__).parents[3] / "kb" / "error_codes"

FULL_WIDTH = str.maketrans({chr(point): chr(point + 0xFEE0) for point in range(0x21, 0x7F)})
DICTATED = str.maketrans("0123456789", "零一二三四五六七八九")

Disguise = Callable[[str], str]


def _separated(by: str) -> Disguise:
    return lambda code: re.sub("[_-]", by, code)


def _spaced(by: str) -> Disguise:
    """A separator where letters and digits meet; a HRESULT has no such place."""
    return lambda code: code if code.startswith("0x") else re.sub(r"(?<=[A-Za-z])(?=\d)", by, code)


# The declared matrix (U4): every code of the corpus in every disguise, in every sentence.
DISGUISES: dict[str, Disguise] = {
    "as it is": str,
    "lower case": str.lower,
    "upper case": str.upper,
    "title case": str.title,
    "full width": lambda code: code.translate(FULL_WIDTH),
    "full width, lower case": lambda code: code.lower().translate(FULL_WIDTH),
    "O for 0": lambda code: code.replace("0", "O"),
    "o for 0": lambda code: code.replace("0", "o"),
    "0 for O": lambda code: code.replace("O", "0"),
    "l for 1": lambda code: code.replace("1", "l"),
    "I for 1": lambda code: code.replace("1", "I"),
    "1 for I": lambda code: code.replace("I", "1"),
    "l for I": lambda code: code.replace("I", "l"),
    "1 for L": lambda code: code.replace("L", "1"),
    "multiplication sign": lambda code: code.replace("x", "×"),
    "dictated digits": lambda code: code.translate(DICTATED),
    "dictated with 〇": lambda code: code.translate(DICTATED).replace("零", "〇"),
    "dictated with 幺": lambda code: code.translate(DICTATED).replace("一", "幺"),
    "nothing between": _separated(""),
    "blank between": _separated(" "),
    "hyphen between": _separated("-"),
    "underscore between": _separated("_"),
    "spaced hyphen between": _separated(" - "),
    "full-width hyphen between": _separated("－"),
    "dash between": _separated("—"),
    "colon between": _separated(":"),
    "dot between": _separated("·"),
    "full stop between": _separated("."),
    "blank before the digits": _spaced(" "),
    "hyphen before the digits": _spaced("-"),
    "underscore before the digits": _spaced("_"),
}
SENTENCES = (
    "{}",
    "导入时报{}怎么办",  # glued to Chinese
    "报错：{}",
    "提示{}，重启也没用",
    "「{}」是什么意思",
    "({})",
    "昨天3个人都遇到{}",
    "V6.2版在Win10上报 {} 了",
)


def _codes() -> Iterator[str]:
    for path in sorted(CORPUS.glob("*.yml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield entry["code"]


CODES = tuple(_codes())
BOOK = CodeBook(CODES)


def _found(text: str) -> list[tuple[str, ...]]:
    return [code.codes for code in BOOK.find(text)]


def test_the_corpus_has_codes_and_no_two_fold_together() -> None:
    assert len(CODES) >= 80
    assert len({fold(code) for code in CODES}) == len(CODES)


@pytest.mark.parametrize("name", DISGUISES)
def test_every_code_of_the_corpus_is_found_in_disguise(name: str) -> None:
    disguise = DISGUISES[name]
    texts = [(code, sentence.format(disguise(code))) for code in CODES for sentence in SENTENCES]

    missed = [text for code, text in texts if _found(text) != [(code,)] or _found(normalize(text)) != [(code,)]]

    assert missed == []


def test_zero_width_characters_inside_a_code_go_with_normalisation() -> None:
    missed = [code for code in CODES if _found(normalize("报错" + "\u200b".join(code))) != [(code,)]]

    assert missed == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("403错误", "ERROR_403"),
        ("报错五零零", "ERROR_500"),
        ("网页提示404", "ERROR_404"),
        ("显示403页面", "ERROR_403"),
        ("502", "ERROR_502"),
        ("error 403", "ERROR_403"),
        ("http 504 是什么", "ERROR_504"),
        ("状态码是四零一", "ERROR_401"),
        ("代码1042怎么解决", "ERR-1042"),
    ],
)
def test_a_number_beside_a_word_that_says_so_is_a_code(text: str, code: str) -> None:
    assert _found(text) == [(code,)]


LOOKALIKES = """
13812345678
138 1234 5678
010-88886666
0571-88001234 转 8001
0912345678
5123 4567
2026-11-22
2026年11月22日
2026/11/22
20261122的日报
11月22日9:30
3.2.1版本
V6.2版本
v6.2.1
6.2.1.1003 版本
版本号 5.3.2001
预算1001万元
金额 5008 元不对
合同额 403 万
一次导入 2000 行
还有404个文件
500人在线
502张图纸
504M流量
GB/T 50328 怎么归档
GB 50328-2014
GB50300 检验批
JGJ59-2011 检查表
DL/T 5210
C30混凝土
HRB400E钢筋
HPB300
Q235B 钢板
Q345 型钢
M10 砂浆
M7.5水泥砂浆
MU10 砖
DN100 管道
DN 150
De110
P6 抗渗
Primavera P6 计划
CAD2018 打不开
AutoCAD 2020 插件
IFC2x3
IFC 4
Revit2019 插件
Navisworks 2021
Win10
win7 64位
Windows Server 2019
Office 2016
Excel 2003
WPS2019
SQL Server 2019
SQL2008
BIM360 登录失败
PKPM2021
HP LaserJet P1007 打印机
HP LaserJet Pro M1136
惠普M1005打印机
打印机是HP M1136
佳能LBP2900打印
Canon LBP 2900
兄弟 HL-2140
Brother DCP-7057
爱普生 L3110 打印
联想 M7206 打印
GD-20261122-0042-7 怎么样了
GD20261122 0042 7
gd-20261122-0042-7
10001 号楼
K12+500 桩号
K0+403
工号E10012
身份证 110101199003071234
192.168.1.100 连不上
端口 8080
http://192.168.1.5:8080/login
1920x1080
ISO9001
RTX3060
UTF-8
GB2312 编码
QQ 12345678
微信号 abc12345
app.log
src/main_config.yml
D:\\data_backup\\2026
φ12@200
No 1003 合同
合同编号HT2026001
项目编号XM2026001 找不到了
E 2001 年
方案E 2001年
第2001号文件
沪建〔2026〕403号文
发票代码 031001900104
100% 卡住
2 GB
100 行
6 位验证码
三零一医院
二零二六年
二〇二六年十一月
一三八一二三四五六七八
第一第二第三
""".strip().splitlines()


@pytest.mark.parametrize("text", LOOKALIKES)
def test_what_only_looks_like_a_code_is_none(text: str) -> None:
    assert BOOK.find(text) == ()
    assert BOOK.find(normalize(text)) == ()


@pytest.mark.parametrize("text", LOOKALIKES)
def test_not_even_right_behind_the_word_error(text: str) -> None:
    assert [code.text for code in BOOK.find("报错了，" + text)] == []


@given(st.text(alphabet="零一二三四五六七八九0123456789-. 号楼年月日元万条个", max_size=30))
def test_numbers_without_letters_are_codes_only_beside_a_word_that_says_so(text: str) -> None:
    assert all(text[code.start : code.end] == text.strip() for code in BOOK.find(text))


def test_two_codes_that_fold_together_are_both_offered() -> None:
    book = CodeBook(["E1001", "EI001", "E2001"])

    (found,) = book.find("报 e-l00l")

    assert found.codes == ("E1001", "EI001")
    assert found.canonical == "E-L00L"  # as written: nobody has decided yet


def test_a_bare_number_that_two_families_share_offers_both() -> None:
    book = CodeBook(["E1003", "M-1003"])

    (found,) = book.find("报错1003")

    assert found.codes == ("E1003", "M-1003")


def test_a_corpus_of_bare_numbers_is_found_beside_a_word_that_says_so() -> None:
    book = CodeBook(["40013"])

    assert [code.codes for code in book.find("接口返回40013")] == [("40013",)]
    assert book.find("一共40013条") == ()


def test_several_codes_come_in_the_order_of_the_text() -> None:
    found = BOOK.find("先报 e1001，再报ERROR 403 和 err-1042")

    assert [code.canonical for code in found] == ["E1001", "ERROR_403", "ERR-1042"]
    assert all(left.end <= right.start for left, right in itertools.pairwise(found))


def test_offsets_point_into_the_text_that_was_searched() -> None:
    text = "导入报ＥＲＲＯＲ＿４０３了"

    (found,) = BOOK.find(text)

    assert text[found.start : found.end] == "ＥＲＲＯＲ＿４０３"


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("报 E9999 怎么办", "E9999"),
        ("err 9999", "ERR_9999"),
        ("gc-9999", "GC-9999"),
        ("0x80079999", "0X80079999"),
        ("IMPORT_SOMETHING_NEW", "IMPORT_SOMETHING_NEW"),
        ("报错 some_new_failure", "SOME_NEW_FAILURE"),
        ("提示XYZ1234", "XYZ1234"),
    ],
)
def test_an_unknown_code_is_recognised_and_never_gets_a_known_one(text: str, canonical: str) -> None:
    (found,) = BOOK.find(text)

    assert found.codes == ()
    assert not found.known
    assert found.canonical == canonical


def test_identifiers_are_no_codes_unless_an_error_is_said_to_be_one() -> None:
    assert find_codes("user_name 字段填什么") == ()
    assert find_codes("报错.xlsx 和 a_b_c.csv 在哪") == ()


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=80))
def test_any_text_is_searched_without_an_error_and_without_overlaps(text: str) -> None:
    found = BOOK.find(text)

    assert all(0 <= code.start < code.end <= len(text) for code in found)
    assert all(left.end <= right.start for left, right in itertools.pairwise(found))


@pytest.mark.parametrize("piece", ["ab", "1 ", "E ", "A_", "a1234 ", "零", "E1001", "打印机 ", "报错403"])
def test_long_pastes_are_searched_in_time(piece: str) -> None:
    text = (piece * 2_000)[:2_000]

    assert best_of_three(lambda: BOOK.find(text)) < 0.5  # a quadratic pattern takes seconds; this is a few ms


def test_a_found_code_says_whether_the_corpus_knows_it() -> None:
    assert FoundCode("e1", "E1", 0, 2, ("E1",)).known
    assert FoundCode("e 1", "E1", 0, 3).canonical == "E_1"


@pytest.mark.parametrize(
    "text",
    ["报ERR-2001", "ERR_2001", "err 2001 怎么办", "弹了QS-2001出来", "ERROR-1042", "E 1042 报错", "IMPORT_ROW_LIMITS"],
)
def test_the_number_of_another_family_is_not_borrowed(text: str) -> None:
    assert all(not code.known for code in BOOK.find(text))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("error 1042", "ERR-1042"),  # English for number 1042
        ("http_504", "ERROR_504"),
        ("错误码:1042", "ERR-1042"),
        ("E1001一直弹", "E1001"),
        ("E一零零一一直弹", "E1001"),
        ("E一零零一一样弹", "E1001"),
        ("刚才E1001三四次", "E1001"),
        ("今天E1001 3次了", "E1001"),
        ("NET_TIMEOUT两三次了", "NET_TIMEOUT"),
        ("PG_二八零零零", "PG_28000"),
        ("洞x八洞洞七洞洞洞五", "0x80070005"),
        ("E1001-报错", "E1001"),
        ("E R R - 1 0 4 2", "ERR-1042"),
        ("404 not found", "ERROR_404"),
        ("网页404了", "ERROR_404"),
    ],
)
def test_what_stands_beside_a_code_is_no_part_of_it(text: str, code: str) -> None:
    assert _found(text) == [(code,)]


@pytest.mark.parametrize("text", ["E100 1次", "ERR-104 2次了", "MSSQL_182 7个", "E1001_2", "ERR-1042-7", "MY_ERR-1042"])
def test_a_longer_or_shorter_name_is_another_code(text: str) -> None:
    assert all(not code.known for code in BOOK.find(text))


@pytest.mark.parametrize(
    "text",
    [
        "图号E1001打不开", "合同编号 E1001", "惠普M1003打印报错", "理光MP 1003", "E1001.rvt 传不上去", "E1001室", "工号E1001登录报错",
        "楼上E1001室", "M1003门的尺寸", "E1001焊条", "用户名e1001提示密码错", "E1:00:1A:2B:3C:4D", "HK$1042", "¥1042", "提示打 820-1042",
    ],
)  # fmt: skip
def test_what_a_word_names_otherwise_is_no_code_of_the_corpus(text: str) -> None:
    assert BOOK.find(text) == ()


def test_a_code_of_lookalikes_alone_is_found_while_it_has_a_letter() -> None:
    book = CodeBook(["ILO-77"])

    assert [code.codes for code in book.find("报ilo77")] == [("ILO-77",)]
    assert book.find("一共11077条") == ()
