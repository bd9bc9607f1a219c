import json

import numpy as np
import pytest

from retrieval.asking.scorer import COMPARED, FEATURES
from retrieval.learning.fusion import RULE_PROBABILITY, Fusion, Judged, fit, sigmoid
from retrieval.learning.newton import maximise
from retrieval.learning.shipped import shipped

PRIOR = shipped().fusion


def questions(number, seed=1):
    """Ten candidates each; `char` alone tells which is right, and a quarter has no right one."""
    chance = np.random.default_rng(seed)
    made = []
    for _ in range(number):
        features = np.zeros((10, len(FEATURES)), dtype=np.float32)
        features[:, : len(COMPARED)] = chance.random((10, len(COMPARED)))
        right = np.zeros(10, dtype=bool)
        if chance.random() < 0.75:
            char = features[:, FEATURES.index("char")]
            right[chance.choice(10, p=np.exp(12 * char) / np.exp(12 * char).sum())] = True
        made.append(Judged(features, right, 1.0))
    return made


def test_few_questions_keep_the_prior_and_many_outvote_it():
    few, many = fit(questions(2), PRIOR), fit(questions(6_000), PRIOR)

    assert max(abs(few.rank[name] - PRIOR.rank[name]) for name in COMPARED) < 1
    assert 8 < many.rank["char"] < 14
    assert max(abs(many.rank[name]) for name in COMPARED if name != "char") < 1.5


def test_probabilities_mean_what_they_say():
    fused = fit(questions(1_500), PRIOR)
    asked = [(*fused.ranked(features), right) for features, right, *_ in questions(1_500, seed=2)]

    first = np.array([probabilities[0] for _, probabilities, _ in asked])
    hit = np.array([right[order[0]] for order, _, right in asked])

    assert first.mean() == pytest.approx(hit.mean(), abs=0.03)
    assert hit[first > np.median(first)].mean() == pytest.approx(first[first > np.median(first)].mean(), abs=0.06)


def test_probabilities_are_learned_from_the_questions_that_are_believed():
    order_only = fit(questions(500), PRIOR, believed=())
    some = fit(questions(500), PRIOR, believed=questions(100, seed=3))

    assert order_only.confidence == PRIOR.confidence
    assert some.confidence != PRIOR.confidence
    assert order_only.rank == some.rank != PRIOR.rank


def test_questions_that_found_nothing_teach_nothing():
    empty = Judged(np.zeros((0, len(FEATURES)), dtype=np.float32), np.zeros(0, dtype=bool), 1.0)

    assert fit([empty], PRIOR) == fit([], PRIOR) == PRIOR


def test_a_match_by_rule_leads_whatever_the_evidence_says():
    features = questions(1)[0][0]
    features[3, : len(COMPARED)] = 0
    features[3, FEATURES.index("code")] = 1
    features[5, FEATURES.index("exact")] = 1

    order, probabilities = PRIOR.ranked(features)

    assert order[:2].tolist() == [3, 5]
    assert probabilities[0] == RULE_PROBABILITY


def test_probabilities_never_rise_along_the_ranking():
    for features, *_ in questions(50):
        _, probabilities = PRIOR.ranked(features)
        assert (np.diff(probabilities) <= 0).all()


def test_no_candidates_give_no_ranking():
    order, probabilities = PRIOR.ranked(np.zeros((0, len(FEATURES)), dtype=np.float32))

    assert (len(order), len(probabilities)) == (0, 0)


def test_newton_finds_the_minimum_of_a_parabola_between_prior_and_data():
    found = maximise(lambda w: (float((w - 4) @ (w - 4)), 2 * (w - 4), 2 * np.eye(2)), np.zeros(2), strength=2.0)

    assert found == pytest.approx([2.0, 2.0])


def test_weights_survive_json():
    again = Fusion.from_json(json.loads(json.dumps(PRIOR.to_json())))

    assert again.to_json() == PRIOR.to_json()
    features = questions(1)[0].features
    assert np.array_equal(again.ranked(features)[1], PRIOR.ranked(features)[1])


def test_sigmoid_does_not_overflow():
    assert sigmoid(np.array([-1e4, 0.0, 1e4])).tolist() == [0.0, 0.5, 1.0]
