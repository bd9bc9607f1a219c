import pytest

from retrieval.errors import BadEntry
from retrieval.knowledge.entry import Entry, read_entries, write_entries
from tests.unit.retrieval.corpus import ENTRIES


def test_entries_survive_the_file(tmp_path):
    write_entries(tmp_path / "entries.jsonl", ENTRIES)

    assert read_entries(tmp_path / "entries.jsonl") == ENTRIES


def test_equal_content_has_equal_version_and_a_changed_word_another():
    first = ENTRIES[0]
    data = first.to_json()

    assert Entry.from_json(data).version == first.version
    assert Entry.from_json({**data, "answer": data["answer"] + "！"}).version != first.version


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", "line 2: not JSON"),
        ("[]", "line 2: not a JSON object"),
        ('{"id": "a", "type": "faq", "title": "t", "question": "q"}', "line 2: entry 'a': answer is missing"),
        ('{"id": "a", "type": "poem", "title": "t", "question": "q", "answer": "a"}', "'poem' is none of"),
        ('{"id": "a", "type": "faq", "title": "t", "question": "q", "answer": "a", "similar": "x"}', "must be a list"),
    ],
)
def test_a_bad_line_is_refused_by_its_number(tmp_path, line, complaint):
    path = tmp_path / "entries.jsonl"
    write_entries(path, ENTRIES[:1])
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")

    with pytest.raises(BadEntry, match=complaint):
        read_entries(path)


def test_an_id_that_repeats_is_refused(tmp_path):
    write_entries(tmp_path / "entries.jsonl", [ENTRIES[0], ENTRIES[0]])

    with pytest.raises(BadEntry, match="occurs twice"):
        read_entries(tmp_path / "entries.jsonl")
