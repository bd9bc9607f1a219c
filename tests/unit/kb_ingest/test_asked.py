from pathlib import Path

import pytest

from kb_ingest.asked import Asked, read_asked
from kb_ingest.errors import BadSource

KNOWN = frozenset({"faq-a"})


def write(folder: Path, name: str, *lines: str) -> None:
    (folder / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")


def test_questions_of_all_files_are_read_with_their_entry(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "怎么弄", "id": "faq-a", "style": "terse"}\n\n', encoding="utf-8")

    assert read_asked(tmp_path, KNOWN) == Asked({"怎么弄": "faq-a"})


def test_no_file_is_no_question(tmp_path: Path) -> None:
    assert read_asked(tmp_path, KNOWN) == Asked()


def test_a_question_without_an_id_is_one_that_no_entry_answers(tmp_path: Path) -> None:
    write(tmp_path, "a", '{"text": "今天天气", "id": null}', '{"text": "怎么弄", "id": "faq-a"}')
    write(tmp_path, "b", '{"text": "今天天气", "id": null, "why": "无关"}', '{"text": "发票抬头", "id": null}')

    assert read_asked(tmp_path, KNOWN) == Asked({"怎么弄": "faq-a"}, ("今天天气", "发票抬头"))


def test_lines_that_contradict_each_other_are_named_wherever_they_stand(tmp_path: Path) -> None:
    write(tmp_path, "a", '{"text": "怎么弄", "id": "faq-a"}', '{"text": "发票抬头", "id": null}')
    write(tmp_path, "b", '{"text": "怎么弄", "id": null}', '{"text": "发票抬头", "id": "faq-x"}')

    with pytest.raises(BadSource) as error:
        read_asked(tmp_path, KNOWN)

    assert len(error.value.problems) == 2
    assert "b.jsonl 第 2 行" in error.value.problems[0]
    assert "“怎么弄”" in error.value.problems[1]
    assert "null" in error.value.problems[1]


def test_ids_are_taken_as_they_are_where_no_entries_are_known(tmp_path: Path) -> None:
    write(tmp_path, "a", '{"text": "怎么弄", "id": "faq-gone"}', '{"text": "今天天气", "id": null}')

    assert read_asked(tmp_path, None) == Asked({"怎么弄": "faq-gone"}, ("今天天气",))


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
