from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.exports.cells import clean, csv_cell

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+86 138", "'+86 138"),
        ("-", "'-"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝cmd|' /C calc'!A0", "'＝cmd|' /C calc'!A0"),
        (" =1", "' =1"),
        ("\t=1", "'\t=1"),
        ("\r=1", "' =1"),
        ("\n=1", "' =1"),
        ("\u200b=1", "'=1"),
        ("\x00=1", "'=1"),
        ("正常\n=1+1", "正常 =1+1"),
        ("a-b", "a-b"),
        ("", ""),
        ("升级到 3.2，重启", "升级到 3.2，重启"),
    ],
)
def test_nothing_begins_a_formula(text: str, cell: str) -> None:
    assert csv_cell(text) == cell


@given(st.text() | st.tuples(st.sampled_from([*FORMULAS, "\n", " ", "\ufeff", "\u2028"]), st.text()).map("".join))
def test_no_cell_begins_with_a_sign_of_a_formula_or_ends_its_line(text: str) -> None:
    cell = csv_cell(text)
    assert not cell.lstrip(" ").startswith(FORMULAS)
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\r\n").writerow([cell, "x"])
    assert len(written.getvalue().splitlines()) <= 1 + cell.count("\x1c") + cell.count("\x1d") + cell.count("\x1e")
    assert next(csv.reader(io.StringIO(written.getvalue(), newline=""))) == [cell, "x"]


def test_passwords_do_not_leave() -> None:
    assert csv_cell("密码是Abc@123，电话 13812345678") == "密码是［密码］，电话 13812345678"
    assert clean("\x07密码是Abc@123 ") == "密码是［密码］"
