from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.console.knowledge.uploads import safe_name


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("用户手册（6.2）.docx", "用户手册（6.2）.docx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\a.csv", "a.csv"),
        (".bashrc", "bashrc"),
        ("..", "file"),
        ("", "file"),
        ("a\x00b\n.pdf", "a_b_.pdf"),
        ("a<b>:c?.xlsx", "a_b__c_.xlsx"),
        ("x" * 300 + ".pdf", "x" * 180 + ".pdf"),
        ("手" * 100 + ".docx", "手" * 60 + ".docx"),
        ("a" + "手" * 100, "a" + "手" * 59),
    ],
)
def test_only_the_last_part_is_kept_without_what_means_something(name: str, kept: str) -> None:
    assert safe_name(name) == kept


@given(st.text(max_size=300))
def test_a_name_always_stays_inside_its_folder(name: str) -> None:
    kept = safe_name(name)
    assert kept
    assert len(kept.encode()) + len("-20") <= 255  # bytes; what file systems take
    assert Path("folder", kept).parent == Path("folder")
    assert not kept.startswith(".")
    assert kept.isprintable()
