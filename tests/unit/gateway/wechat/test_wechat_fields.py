from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.wechat.errors import BodyTooLarge, NotXml, OddBody, UnknownShape
from gateway.channels.wechat.wire.fields import BODY_LIMIT, fields
from tests.timing import best_of_three

# nine levels of ten: 10^9 characters, were it expanded
BOMB = (
    '<!DOCTYPE x [<!ENTITY a0 "lol">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]><xml><Content>&a9;</Content></xml>"
)


def test_fields_are_read_as_they_are() -> None:
    body = "<xml><A><![CDATA[导入 <b> ]]></A><B>1</B><C/></xml>"
    assert fields(body.encode()) == {"A": "导入 <b> ", "B": "1", "C": ""}


def test_what_holds_other_elements_is_no_field() -> None:
    assert fields(b"<xml><A>1<b>2</b>3</A><B>4</B></xml>") == {"B": "4"}


@pytest.mark.parametrize(
    "body",
    [
        BOMB.encode(),
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><A>&a;</A></xml>',
        b'<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1/x">%a;]><xml/>',
        b"<!DOCTYPE xml><xml/>",
        b"<xml><A>&lol;</A></xml>",
        b"<xml><A>&#xD800;</A></xml>",
        b"<xml><A>\xed\xa0\x80</A></xml>",  # a lone surrogate in UTF-8
        b"<xml><A>\x00</A></xml>",
        b"<xml><A>&#0;</A></xml>",
        b"<xml><A>\x0b</A></xml>",
        '<?xml version="1.0" encoding="GBK"?><xml><A>导入</A></xml>'.encode("gbk"),
        "<xml><A>导入</A></xml>".encode("utf-16"),
        "<xml><A>導入</A></xml>".encode("big5"),
        b"<xml><A>1</A></xml><xml/>",
        b"<xml><A>1</A>",
        b'<xml a="1" a="2"/>',
        b'[{"MsgType": "text"}]',
    ],
)
def test_what_is_not_plain_utf8_xml_is_refused_at_once(body: bytes) -> None:
    def refused() -> None:
        with pytest.raises(NotXml):
            fields(body)

    assert best_of_three(refused) < 0.1


@pytest.mark.parametrize("declared", ["GBK", "iso-8859-1", "utf-16", "klingon"])
def test_a_wrong_declaration_changes_nothing_about_utf8(declared: str) -> None:
    assert fields(f'<?xml version="1.0" encoding="{declared}"?><xml><A>导入</A></xml>'.encode()) == {"A": "导入"}


@pytest.mark.parametrize(
    "body", [b"<html/>", b"<XML/>", b"<x:xml xmlns:x='y'/>", b"<xml><A/><A/></xml>", b"<xml><A>1</A><A><b/></A></xml>"]
)
def test_another_root_and_a_doubled_field_are_refused(body: bytes) -> None:
    with pytest.raises(UnknownShape):
        fields(body)


def test_deep_nesting_and_many_fields_are_read_in_no_time() -> None:
    deep = b"<xml>" + b"<a>" * 9000 + b"</a>" * 9000 + b"</xml>"
    many = b"<xml>" + b"".join(b"<a%d/>" % number for number in range(7000)) + b"</xml>"

    def read() -> None:
        assert fields(deep) == {}
        assert len(fields(many)) == 7000

    assert best_of_three(read) < 1.0


def test_a_body_over_the_limit_is_refused_unread() -> None:
    with pytest.raises(BodyTooLarge, match="65536"):
        fields(b"<" * (BODY_LIMIT + 1))


@given(
    st.binary(max_size=400) | st.text(st.characters(), max_size=200).map(lambda text: text.encode("utf-8", "replace"))
)
def test_whatever_the_bytes_are_it_is_fields_or_an_odd_body(junk: bytes) -> None:
    for body in (junk, b"<xml>" + junk + b"</xml>", b"<xml><A><![CDATA[" + junk + b"]]></A></xml>"):
        try:
            read = fields(body)
        except OddBody:
            continue
        assert all(isinstance(value, str) for value in read.values())
