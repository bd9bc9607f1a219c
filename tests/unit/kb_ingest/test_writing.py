from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb_ingest.errors import BadSource
from kb_ingest.folder import read_folder
from kb_ingest.writing import KEYS, as_yaml, file_of, write_folder
from retrieval.knowledge.entry import Entry, Variant

CORPUS = Path(__file__).parents[3] / "kb"
ENTRY = Entry("faq-a", "faq", "标题", "怎么做", "1. 这样\n2. 那样\n", ("咋做",), topic="data_import")


def written(folder: Path, *entries: Entry) -> tuple[Entry, ...]:
    write_folder(folder, entries)
    return read_folder(folder)


def test_every_key_of_an_entry_is_written() -> None:
    assert set(KEYS) == {field.name for field in fields(Entry)}


def test_the_whole_corpus_is_written_and_read_back_exactly(tmp_path: Path) -> None:
    corpus = read_folder(CORPUS)

    assert sorted(written(tmp_path, *corpus), key=lambda entry: entry.id) == sorted(corpus, key=lambda entry: entry.id)


def test_new_entries_are_laid_out_by_type_and_topic(tmp_path: Path) -> None:
    code = Entry("err-1", "error_code", "码", "报错", "重试", topic="导入/导出", code="E-1")

    write_folder(tmp_path, [ENTRY, code, Entry("pol-1", "policy", "政策", "收费吗", "按合同")])

    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.yml")) == [
        "error_codes/导入_导出.yml",
        "faq/data_import.yml",
        "policies/general.yml",
    ]


def test_texts_of_several_lines_are_blocks_that_people_can_read() -> None:
    assert "  answer: |\n    1. 这样\n    2. 那样\n" in as_yaml([ENTRY])


def test_writing_again_touches_nothing(tmp_path: Path) -> None:
    write_folder(tmp_path, [ENTRY])

    assert write_folder(tmp_path, [ENTRY]) == ()


def test_an_entry_stays_in_the_file_it_stands_in_and_others_are_not_touched(tmp_path: Path) -> None:
    for name, entry_id in (("mine.yml", "faq-a"), ("other.yml", "faq-b")):
        text = f"- id: {entry_id}  # 手写的注释\n  type: faq\n  title: t\n  question: q\n  answer: a\n"
        (tmp_path / name).write_text(text, encoding="utf-8")
    first, second = read_folder(tmp_path)

    changed = write_folder(tmp_path, [Entry("faq-a", "faq", "t", "q", "新答案"), second])

    assert changed == (tmp_path / "mine.yml",)
    assert "手写的注释" in (tmp_path / "other.yml").read_text(encoding="utf-8")
    assert {entry.answer for entry in read_folder(tmp_path)} == {"新答案", first.answer}


def test_an_entry_that_is_gone_is_gone_with_its_empty_file(tmp_path: Path) -> None:
    other = Entry("pol-1", "policy", "政策", "收费吗", "按合同")
    write_folder(tmp_path, [ENTRY, other])

    assert written(tmp_path, other) == (other,)
    assert not (tmp_path / "faq" / "data_import.yml").exists()


def test_a_file_that_is_no_list_of_entries_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "settings.yml").write_text("a: 1\n", encoding="utf-8")

    with pytest.raises(BadSource, match=r"settings\.yml"):
        write_folder(tmp_path, [ENTRY])
    assert [path.name for path in tmp_path.iterdir()] == ["settings.yml"]


def test_two_entries_of_one_id_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(BadSource, match="faq-a 重复"):
        write_folder(tmp_path, [ENTRY, ENTRY])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("topic", ["../../etc/passwd", "a/b", "", "..", "\x00", "长" * 300])
def test_a_topic_is_never_a_way_out_of_the_folder(topic: str) -> None:
    path = file_of(Entry("faq-a", "faq", "t", "q", "a", topic=topic))

    assert len(path.parts) == 2
    assert ".." not in path.parts


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60).filter(str.strip)
LINES = st.lists(
    st.sampled_from(
        [
            "",
            " ",
            "  缩进",
            "- x",
            "# y",
            "a: b",
            "'",
            '"',
            "|",
            "\t",
            "~",
            "null",
            "2026-12-15",
            "字" * 300,
            "\r",
            "\x85",
            "\u2028",
            "\ufeff",
            "\x07",
        ]
    ),
    min_size=1,
    max_size=6,
)
ANSWER = st.one_of(TEXT, LINES.map("\n".join)).filter(str.strip)
ENTRIES = st.builds(
    Entry,
    st.just("faq-a"),
    st.sampled_from(["faq", "error_code"]),
    ANSWER,
    ANSWER,
    ANSWER,
    st.lists(TEXT, max_size=3).map(tuple),
    code=st.one_of(st.none(), st.sampled_from(["0042", "1e3", "yes", "0x10", "ERR-1"])),
    versions=st.sampled_from(["", "*", ">=6.0"]),
    review=st.sampled_from(["", "2026-12-15"]),
    workaround=st.one_of(st.none(), TEXT.map(str.strip).filter(bool)),
    variants=st.one_of(
        st.just(()), st.just((Variant(">=6.0", "6.0 起", "这样\n那样"), Variant("<6.0", "5.x", "0042")))
    ),
)


@given(ENTRIES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
def test_any_entry_is_read_back_exactly(tmp_path: Path, entry: Entry) -> None:
    assert written(tmp_path, entry) == (entry,)
