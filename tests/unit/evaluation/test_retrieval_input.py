from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from evaluation.errors import BadInput
from evaluation.retrieval_input import NO_ANSWER, Base, read_base, read_trial
from retrieval.indexing.tokens import char_tokens
from zhtext.contacts import AllowList

NOW = datetime(2026, 1, 5, tzinfo=timezone.utc)
IDS = frozenset({"1", "2", "a"})


def lines(path: Path, *objects: Mapping[str, Any]) -> Path:
    path.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in objects), encoding="utf-8")
    return path


def base(folder: Path, *objects: Mapping[str, Any], allow: AllowList | None = None) -> Base:
    return read_base(lines(folder / "entries.jsonl", *objects), allow or AllowList(), NOW)


def test_a_bare_question_is_an_entry(tmp_path: Path) -> None:
    found = base(tmp_path, {"id": 1, "question": "怎么开票"})

    (entry,) = found.entries
    assert (entry.id, entry.title, entry.type, entry.similar) == ("1", "怎么开票", "faq", ())
    assert found.without_answer == 1


def test_the_answer_that_stands_for_none_holds_nothing_to_find() -> None:
    assert char_tokens(NO_ANSWER) == []


def test_what_the_vendor_writes_beside_it_is_no_matter(tmp_path: Path) -> None:
    given = {"id": "7", "question": "怎么开票", "similar": None, "answer": None, "versions": {"x": 1}, "type": "问答"}

    (entry,) = base(tmp_path, given).entries

    assert (entry.id, entry.versions, entry.type) == ("7", "", "faq")


def test_a_type_of_ours_is_kept(tmp_path: Path) -> None:
    (entry,) = base(tmp_path, {"id": 1, "question": "能退款吗", "answer": "七天内可以。", "type": "policy"}).entries

    assert entry.type == "policy"


def test_an_entry_of_our_own_keeps_everything(tmp_path: Path) -> None:
    given = {
        "id": "e",
        "type": "error_code",
        "title": "E_1 超时",
        "question": "E_1 是什么",
        "answer": "重试。",
        "code": "E_1",
    }

    (entry,) = base(tmp_path, given).entries

    assert (entry.type, entry.title, entry.code) == ("error_code", "E_1 超时", "E_1")


def test_one_similar_question_needs_no_list(tmp_path: Path) -> None:
    (entry,) = base(tmp_path, {"id": 1, "question": "怎么开票", "similar": "开发票", "answer": "点开票。"}).entries

    assert entry.similar == ("开发票",)


def test_what_the_ingest_refuses_is_told_with_its_line(tmp_path: Path) -> None:
    found = base(
        tmp_path,
        {"id": 1, "question": "怎么开票", "answer": "点开票。"},
        {"id": 2, "question": "怎么找你们", "answer": "打 13812345678"},
    )

    assert [entry.id for entry in found.entries] == ["1"]
    assert found.ids == {"1", "2"}
    assert [(lost.id, lost.line) for lost in found.left_out] == [("2", 2)]
    assert found.cleaned["contacts"] == 1


def test_the_vendors_own_contacts_stay(tmp_path: Path) -> None:
    allow = AllowList(frozenset({"13812345678"}))

    found = base(tmp_path, {"id": 2, "question": "怎么找你们", "answer": "打 13812345678"}, allow=allow)

    assert found.left_out == ()
    assert found.entries[0].answer == "打 13812345678"


def test_more_entries_than_one_file_takes_keep_their_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evaluation.retrieval_input._PER_FILE", 2)
    given = [{"id": number, "question": f"怎么做第{number}步", "answer": "点保存。"} for number in range(1, 6)]
    given[4]["answer"] = "打 13812345678"

    found = base(tmp_path, *given)

    assert [entry.id for entry in found.entries] == ["1", "2", "3", "4"]
    assert [(lost.id, lost.line) for lost in found.left_out] == [("5", 5)]


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ({"id": 1, "question": "怎么开票"}, "第 2 行：编号 1 与第 1 行重复"),
        ({"id": "1", "question": "怎么开票"}, "第 2 行：编号 1 与第 1 行重复"),
        ({"question": "怎么开票"}, "第 2 行：缺少 id"),
        ({"id": 2}, "第 2 行：缺少 question"),
        ({"id": 2, "question": " "}, "第 2 行：缺少 question"),
        ({"id": 2, "question": "？？"}, "第 2 行：question 里没有文字"),
        ({"id": 2, "question": "怎么开票", "similar": [1]}, "第 2 行：similar 应是文字的列表"),
        ({"id": 2, "question": "怎么开票", "answer": ["点"]}, "第 2 行：answer 应是文字"),
    ],
)
def test_a_bad_entry_is_named_by_its_line(tmp_path: Path, second: Mapping[str, Any], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        base(tmp_path, {"id": 1, "question": "怎么退货"}, second)


def test_where_nothing_gets_in_the_reason_is_given(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="没有一条能收入"):
        base(tmp_path, {"id": 1, "question": "怎么找你们", "answer": "打 13812345678"})


def test_a_folder_is_read_with_the_real_questions_beside_it(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(
        "- {id: a, type: faq, title: 开票, question: 怎么开票, answer: 点开票。}\n", encoding="utf-8"
    )
    lines(tmp_path / "asked.jsonl", {"text": "票咋开", "id": "a"})

    found = read_base(tmp_path, AllowList(), NOW)

    assert found.ids == {"a"}
    assert found.asked == {"票咋开": "a"}


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="没有任何条目"):
        read_base(tmp_path, AllowList(), NOW)


def test_questions_without_an_id_join_those_that_nothing_answers(tmp_path: Path) -> None:
    queries = lines(tmp_path / "q.jsonl", {"text": "票咋开", "id": 1}, {"text": "天气", "id": None}, {"text": "股票"})
    oos = lines(tmp_path / "oos.jsonl", {"text": "唱首歌", "id": "song", "ring": "far"})

    trial = read_trial([queries], oos, IDS)

    assert [question.text for question in trial.queries] == ["票咋开"]
    assert [question.text for question in trial.oos] == ["天气", "股票", "唱首歌"]
    assert trial.oos[2].ring == "far"


def test_several_files_and_further_right_ids_are_read(tmp_path: Path) -> None:
    first = lines(tmp_path / "1.jsonl", {"text": "票咋开", "id": 1, "also": [2]})
    second = lines(tmp_path / "2.jsonl", {"text": "退货", "id": "a", "script": "hans"})

    one, other = read_trial([first, second], None, IDS).queries

    assert [one.takes(name) for name in ("1", "2", "a", "")] == [True, True, False, False]
    assert (other.label, other.script) == ("a", "hans")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"text": "票", "id": 9}, "q.jsonl 第 2 行：没有编号为 9 的条目"),
        ({"text": "票", "id": 1, "also": ["9"]}, "第 2 行：没有编号为 9 的条目"),
        ({"text": "票", "also": [1]}, "第 2 行：写了 also 却没有 id"),
        ({"id": 1}, "第 2 行：缺少 text"),
    ],
)
def test_a_bad_question_is_named_by_its_line(tmp_path: Path, given: Mapping[str, Any], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        read_trial([lines(tmp_path / "q.jsonl", {"text": "票", "id": 1}, given)], None, IDS)


def test_questions_that_all_have_no_answer_measure_nothing(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="没有一个写着条目编号"):
        read_trial([lines(tmp_path / "q.jsonl", {"text": "天气"})], None, IDS)


def test_a_question_with_an_entry_is_no_stranger(tmp_path: Path) -> None:
    asked = lines(tmp_path / "q.jsonl", {"text": "票", "id": 1})

    with pytest.raises(BadInput, match="--oos 只放条目答不了的问题"):
        read_trial([asked], asked, IDS)
