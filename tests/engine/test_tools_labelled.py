from __future__ import annotations

import json
from pathlib import Path

import pytest
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.loading import load_data

from bot.tools.errors import BadInput
from bot.tools.labelled import Example, Names, hold_out, read_to_train, said, write_rasa
from bot.tools.lines import as_line, read_objects, write_objects

ODD_LABELS = ["a/b", "登录 问题", "x+y", "out_of_scope", "nlu_fallback", "label_0", "plain", "[](){}"]
ODD_TEXTS = [
    "帮我[导出](format:x)报表",
    '[导入]{"entity": "x"}',
    "两\n行",
    "报表\u2028分隔",
    "我要匯出報表",
    "  前后有空格 ",
    "a: b # c",
    "😀",
]


def lines(path: Path, *rows: str) -> Path:
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def test_any_text_and_label_reaches_rasa_as_it_is(tmp_path: Path) -> None:
    names = Names(ODD_LABELS)
    examples = [Example(text, label) for text, label in zip(ODD_TEXTS, ODD_LABELS, strict=True)]
    write_rasa(tmp_path / "nlu.json", examples, names)

    read = load_data(str(tmp_path / "nlu.json")).training_examples

    assert [message.get(TEXT) for message in read] == [text.strip() for text in ODD_TEXTS]
    assert [names.label(message.get(INTENT)) for message in read] == ODD_LABELS
    assert not any(message.get(ENTITIES) for message in read)


def test_every_label_has_a_name_of_its_own() -> None:
    names = Names(ODD_LABELS)

    safe = [names.safe(label) for label in ODD_LABELS]

    assert len(set(safe)) == len(ODD_LABELS)
    assert names.safe("plain") == "plain"
    assert not {"out_of_scope", "nlu_fallback"} & set(safe)


@pytest.mark.parametrize(("written", "heard"), [("/restart", "restart"), (" //x", "x"), ("/", "/"), ("1/2", "1/2")])
def test_no_text_is_a_command(written: str, heard: str) -> None:
    assert said(written) == heard


def test_every_label_with_two_examples_is_held_out_and_trained_on() -> None:
    examples = [Example(f"{label}{i}", label) for label, count in (("a", 30), ("b", 2), ("c", 1)) for i in range(count)]

    kept, held = hold_out(examples, 0.1)

    assert sorted(example.label for example in held) == ["a", "a", "a", "b"]
    assert {example.label for example in kept} == {"a", "b", "c"}
    assert sorted(kept + held, key=str) == sorted(examples, key=str)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "不是 JSON"),
        ("[]", "不是 JSON 对象"),
        ('{"label": "a"}', "缺少字符串 text"),
        ('{"text": 1, "label": "a"}', "缺少字符串 text"),
        ('{"text": " ", "label": "a"}', "text 是空的"),
        ('{"text": "a"}', "缺少 label"),
        ('{"text": "a", "label": " "}', "缺少 label"),
        ("[" * 100_000, "嵌套太深"),
    ],
)
def test_a_bad_line_is_told_with_its_number(tmp_path: Path, line: str, reason: str) -> None:
    path = lines(tmp_path / "train.jsonl", '{"text": "好", "label": "a"}', "", line)

    with pytest.raises(BadInput, match=rf"train.jsonl 第 3 行：.*{reason}"):
        read_to_train(path)


def test_bytes_that_are_no_utf8_are_told_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "gbk.jsonl"
    path.write_bytes(b'{"text": "a"}\n{"text": "\xc4\xe3"}\n')

    with pytest.raises(BadInput, match="第 2 行：不是 UTF-8"):
        read_objects(path)


def test_a_single_label_cannot_be_trained(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="至少需要两个"):
        read_to_train(lines(tmp_path / "one.jsonl", '{"text": "好", "label": "a"}'))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="没有找到文件"):
        read_objects(tmp_path / "absent.jsonl")


def test_line_separators_inside_a_text_end_no_line(tmp_path: Path) -> None:
    path = lines(tmp_path / "odd.jsonl", '\ufeff{"text": "一\u2028二"}', '{"text": "", "id": 7}')

    assert read_objects(path) == [{"text": "一\u2028二"}, {"text": "", "id": 7}]


def test_what_is_written_can_be_read_again(tmp_path: Path) -> None:
    objects = [{"text": "半\ud83d字"}, {"text": "整字"}]
    write_objects(tmp_path / "out.jsonl", objects)

    assert read_objects(tmp_path / "out.jsonl") == objects
    assert "整字" in (tmp_path / "out.jsonl").read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]


def test_half_a_character_is_escaped_in_json() -> None:
    assert json.loads(as_line({"text": "\ud83d"})) == {"text": "\ud83d"}
    assert as_line({"text": "\ud83d"}).isascii()
