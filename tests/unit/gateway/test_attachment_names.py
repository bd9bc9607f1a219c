from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.attachments.names import ENDINGS, LONGEST, safe_name
from gateway.attachments.serving import disposition


@pytest.mark.parametrize(
    ("given_name", "media_type", "name"),
    [
        ("截图.png", "image/png", "截图.png"),
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("C:\\Users\\王工\\运行.log", "text/plain", "运行.log"),
        ("a\u202egnp.exe", "image/png", "agnp.exe.png"),
        ("photo.gif", "image/png", "photo.png"),
        ("photo.jpeg", "image/jpeg", "photo.jpeg"),
        ("", "image/png", "file.png"),
        (".png", "image/png", ".png.png"),
        ("...", "application/pdf", "file.pdf"),
        ('a"b\r\nSet-Cookie: x.png', "image/png", "a_bSet-Cookie_ x.png"),
        ("log.bat", "text/plain", "log.bat.txt"),
        ("报告.2026", "application/pdf", "报告.2026.pdf"),
    ],
)
def test_names_lead_nowhere_and_end_as_their_content_does(given_name: str, media_type: str, name: str) -> None:
    assert safe_name(given_name, media_type).lstrip(".") == name.lstrip(".")


def test_a_name_of_three_hundred_characters_keeps_its_ending() -> None:
    name = safe_name("长" * 300 + ".docx", "application/zip")

    assert len(name) == LONGEST
    assert name.endswith(".zip")


@given(st.text(max_size=400), st.sampled_from([*ENDINGS, "x/y"]))
def test_no_name_holds_anything_that_means_something_to_a_system(given_name: str, media_type: str) -> None:
    name = safe_name(given_name, media_type)

    assert 0 < len(name) <= LONGEST
    assert not set(name) & set('\\/:*?"<>|')
    assert not any(unicodedata.category(char)[0] == "C" for char in name)


@given(st.text(max_size=100))
def test_a_name_never_breaks_out_of_its_header(given_name: str) -> None:
    header = disposition(safe_name(given_name, "text/plain"), inline=False)

    assert header.isascii()
    assert header.count('"') == 2
    assert not set(header) & {"\r", "\n", "\0"}
