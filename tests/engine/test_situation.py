from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.situation import CHOICES, FLAGS, Situations, from_arrays, situation_features, to_arrays
from bot.situation_fitting import Labelled, fit_situations, read_labelled, wishes
from tests.engine.messages import labelled, without


@pytest.fixture(scope="module")
def model() -> Situations:
    return fit_situations(labelled())


# -- reading -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "priority", "category"),
    [
        ("全公司都登不上了", "P1", "login"),
        ("导入失败,提示错误", "P2", "import_export"),
        ("打开报表很慢", "P3", "performance"),
        ("怎么导出清单", "P4", "howto"),
        ("谢谢", None, "other"),
    ],
)
def test_how_bad_and_what_kind(model: Situations, text: str, priority: str | None, category: str) -> None:
    read = model.read(text)

    assert (read.priority, read.category) == (priority, category)


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("什么垃圾系统,又卡死了", {"negative"}),
        ("我们要投诉你们", {"negative", "complaint"}),
        ("找个真人客服", {"wants_human"}),
        ("怎么导出报表", set()),
    ],
)
def test_the_mood_and_the_wish(model: Situations, text: str, flags: set[str]) -> None:
    read = model.read(text).to_json()

    assert {name for name in FLAGS if read[name]} == flags


@pytest.mark.parametrize("text", ["", " ", "x", "的" * 2_000, "🙂", "全公司都登不上了" * 100])
def test_any_text_is_read_with_scores_between_nothing_and_one(model: Situations, text: str) -> None:
    read = model.read(text)

    assert set(read.scores) == {*CHOICES, *FLAGS}
    assert all(0.0 <= score <= 1.0 for score in read.scores.values())


def test_a_flag_is_raised_from_a_score_of_one_half(model: Situations) -> None:
    for one in labelled():
        read = model.read(one.text)
        assert [getattr(read, name) for name in FLAGS] == [read.scores[name] >= 0.5 for name in FLAGS]


def test_a_higher_threshold_raises_a_flag_less_often(model: Situations) -> None:
    heads = {**model.heads, "complaint": replace(model.heads["complaint"], threshold=100.0)}

    assert not replace(model, heads=heads).read("我要投诉你们").complaint


def test_what_the_patterns_see_are_features() -> None:
    names = situation_features("全公司都登不上了,转人工")

    assert {"r:everybody", "r:down", "r:plain_wish", "r:priority:P1"} <= set(names)
    assert "r:complaint" not in names


def test_a_situation_is_json(model: Situations) -> None:
    read = model.read("全公司都登不上了").to_json()

    assert json.loads(json.dumps(read)) == read
    assert all(score == round(score, 3) for score in read["scores"].values())


# -- keeping -------------------------------------------------------------------------------------


def test_a_model_survives_json_and_arrays(model: Situations, tmp_path: Path) -> None:
    data, arrays = to_arrays(model)
    np.savez(tmp_path / "arrays.npz", **arrays)

    with np.load(tmp_path / "arrays.npz", allow_pickle=False) as kept:
        again = from_arrays(json.loads(json.dumps(data, ensure_ascii=False)), dict(kept))

    for text in ("全公司都登不上了", "怎么导出", "我要投诉", "转人工", ""):
        assert again.read(text) == model.read(text)


def test_training_again_gives_the_very_same_model(model: Situations) -> None:
    again = fit_situations(labelled())

    assert again.heads == model.heads
    assert np.array_equal(again.linear.weights, model.linear.weights)


# -- little to learn from ------------------------------------------------------------------------


@pytest.mark.parametrize("names", [("negative",), ("complaint",), ("wants_human",), FLAGS])
def test_a_flag_nobody_has_labelled_is_never_raised(names: tuple[str, ...]) -> None:
    model = fit_situations(without(*names))

    for text in ("什么垃圾系统", "我要投诉你们", "转人工", ""):
        read = model.read(text)
        assert not any(getattr(read, name) for name in names)
        assert all(read.scores[name] < 0.1 for name in names)
    assert model.read("全公司都登不上了").priority == "P1"


def test_what_is_always_so_is_always_said() -> None:
    one = [Labelled(each.text, {**each.labels, "priority": "P3", "wants_human": "true"}) for each in labelled()]

    read = fit_situations(one).read("怎么导出")

    assert (read.priority, read.wants_human, read.scores["priority"]) == ("P3", True, 1.0)


def test_of_two_priorities_both_are_told_apart() -> None:
    two = [each for each in labelled() if each.labels["priority"] in ("P1", "P4")]

    model = fit_situations(two)

    assert model.read("全公司都登不上了").priority == "P1"
    assert model.read("怎么导出报表").priority == "P4"


def test_a_flag_seen_once_or_twice_is_learnt_without_holding_any_out() -> None:
    (complaint, *_) = [each for each in labelled() if each.labels["complaint"] == "true"]
    rest = [each for each in without("complaint") if each.text != complaint.text]

    for times in (1, 2):
        assert fit_situations([*rest, *[complaint] * times]).read(complaint.text).complaint


# -- files ---------------------------------------------------------------------------------------

LINE = {"text": "導入失敗", "priority": "P2", "category": "import_export", "negative": True}


def test_labelled_messages_are_normalised_and_read_in_the_order_of_their_files(tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_text(json.dumps({**LINE, "text": "乙", "priority": None}), encoding="utf-8")
    (tmp_path / "a.jsonl").write_text(f"{json.dumps(LINE)}\n\n", encoding="utf-8")
    (tmp_path / "README.md").write_text("不是数据", encoding="utf-8")

    first, second = read_labelled(tmp_path)

    assert first.text == "导入失败"
    assert first.labels == {
        "priority": "P2",
        "category": "import_export",
        "negative": "true",
        "complaint": "false",
        "wants_human": "false",
    }
    assert (second.text, second.labels["priority"]) == ("乙", "none")


@pytest.mark.parametrize("folder", ["nowhere", "."])
def test_a_folder_without_labelled_messages_teaches_nothing(tmp_path: Path, folder: str) -> None:
    assert read_labelled(tmp_path / folder) == ()


@pytest.mark.parametrize(
    "bad",
    [
        "no json",
        "[1]",
        "3",
        '{"text": "x"}',
        '{"priority": "P1", "category": "x"}',
        '{"text": 3, "priority": "P1", "category": "x"}',
    ],
)
def test_a_bad_line_is_named_by_file_and_number(tmp_path: Path, bad: str) -> None:
    (tmp_path / "mine.jsonl").write_text(f"{json.dumps(LINE)}\n{bad}\n", encoding="utf-8")

    with pytest.raises(ValueError, match=re.escape("mine.jsonl:2")):
        read_labelled(tmp_path)


def test_the_shipped_messages_can_all_be_read_and_cover_every_priority() -> None:
    shipped = read_labelled(Path(__file__).parents[2] / "nlu_data" / "situations")

    assert {one.labels["priority"] for one in shipped} == {"P1", "P2", "P3", "P4", "none"}
    assert all({one.labels[name] for one in shipped} == {"true", "false"} for name in FLAGS)


def test_intents_teach_the_wish_where_they_settle_it() -> None:
    intents = ["request_human", "callback_request", "data_export", "complaint", "ticket_urge"]

    found = wishes([f"第{i}句" for i in range(len(intents))], intents)

    assert [(one.text, dict(one.labels)) for one in found] == [
        ("第0句", {"wants_human": "true"}),
        ("第1句", {"wants_human": "true"}),
        ("第2句", {"wants_human": "false"}),
    ]
