from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.intent_classifier import OUT_OF_SCOPE, LinearIntentClassifier
from bot.fitting import Examples, fit
from bot.linear import LinearIntents, features, from_arrays, to_arrays

Make = Callable[..., Any]

SAID: dict[str, list[str]] = {
    "data_export": [
        "怎么导出报表",
        "报表导出在哪里",
        "导出不了表格",
        "如何导出数据",
        "我想把报表导出来",
        "导出失败怎么办",
    ],
    "login_failure": [
        "登录不了系统",
        "账号登不上",
        "登录提示密码错误",
        "怎么登录不进去",
        "登不上系统了",
        "登录失败怎么办",
    ],
    "ticket_urge": [
        "催一下工单",
        "麻烦快点处理",
        "工单怎么还没人处理",
        "催单",
        "能不能快一点处理",
        "GD-20261101-0003-1催一下",
    ],
    "ticket_status": ["查工单", "工单进度", "我的工单到哪了", "工单处理得怎么样了", "查询工单状态", "看看工单"],
    "greet": ["你好", "您好", "在吗", "早上好", "有人在吗", "嗨"],
}
FOREIGN = [
    "今天天气怎么样",
    "讲个笑话",
    "帮我写首诗",
    "股票涨了吗",
    "明天吃什么",
    "哪个歌手唱的",
    "世界杯谁赢了",
    "给我推荐电影",
]
TEXTS = tuple(text for texts in SAID.values() for text in texts)
LABELS = tuple(label for label, texts in SAID.items() for _ in texts)
EXAMPLES = Examples(TEXTS, LABELS, tuple(FOREIGN))


@pytest.fixture(scope="module")
def model() -> LinearIntents:
    return fit(EXAMPLES)


def test_wordings_close_to_the_examples_are_understood(model: LinearIntents) -> None:
    for text, label in [("怎样导出报表", "data_export"), ("系统登录不了", "login_failure"), ("你好啊", "greet")]:
        assert model.classify(text).ranking[0][0] == label


def test_the_ranking_is_a_distribution_best_first(model: LinearIntents) -> None:
    ranking = model.classify("怎么导出报表").ranking

    assert [name for name, _ in ranking] != sorted(SAID)
    assert math.isclose(sum(p for _, p in ranking), 1.0, rel_tol=1e-5)
    assert [p for _, p in ranking] == sorted((p for _, p in ranking), reverse=True)


def test_at_most_the_budget_of_the_examples_is_rejected(model: LinearIntents) -> None:
    rejected = sum(model.classify(text).rejected for text in TEXTS)

    assert rejected <= 0.05 * len(TEXTS) + 1


@pytest.mark.parametrize("text", ["推荐一个电影", "qwertyuiop", "zzz zzz", "ƒ∂ßå", "给我写诗"])
def test_foreign_text_is_rejected(model: LinearIntents, text: str) -> None:
    guess = model.classify(text)

    assert guess.rejected
    assert guess.out_of_scope > 0.5


def test_without_foreign_examples_gibberish_is_rejected_all_the_same() -> None:
    model = fit(Examples(TEXTS, LABELS))

    assert model.classify("qwertyuiop").rejected
    assert not model.classify("怎么导出报表").rejected


@pytest.mark.parametrize("text", ["", " ", "x", "的" * 2_000])
def test_any_text_is_classified(model: LinearIntents, text: str) -> None:
    assert np.isfinite(model.classify(text).out_of_scope)


# -- entities ------------------------------------------------------------------------------------


def test_a_number_in_a_text_is_a_word_to_the_model() -> None:
    assert features("催一下 GD-20261122-0042-7") == features("催一下 GD-20260101-0001-3")
    assert not any("2026" in name for name in features("催一下 GD-20261122-0042-7"))


@pytest.mark.parametrize(
    ("plain", "with_entity"),
    [
        ("催一下工单", "催一下工单 GD-20261122-0042-7"),
        ("怎么导出报表", "怎么导出报表,我电话13812345678"),
        ("登录不了系统", "登录不了系统,V6.2.1"),
        ("导出失败怎么办", "导出失败怎么办 ERR-1042"),
    ],
)
def test_a_number_does_not_change_what_is_wanted(model: LinearIntents, plain: str, with_entity: str) -> None:
    assert model.classify(with_entity).ranking[0][0] == model.classify(plain).ranking[0][0]


# -- keeping -------------------------------------------------------------------------------------


def test_training_again_gives_the_very_same_model(model: LinearIntents) -> None:
    again = fit(EXAMPLES)

    assert np.array_equal(again.linear.weights, model.linear.weights)
    assert json.dumps(to_arrays(again)[0]) == json.dumps(to_arrays(model)[0])


@pytest.mark.parametrize("foreign", [tuple(FOREIGN), ()], ids=["gate with background", "gate without"])
def test_a_model_survives_json_and_arrays(tmp_path: Path, foreign: Any) -> None:
    model = fit(Examples(TEXTS, LABELS, foreign))
    data, arrays = to_arrays(model)
    np.savez(tmp_path / "arrays.npz", **arrays)

    with np.load(tmp_path / "arrays.npz", allow_pickle=False) as read:
        again = from_arrays(json.loads(json.dumps(data, ensure_ascii=False)), dict(read))

    for text in (*TEXTS, *FOREIGN, "没见过的话", ""):
        assert again.classify(text) == model.classify(text)


def test_two_intents_are_enough() -> None:
    few = [(text, label) for text, label in zip(TEXTS, LABELS, strict=True) if label in ("greet", "data_export")]

    model = fit(Examples(tuple(text for text, _ in few), tuple(label for _, label in few)))

    assert model.classify("你好").ranking[0][0] == "greet"
    assert model.classify("导出报表").ranking[0][0] == "data_export"


# -- the component -------------------------------------------------------------------------------


@pytest.fixture
def trained(make: Make, tmp_path: Path) -> LinearIntentClassifier:
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "far.txt").write_text("\n".join(FOREIGN), encoding="utf-8")
    classifier = make(LinearIntentClassifier, out_of_scope=str(tmp_path / "foreign"), ranking_length=3)
    classifier.train(
        TrainingData([Message({TEXT: text, INTENT: label}) for text, label in zip(TEXTS, LABELS, strict=True)])
    )
    return classifier


def test_a_message_gets_its_intent_ranking_and_scope(trained: LinearIntentClassifier) -> None:
    message = Message({TEXT: "怎么导出报表"})

    trained.process([message])

    assert message.get(INTENT)["name"] == "data_export"
    assert len(message.get("intent_ranking")) == 3
    assert message.get("out_of_scope")["decision"] is False
    assert {"intent", "intent_ranking", "out_of_scope"} <= set(message.as_dict(only_output_properties=True))


def test_a_foreign_message_is_out_of_scope_and_keeps_its_ranking(trained: LinearIntentClassifier) -> None:
    message = Message({TEXT: "给我推荐电影"})

    trained.process([message])

    assert message.get(INTENT)["name"] == OUT_OF_SCOPE
    assert message.get("out_of_scope")["decision"] is True
    assert message.get("intent_ranking")[0]["name"] in SAID


def test_what_was_trained_is_what_is_loaded(trained: LinearIntentClassifier, storage: LocalModelStorage) -> None:
    loaded = LinearIntentClassifier.load(
        {**LinearIntentClassifier.get_default_config(), "ranking_length": 3},
        storage,
        Resource("component"),
        ExecutionContext(GraphSchema({})),
    )
    for text in ("怎么导出报表", "讲个笑话"):
        one, other = Message({TEXT: text}), Message({TEXT: text})

        trained.process([one])
        loaded.process([other])

        assert one.as_dict() == other.as_dict()


def test_results_are_json(trained: LinearIntentClassifier) -> None:
    message = Message({TEXT: "怎么导出报表"})

    trained.process([message])

    assert json.loads(json.dumps(message.as_dict(only_output_properties=True)))


def test_a_message_with_nothing_to_read_is_out_of_scope(trained: LinearIntentClassifier) -> None:
    message = Message({TEXT: ""})

    trained.process([message])

    assert message.get(INTENT)["name"] == OUT_OF_SCOPE
    assert message.get("out_of_scope") == {"score": 1.0, "decision": True}


def test_foreign_texts_about_the_very_things_the_intents_are_about_are_not_learnt_from() -> None:
    texts = tuple(text for said in SAID.values() for text in said)
    labels = tuple(intent for intent, said in SAID.items() for _ in said)
    ours_again = tuple(f"{text}吧" for text in texts[::2])

    gate = fit(Examples(texts, labels, ours_again), folds=2).gate

    assert gate == fit(Examples(texts, labels), folds=2).gate
