import json

from kb_ingest import own
from kb_ingest.documents.model import Block, Document

GOOD = {
    "id": "a",
    "type": "faq",
    "title": "标题",
    "question": "怎么做",
    "similar": ["咋做"],
    "answer": "这样\n那样\n",
    "versions": ">=6.0",
    "variants": [{"versions": "<6.0", "label": "5.x", "answer": "旧办法"}],
}


def records(*items: object) -> own.Own:
    blocks = tuple(Block("record", json.dumps(item), line) for line, item in enumerate(items, 1))
    return own.records(Document("a.yml", blocks))


def test_a_good_entry_comes_through_unchanged() -> None:
    found = records(GOOD)

    ((_, entry),) = own.cleaned(found, own.as_table(found))

    assert entry is not None
    assert entry == found.entries[1]
    assert (entry.answer, entry.similar, entry.variants[0].answer) == ("这样\n那样\n", ("咋做",), "旧办法")


def test_every_mistake_is_said_with_its_line() -> None:
    found = records(GOOD, "text", {**GOOD, "id": "b", "answer": ""}, {**GOOD, "id": "c", "type": "poem"}, GOOD)

    assert [(mistake.row, mistake.message) for mistake in found.mistakes] == [
        (2, "应是“键: 值”的集合"),
        (3, "缺少 answer，或不是文字"),
        (4, "type“poem”不认识；可以是 case、error_code、faq、howto、policy、release、runbook、video"),
        (5, "编号 a 与第 1 行的条目重复；只收入了前面一条"),
    ]


def test_cleaned_texts_go_back_to_where_they_came_from() -> None:
    found = records(GOOD)
    table = own.as_table(found)
    ((line, cells),) = table.numbered_rows()

    ((_, entry),) = own.cleaned(found, table.with_rows(((line, tuple(cell.replace("那样\n", "") for cell in cells)),)))

    assert entry is not None
    assert entry.answer == "这样\n"


def test_an_entry_that_lost_its_answer_is_lost() -> None:
    found = records(GOOD)

    assert list(own.cleaned(found, Block("table", "", 1))) == [(1, None)]
