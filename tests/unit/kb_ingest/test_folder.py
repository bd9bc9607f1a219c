from pathlib import Path

import pytest

from kb_ingest.errors import BadSource, NothingToPublish
from kb_ingest.folder import read_folder

GOOD = """\
- id: faq-a
  type: faq
  title: 标题
  question: 怎么做
  similar: [怎么弄, 咋整]
  answer: 这样做。
"""


def test_entries_of_all_folders_are_read_in_order(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "a.yml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "b" / "c.yml").write_text(GOOD.replace("faq-a", "faq-b"), encoding="utf-8")

    assert [entry.id for entry in read_folder(tmp_path)] == ["faq-a", "faq-b"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- id: [", "无法解析"),
        ("id: faq-a", "应是条目列表"),
        ("- just text", "第 1 条：应是“键: 值”的集合"),
        (GOOD + GOOD, "编号 faq-a 重复"),
        (GOOD.replace("answer: 这样做。", "answer: ''"), "answer"),
        (GOOD.replace("type: faq", "type: poem"), "poem"),
    ],
)
def test_a_mistake_names_file_and_place(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "bad.yml").write_text(text, encoding="utf-8")

    with pytest.raises(BadSource) as error:
        read_folder(tmp_path)

    assert "bad.yml" in error.value.problems[0]
    assert problem in error.value.problems[0]


def test_all_mistakes_are_reported_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("id: x", encoding="utf-8")
    (tmp_path / "b.yml").write_text("- 1\n- 2\n", encoding="utf-8")

    with pytest.raises(BadSource) as error:
        read_folder(tmp_path)

    assert len(error.value.problems) == 3


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "gbk.yml").write_bytes(GOOD.encode("gbk"))

    with pytest.raises(BadSource, match=r"gbk\.yml"):
        read_folder(tmp_path)


def test_an_empty_folder_publishes_nothing(tmp_path: Path) -> None:
    with pytest.raises(NothingToPublish):
        read_folder(tmp_path)
