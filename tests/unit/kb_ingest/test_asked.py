from pathlib import Path

import pytest

from kb_ingest.asked import read_asked
from kb_ingest.errors import BadSource

KNOWN = frozenset({"faq-a"})


def test_questions_of_all_files_are_read_with_their_entry(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "怎么弄", "id": "faq-a", "style": "terse"}\n\n', encoding="utf-8")

    assert read_asked(tmp_path, KNOWN) == {"怎么弄": "faq-a"}


def test_no_file_is_no_question(tmp_path: Path) -> None:
    assert read_asked(tmp_path, KNOWN) == {}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "应是 JSON 对象"),
        ("[1]", "应是 JSON 对象"),
        ('{"text": "怎么弄"}', "应是 JSON 对象"),
        ('{"text": " ", "id": "faq-a"}', "text 为空"),
        ('{"text": "怎么弄", "id": "faq-x"}', "没有编号为 faq-x 的条目"),
    ],
)
def test_a_mistake_names_file_and_line(tmp_path: Path, line: str, problem: str) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "好", "id": "faq-a"}\n' + line + "\n", encoding="utf-8")

    with pytest.raises(BadSource) as error:
        read_asked(tmp_path, KNOWN)

    assert "a.jsonl 第 2 行" in error.value.problems[0]
    assert problem in error.value.problems[0]
