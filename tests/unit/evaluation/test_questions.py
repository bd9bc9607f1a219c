from __future__ import annotations

from pathlib import Path

import pytest

from evaluation.labelled import (
    Question,
    answering_intents,
    other_script,
    read_questions,
    read_training,
    split,
    write_rasa,
)
from evaluation.overlap import seen_before


def test_a_label_may_be_called_id(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text('{"text": "打不开", "id": "faq-crash"}\n\n{"text": "你好", "label": "greet"}\n', encoding="utf-8")

    assert [question.label for question in read_questions(file)] == ["faq-crash", "greet"]


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text('{"text": "打不开"}\n["text"]\n', encoding="utf-8")

    with pytest.raises(ValueError, match=r"questions\.jsonl line 2"):
        read_questions(file)


def test_what_is_written_for_rasa_reads_back_the_same(tmp_path: Path) -> None:
    questions = (Question("打不开: 怎么办", "crash"), Question("- 你好", "greet"), Question("#1 报错", "crash"))

    written = write_rasa(tmp_path / "nlu.yml", questions)

    assert sorted(read_training(written), key=str) == sorted(questions, key=str)


def test_the_split_takes_the_same_share_of_every_label() -> None:
    questions = [Question(f"{label}{number}", label) for label in "ab" for number in range(20)]

    kept, held = split(questions, 0.1)

    assert sorted(question.label for question in held) == ["a", "a", "b", "b"]
    assert {question.text for question in kept} | {question.text for question in held} == {q.text for q in questions}


def test_a_question_turns_into_the_other_script_and_keeps_its_label() -> None:
    other = other_script(Question("软件打不开", "crash", "hans"))

    assert (other.text, other.script, other.label) == ("軟體打不開", "hant", "crash")


def test_answering_intents_are_those_whose_rule_goes_straight_to_the_knowledge_base(tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text(
        "rules:\n"
        "- {rule: a, steps: [{intent: crash}, {action: action_answer}]}\n"
        "- {rule: b, steps: [{intent: greet}, {action: utter_greet}]}\n"
        "- {rule: c, steps: [{active_loop: form}, {intent: login}, {action: action_answer}]}\n",
        encoding="utf-8",
    )

    assert answering_intents(tmp_path) == {"crash"}


@pytest.mark.parametrize("text", ["软件打不开！", "軟體打不開", "软件打不开"])
def test_punctuation_and_script_do_not_make_a_wording_new(text: str) -> None:
    assert seen_before([text], ["软件打不开"]) == [True]


@pytest.mark.parametrize("text", ["系统进不去", "😀", "打不开软件怎么办啊急死了"])
def test_other_words_are_new(text: str) -> None:
    assert seen_before([text], ["软件打不开", "！！！"]) == [False]
