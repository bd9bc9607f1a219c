from __future__ import annotations

from dataclasses import replace

import pytest

from contract.decisions import Answer, Choices
from retrieval.asking.answers import decision_of, decision_picked
from retrieval.errors import BadEntry
from retrieval.knowledge.entry import Entry, Variant
from retrieval.knowledge.versions import check, covers
from tests.unit.retrieval.corpus import ENTRIES, retriever

OLD = Variant("5.2-5.4", "5.2–5.4", "在前台等进度条走完。")
NEW = Variant(">=6.0", "6.0 及以上", "到【导入日志】里看后台任务。")
WATCH = replace(
    ENTRIES[0], id="how-watch", type="howto", code=None, title="导入进度在哪里看", question="导入进度在哪里看",
    similar=("导到哪一步了怎么看",), answer="看法因版本而异。", variants=(OLD, NEW),
)  # fmt: skip


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    return retriever(tmp_path_factory.mktemp("index"), (*ENTRIES, WATCH))


@pytest.mark.parametrize(
    ("versions", "inside", "outside"),
    [
        ("*", ["5.2", "6.2.1"], []),
        ("", ["5.2"], []),
        (">=6.0", ["6", "6.0", "6.2.3", "10.0"], ["5.4", "5.9.9"]),
        ("<6.0", ["5.4.8"], ["6.0", "6.0.1"]),
        ("5.2-5.4", ["5.2", "5.3.1", "5.4.9"], ["5.1", "5.5", "6.0"]),
        ("6.1", ["6.1", "6.1.4"], ["6.10", "6.2", "6.0"]),
        ("5.x", ["5.2", "5.4.1"], ["6.0"]),
        ("5.2, >=6.1", ["5.2.1", "6.1"], ["5.3", "6.0"]),
    ],
)
def test_a_version_lies_within_its_range(versions, inside, outside):
    check(versions)

    assert [version for version in inside + outside if covers(versions, version)] == inside


@pytest.mark.parametrize("versions", ["新版", ">= six", "5.2 到", "~6"])
def test_what_is_no_range_is_refused_and_covers_nothing(versions):
    with pytest.raises(BadEntry, match="is no range"):
        check(versions)
    assert not covers(versions, "6.0")


def test_without_a_version_the_asker_is_asked_for_it(asked):
    result = asked.ask("导入进度在哪里看")
    decision = decision_of(result, asked)

    assert (result.decision, result.reason) == ("choices", "version")
    assert isinstance(decision, Choices)
    assert decision.about == "version"
    assert [(option.id, option.label) for option in decision.options] == [
        ("how-watch@5.2-5.4", "5.2–5.4"),
        ("how-watch@>=6.0", "6.0 及以上"),
    ]


@pytest.mark.parametrize(
    ("question", "known", "said"),
    [
        ("导入进度在哪里看", "6.1", NEW),
        ("导入进度在哪里看", "5.3", OLD),
        ("我们用的是5.4版本，导入进度在哪里看", "6.1", OLD),
    ],
)
def test_a_known_version_gets_its_own_answer_and_the_one_in_the_question_wins(asked, question, known, said):
    decision = decision_of(asked.ask(question, version=known), asked)

    assert isinstance(decision, Answer)
    assert decision.blocks == (said.answer,)
    assert said.label in decision.title


def test_a_version_without_an_answer_of_its_own_gets_the_general_one(asked):
    decision = decision_of(asked.ask("导入进度在哪里看", version="4.0"), asked)

    assert isinstance(decision, Answer)
    assert decision.blocks == ("看法因版本而异。",)


def test_an_entry_that_does_not_depend_on_the_version_never_asks_for_it(asked):
    assert asked.ask("怎么导入材料清单").decision == "answer"


def test_a_picked_version_gets_its_answer_and_a_picked_entry_asks_only_if_need_be():
    def picked(versions="", known=None):
        return decision_picked(WATCH, versions, known=known, build_id="b", trace_id="t")

    assert picked(">=6.0").blocks == (NEW.answer,)
    assert picked(known="5.2").blocks == (OLD.answer,)
    assert picked().about == "version"


def test_two_answers_to_one_question_have_two_traces(asked):
    traces = {asked.ask("导入进度在哪里看", version=version).trace_id for version in (None, "5.2", "6.2")}

    assert len(traces) == 3


def test_variants_survive_json_and_change_the_content_version():
    assert Entry.from_json(WATCH.to_json()) == WATCH
    assert replace(WATCH, variants=()).version != WATCH.version
    assert "variants" not in ENTRIES[0].to_json()


@pytest.mark.parametrize(
    "variants", ["x", [{"versions": "6.0"}], [{"versions": "新版", "label": "新", "answer": "a"}], ["x"], {"a": 1}]
)
def test_broken_variants_are_refused(variants):
    with pytest.raises(BadEntry, match="how-watch"):
        Entry.from_json({**WATCH.to_json(), "variants": variants})
