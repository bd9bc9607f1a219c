import numpy as np
import pytest

from retrieval.learning.belief import MODELS, Belief, fold_of
from retrieval.learning.shipped import shipped
from retrieval.training.growing import _fit, grow


def cases(number=600, seed=3):
    chance = np.random.default_rng(seed)
    known = chance.normal(size=(number, 4))
    right = chance.random(number) < 1 / (1 + np.exp(-2 * known[:, 0] * (known[:, 1] > 0)))
    return known, right, np.ones(number), chance.integers(0, MODELS, number)


def test_the_trees_say_what_the_library_that_grew_them_says():
    known, right, weight, _ = cases()

    belief = grow(known, right, weight, None)

    expected = _fit(known, right, weight).decision_function(known)
    assert belief.logits(known) == pytest.approx(expected, abs=1e-6)


def test_a_question_that_was_grown_on_is_judged_by_the_model_that_has_not_seen_it():
    known, right, weight, fold = cases()

    belief = grow(known, right, weight, fold)

    for number in range(MODELS):
        alone = grow(known[fold != number], right[fold != number], weight[fold != number], None)
        assert belief.logits(known[:5], number) == pytest.approx(alone.logits(known[:5]))


def test_other_questions_get_the_mean_of_all_models():
    known, right, weight, fold = cases()

    belief = grow(known, right, weight, fold)

    each = [belief.logits(known[:5], number) for number in range(MODELS)]
    assert belief.logits(known[:5]) == pytest.approx(np.mean(each, axis=0))


def test_trees_survive_json():
    known, right, weight, fold = cases()
    belief = grow(known, right, weight, fold)

    again = Belief.from_json(belief.to_json())

    assert again.logits(known) == pytest.approx(belief.logits(known), abs=1e-3)


def test_every_question_has_a_fold_and_the_shipped_trees_a_model_for_it():
    assert {fold_of(f"第{number}个问题") for number in range(100)} == set(range(MODELS))
    assert len(shipped().fusion.belief.start) == MODELS
