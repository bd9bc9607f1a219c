import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.decision import Case, Risk, Thresholds, decide, measure, thresholds_for
from retrieval.fusion import RULE_PROBABILITY, Fusion, fit, prior, sigmoid
from retrieval.newton import maximise
from retrieval.scorer import COMPARED, FEATURES

SHIPPED = Thresholds(answer=0.7, choices=0.3, risk=0.05)


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
        made.append((features, right, 1.0))
    return made


def test_few_questions_keep_the_prior_and_many_outvote_it():
    few, many = fit(questions(2), prior()), fit(questions(1_500), prior())

    assert max(abs(few.rank[name] - prior().rank[name]) for name in COMPARED) < 1
    assert 8 < many.rank["char"] < 14
    assert max(abs(many.rank[name]) for name in COMPARED if name != "char") < 1.5


def test_probabilities_mean_what_they_say():
    fused = fit(questions(1_500), prior())
    asked = [(*fused.ranked(features), right) for features, right, _ in questions(1_500, seed=2)]

    first = np.array([probabilities[0] for _, probabilities, _ in asked])
    hit = np.array([right[order[0]] for order, _, right in asked])

    assert first.mean() == pytest.approx(hit.mean(), abs=0.03)
    assert hit[first > np.median(first)].mean() == pytest.approx(first[first > np.median(first)].mean(), abs=0.06)


def test_a_match_by_rule_leads_whatever_the_evidence_says():
    features = questions(1)[0][0]
    features[3, : len(COMPARED)] = 0
    features[3, FEATURES.index("code")] = 1
    features[5, FEATURES.index("exact")] = 1

    order, probabilities = prior().ranked(features)

    assert order[:2].tolist() == [3, 5]
    assert probabilities[0] == RULE_PROBABILITY


def test_probabilities_never_rise_along_the_ranking():
    for features, _, _ in questions(50):
        _, probabilities = prior().ranked(features)
        assert (np.diff(probabilities) <= 0).all()


def test_no_candidates_give_no_ranking():
    order, probabilities = prior().ranked(np.zeros((0, len(FEATURES)), dtype=np.float32))

    assert (len(order), len(probabilities)) == (0, 0)


def test_newton_finds_the_minimum_of_a_parabola_between_prior_and_data():
    found = maximise(lambda w: (float((w - 4) @ (w - 4)), 2 * (w - 4), 2 * np.eye(2)), np.zeros(2), strength=2.0)

    assert found == pytest.approx([2.0, 2.0])


def test_weights_survive_json():
    assert Fusion.from_json(prior().to_json()) == prior()


def test_sigmoid_does_not_overflow():
    assert sigmoid(np.array([-1e4, 0.0, 1e4])).tolist() == [0.0, 0.5, 1.0]


def test_the_decision_follows_the_thresholds():
    assert decide([0.9, 0.2], SHIPPED) == ("answer", 1)
    assert decide([0.9, 0.8, 0.1], SHIPPED) == ("choices", 2)
    assert decide([0.5, 0.4, 0.3, 0.3], SHIPPED) == ("choices", 3)
    assert decide([0.5, 0.01], SHIPPED) == ("choices", 1)
    assert decide([0.2], SHIPPED) == ("decline", 0)
    assert decide([], SHIPPED) == ("decline", 0)


@st.composite
def cases(draw):
    number = draw(st.integers(100, 200))
    chance = np.random.default_rng(draw(st.integers(0, 2**20)))
    made = []
    for _ in range(number):
        best, second = sorted(chance.random(2))[::-1]
        right = 0 if chance.random() < best else 1
        made.append(Case((best, second), right, True, 1.0))
    return made


@given(cases())
@settings(max_examples=30, deadline=None)
def test_the_stated_risk_holds_on_the_cases(made):
    thresholds = thresholds_for(made, Risk(wrong=0.1, refused=0.05), SHIPPED)

    above = [case for case in made if case.probabilities[0] >= thresholds.answer]
    below = [case for case in made if case.probabilities[0] < thresholds.choices]
    assert sum(case.right != 0 for case in above) <= 0.1 * max(1, len(above))
    assert len(below) <= 0.05 * len(made) + 1
    assert thresholds.choices <= thresholds.answer


def test_a_stricter_risk_never_answers_more():
    chance = np.random.default_rng(5)
    made = [Case((p,), 0 if chance.random() < p else None, True, 1.0) for p in chance.random(500)]

    strict, lax = (thresholds_for(made, Risk(wrong=wrong), SHIPPED) for wrong in (0.02, 0.2))

    assert strict.answer >= lax.answer
    assert measure(made, strict)["answered"] <= measure(made, lax)["answered"]


def test_too_few_cases_keep_the_shipped_thresholds():
    made = [Case((0.1,), 0, True, 1.0)] * 10

    assert thresholds_for(made, Risk(), SHIPPED).answer == SHIPPED.answer
