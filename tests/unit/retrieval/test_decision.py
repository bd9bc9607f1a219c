from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.asking.decision import (
    ANSWER,
    DECLINE,
    LEAST_WORTH,
    Case,
    Risk,
    Thresholds,
    decide,
    measure,
    offered,
    thresholds_for,
)
from retrieval.learning.shipped import shipped

LIMITS = Thresholds(answer=0.7, choices=0.3, risk=Risk())


def case(first, right=True, answerable=True):
    return Case((first,), 0 if right else None, answerable, 1.0)


def test_the_decision_follows_the_thresholds():
    assert decide([0.9, 0.2], LIMITS) == ("answer", 1)
    assert decide([0.9, 0.8, 0.1], LIMITS) == ("choices", 2)
    assert decide([0.5, 0.4, 0.3, 0.3], LIMITS) == ("choices", 3)
    assert decide([0.5, 0.01], LIMITS) == ("choices", 1)
    assert decide([0.2], LIMITS) == ("decline", 0)
    assert decide([], LIMITS) == ("decline", 0)


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


@given(cases(), st.floats(0.02, 0.4), st.floats(0, 0.3))
@settings(max_examples=30, deadline=None)
def test_the_stated_risk_holds_on_the_cases(made, wrong, refused):
    thresholds = thresholds_for(made, Risk(wrong=wrong, refused=refused), ())

    above = [one for one in made if one.first >= thresholds.answer]
    below = [one for one in made if LEAST_WORTH <= offered(one.probabilities) < thresholds.choices]
    assert sum(one.right != 0 for one in above) <= wrong * max(1, len(above))
    assert len(below) <= refused * len(made)
    assert thresholds.choices <= thresholds.answer


def test_the_thresholds_are_the_lowest_that_keep_the_risk():
    made = [case(0.9)] * 99 + [case(0.6)] * 100 + [case(0.3, right=False)] * 100

    thresholds = thresholds_for(made, Risk(wrong=0.05, refused=0.4), ())

    assert (thresholds.answer, thresholds.choices) == (0.6, 0.6)


@pytest.mark.parametrize(("number", "threshold"), [(31, 1.0), (32, 0.9)])
def test_what_has_to_stay_within_the_risk_is_the_upper_bound_of_the_share_that_was_seen(number, threshold):
    # None of n wrong: Wilson's bound is z²/(n + z²), with z = 1.2816 below one in twenty from n = 32.
    made = [case(0.9)] * number

    assert thresholds_for(made, Risk(wrong=0.05), ()).answer == threshold


def test_cases_of_which_a_few_weigh_almost_everything_are_few_cases():
    even = [case(0.9)] * 40
    uneven = [*even[:3], *[replace(one, importance=0.001) for one in even[3:]]]

    thresholds = [thresholds_for(made, Risk(wrong=0.05), ()).answer for made in (even, uneven)]

    assert thresholds == [0.9, 1.0]


def test_a_lucky_few_at_the_top_promise_nothing():
    lucky = [case(0.95)] * 3 + [case(0.6, right=n % 2 == 0) for n in range(300)]

    assert thresholds_for(lucky, Risk(wrong=0.05), ()).answer == 1.0


@given(st.integers(0, 2**20))
@settings(max_examples=20, deadline=None)
def test_a_stricter_risk_never_answers_more(seed):
    chance = np.random.default_rng(seed)
    made = [case(p, right=chance.random() < p) for p in chance.random(300)]

    strict, lax = (thresholds_for(made, Risk(wrong=wrong), shipped().cases) for wrong in (0.02, 0.2))

    assert strict.answer >= lax.answer
    assert measure(made, strict)["answered"] <= measure(made, lax)["answered"]


@given(st.integers(0, 2**20))
@settings(max_examples=20, deadline=None)
def test_who_allows_more_to_be_refused_declines_no_less(seed):
    chance = np.random.default_rng(seed)
    made = [case(p, right=chance.random() < p) for p in chance.random(300)]

    few, many = (thresholds_for(made, Risk(refused=refused), ()) for refused in (0.0, 0.3))

    assert few.choices <= many.choices
    assert few.choices <= LEAST_WORTH
    assert many.choices <= LEAST_WORTH or measure(made, many)["answerable_declined"] <= 0.3


def test_without_own_cases_the_shipped_ones_rule():
    theirs = shipped().cases

    thresholds = thresholds_for((), Risk(), theirs)

    first = np.array([one.first for one in theirs])
    assert thresholds.answer in first
    assert (thresholds.cases, thresholds.measured) == (0, None)


SURE = tuple([case(0.8)] * 60 + [case(0.4, right=False)] * 40)
# The other way round: this base is right at 0.4 already, and wrong at 0.2.
OWN = [case(0.4)] * 90 + [case(0.2, right=False)] * 10


def test_few_own_cases_leave_the_shipped_thresholds_and_many_outvote_them():
    alone = thresholds_for((), Risk(), SURE)

    few, many = (thresholds_for(OWN[:: 100 // number] if number < 100 else OWN * (number // 100), Risk(), SURE)
                 for number in (5, 2_000))  # fmt: skip

    assert alone.answer == few.answer == 0.8
    assert many.answer == 0.4
    assert many.cases == 2_000


def test_however_many_shipped_cases_there_are_they_weigh_the_same():
    once, often = (thresholds_for(OWN * 10, Risk(), SURE * times) for times in (1, 50))

    assert (once.answer, once.choices) == (often.answer, often.choices)


def test_uncovered_questions_count_as_the_risk_says_whatever_their_number():
    made = [case(0.8)] * 400 + [case(0.8, right=False, answerable=False)] * 4 + [case(0.9)] * 400

    rare, common = (thresholds_for(made, Risk(unanswerable=share), ()).answer for share in (0.01, 0.5))
    half = [*made, *[case(0.8, right=False, answerable=False)] * 796]

    assert (rare, common) == (0.8, 0.9)
    assert thresholds_for(half, Risk(unanswerable=0.01), ()).answer == 0.8


def test_uncovered_questions_do_not_lower_the_threshold_of_choices():
    made = [case(p) for p in np.linspace(0.3, 0.9, 100)]
    nowhere = [case(0.01, right=False, answerable=False)] * 100

    assert thresholds_for([*made, *nowhere], Risk(), ()).choices == thresholds_for(made, Risk(), ()).choices


def test_where_nothing_can_be_trusted_nothing_is_answered():
    thresholds = thresholds_for([case(p, right=False) for p in np.linspace(0, 0.99, 50)], Risk(), ())

    assert decide([0.99], thresholds)[0] != ANSWER


def test_no_cases_at_all_are_a_mistake():
    with pytest.raises(ValueError, match="neither own nor shipped"):
        thresholds_for((), Risk(), ())


def test_what_is_measured_is_what_the_thresholds_give():
    made = [case(0.9), case(0.5), case(0.1), case(0.8, right=False, answerable=False),
            case(0.1, right=False, answerable=False)]  # fmt: skip

    found = measure(made, LIMITS)

    assert (found["r1"], found["answered"], found["answerable_declined"]) == (1.0, 0.3333, 0.3333)
    assert (found["wrong_of_answered"], found["choices_hit"]) == (0.5, 1.0)
    assert (found["unanswerable_answered"], found["unanswerable_declined"]) == (0.5, 0.5)


@given(st.floats(0.005, 0.5), st.floats(0, 0.5), st.floats(0.01, 0.9))
@settings(max_examples=20, deadline=None)
def test_thresholds_survive_json_with_the_whole_risk(wrong, refused, unanswerable):
    made = thresholds_for(OWN, Risk(wrong, refused, unanswerable), SURE)

    assert Thresholds.from_json(made.to_json()) == made


def test_a_case_without_candidates_is_declined():
    assert Case((), None, True, 1.0).first == 0.0
    assert decide((), LIMITS)[0] == DECLINE


def test_choices_worth_less_than_one_in_three_are_not_offered_whatever_the_risk_allows():
    made = [case(0.9)] * 100 + [case(0.1, right=False)] * 20

    assert thresholds_for(made, Risk(wrong=0.05, refused=0.0), ()).choices == LEAST_WORTH
