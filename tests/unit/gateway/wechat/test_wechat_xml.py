from __future__ import annotations

from datetime import datetime, timezone

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.channels.wechat.errors import BodyTooLarge, NotXml, OddBody, UnknownShape
from gateway.channels.wechat.wire.xml import (
    EventXml,
    FileXml,
    ImageXml,
    InboundXml,
    LinkXml,
    LocationXml,
    OtherXml,
    TextXml,
    VideoXml,
    VoiceXml,
    legal,
    parse,
    reply,
    transfer,
)
from tests.timing import best_of_three

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=timezone.utc)
COMMON = {"ToUserName": "gh_1", "FromUserName": "oAbc-1_x", "CreateTime": "1348831860", "MsgId": "24106"}
BASE = ("gh_1", "oAbc-1_x", 1348831860, "24106")


def body(**fields: str) -> bytes:
    inner = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in {**COMMON, **fields}.items())
    return f"<xml>{inner}</xml>".encode()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"MsgType": "text", "Content": "导入报错 <ERROR_403>"}, TextXml(*BASE, "导入报错 <ERROR_403>")),
        ({"MsgType": "image", "PicUrl": "http://x/y", "MediaId": "m1"}, ImageXml(*BASE, "m1")),
        ({"MsgType": "voice", "MediaId": "m2", "Format": "amr"}, VoiceXml(*BASE, "m2", "", "amr")),
        ({"MsgType": "voice", "MediaId": "m2", "Recognition": "打不开"}, VoiceXml(*BASE, "m2", "打不开")),
        (
            {"MsgType": "location", "Location_X": "23.134521", "Location_Y": "113.358803", "Label": "工地"},
            LocationXml(*BASE, 23.134521, 113.358803, "工地"),
        ),
        ({"MsgType": "link", "Title": "题目", "Url": "http://x"}, LinkXml(*BASE, "题目", "http://x")),
        ({"MsgType": "video", "MediaId": "m3"}, VideoXml(*BASE, "m3")),
        ({"MsgType": "shortvideo", "MediaId": "m3"}, VideoXml(*BASE, "m3")),
        ({"MsgType": "file", "Title": "报错.log"}, FileXml(*BASE, "报错.log")),
        ({"MsgType": "text", "Content": "满意", "bizmsgmenuid": "101"}, TextXml(*BASE, "满意", "101")),
        ({"MsgType": "text", "Content": "满意", "bizmsgmenuid": "x;--"}, TextXml(*BASE, "满意", "")),
        ({"MsgType": "miniprogrampage", "Title": "题"}, OtherXml(*BASE, "miniprogrampage")),
    ],
)
def test_each_documented_type_is_read(fields: dict[str, str], expected: InboundXml) -> None:
    assert parse(body(**fields)) == expected


def test_an_event_is_known_by_sender_time_and_kind() -> None:
    event = parse(body(MsgType="event", Event="SCAN", EventKey="scene-7"))
    assert event == EventXml("gh_1", "oAbc-1_x", 1348831860, "oAbc-1_x:1348831860:SCAN", "SCAN", "scene-7")


@pytest.mark.parametrize("missing", ["ToUserName", "FromUserName", "CreateTime", "MsgId", "MsgType", "Content"])
def test_a_missing_field_is_refused(missing: str) -> None:
    fields = {**COMMON, "MsgType": "text", "Content": "x"}
    del fields[missing]
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    with pytest.raises(UnknownShape, match=missing):
        parse(f"<xml>{inner}</xml>".encode())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MsgId", "1 or 1"),
        ("MsgId", "１２"),
        ("CreateTime", "soon"),
        ("CreateTime", "9" * 13),
        ("FromUserName", "a b"),
        ("FromUserName", "o" * 65),
        ("FromUserName", ""),
        ("MsgType", "<x>"),
    ],
)
def test_a_field_of_the_wrong_form_is_refused(name: str, value: str) -> None:
    with pytest.raises(UnknownShape, match=name):
        parse(body(**{"MsgType": "text", "Content": "x", name: value}))


def test_a_doubled_field_is_refused() -> None:
    doubled = body(MsgType="text", Content="x").replace(b"</xml>", b"<MsgId>2</MsgId></xml>")
    with pytest.raises(UnknownShape, match="两次"):
        parse(doubled)


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"hello",
        b"<xml>",
        b"\xff\xfe\x00",
        b"<xml>\x00</xml>",
        b'{"MsgType":"text"}',
        b'<!DOCTYPE x [<!ENTITY a "b">]><xml><Content>&a;</Content></xml>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><xml/>',
        b"<xml>&#0;</xml>",
    ],
)
def test_what_is_not_plain_xml_is_refused(junk: bytes) -> None:
    with pytest.raises(NotXml):
        parse(junk)


def test_json_is_refused_with_the_remedy() -> None:
    with pytest.raises(NotXml, match="XML"):
        parse(b' {"ToUserName": "gh_1"}')


def test_a_body_over_the_limit_is_refused_unread() -> None:
    with pytest.raises(BodyTooLarge, match="65536"):
        parse(b"<" * 65537)


def test_a_billion_laughs_are_refused_at_once() -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE x [<!ENTITY l0 "ha">{entities}]><xml><Content>&l9;</Content></xml>'

    def refused() -> None:
        with pytest.raises(NotXml):
            parse(bomb.encode())

    assert best_of_three(refused) < 0.1


def test_the_deepest_body_that_fits_the_limit_does_no_harm() -> None:
    deep = b"<xml>" + b"<a>" * 9000 + b"</a>" * 9000 + b"</xml>"
    with pytest.raises(UnknownShape):
        parse(deep)


_PIECES = st.sampled_from(
    [
        "<xml>",
        "</xml>",
        "<MsgType>",
        "</MsgType>",
        "text",
        "event",
        "<![CDATA[",
        "]]>",
        "&lt;",
        "&#xD800;",
        "<!--",
        "<?",
    ]
)
_NAMES = st.sampled_from(
    ["ToUserName", "FromUserName", "CreateTime", "MsgId", "MsgType", "Content", "Event", "MediaId"]
)
_VALUES = st.one_of(st.text(max_size=20), st.sampled_from(["text", "image", "location", "event", "1", "oX"]))


@given(
    st.one_of(st.binary(max_size=400), st.lists(st.one_of(_PIECES, st.text(max_size=8))).map("".join).map(str.encode))
)
@settings(max_examples=400)
def test_odd_bytes_are_refused_and_nothing_else_happens(junk: bytes) -> None:
    with pytest.raises(OddBody):
        parse(junk)


@given(st.dictionaries(_NAMES, _VALUES))
@settings(max_examples=400)
def test_odd_fields_are_either_read_or_refused(fields: dict[str, str]) -> None:
    try:
        message = parse(body(**{name: legal(value).replace("]]>", "") for name, value in fields.items()}))
    except OddBody:
        return
    assert message.openid
    assert message.message_id


@given(st.text(alphabet=st.characters()))
def test_a_reply_brings_any_text_back_without_illegal_characters(text: str) -> None:
    read = fromstring(reply("gh_1", "oX", text, now=NOW))
    assert read.findtext("Content") == legal(text).replace("\r\n", "\n").replace("\r", "\n")
    assert read.findtext("CreateTime") == "1795338000"


@pytest.mark.parametrize("text", ["]]>", "]]]]>>", "a]]>b]]>c", "]]><MsgType>image</MsgType>"])
def test_the_end_of_cdata_inside_a_text_stays_text(text: str) -> None:
    read = fromstring(reply("gh_1", "oX", text, now=NOW))
    assert read.findtext("Content") == text
    assert [child.tag for child in read] == ["ToUserName", "FromUserName", "CreateTime", "MsgType", "Content"]


def test_characters_that_xml_cannot_hold_are_dropped() -> None:
    assert legal("a\x00b\x0bc\ud800d\uffffe\tf\n😀") == "abcde\tf\n😀"


def test_a_transfer_names_the_account_and_carries_no_text() -> None:
    made = fromstring(transfer("gh_1", "oA]]>", "kf2001@gh_1", now=NOW))

    assert made.findtext("MsgType") == "transfer_customer_service"
    assert made.findtext("TransInfo/KfAccount") == "kf2001@gh_1"
    assert (made.findtext("ToUserName"), made.find("Content")) == ("oA]]>", None)
