import json

from retrieval.asking.decision import Case
from retrieval.asking.scorer import COMPARED
from retrieval.learning.fusion import CONFIDENCE
from retrieval.learning.shipped import Shipped, shipped

CASES = (Case((0.91, 0.3), 0, True, 1.5), Case((0.42, 0.4), 1, True, 1.0), Case((), None, False, 0.25))


def test_what_is_saved_is_read_again(tmp_path):
    path = tmp_path / "prior.json"

    Shipped(shipped().fusion, CASES).save(path)
    found = Shipped.from_json(json.loads(path.read_text(encoding="utf-8")))

    assert found.fusion.to_json() == shipped().fusion.to_json()
    assert [(one.first, one.right == 0, one.answerable, one.importance) for one in found.cases] == [
        (0.91, True, True, 1.5), (0.42, False, True, 1.0), (0.0, False, False, 0.25),
    ]  # fmt: skip


def test_saving_again_gives_the_same_bytes(tmp_path):
    once, twice = tmp_path / "once.json", tmp_path / "twice.json"
    shipped().save(once)
    Shipped.from_json(json.loads(once.read_text(encoding="utf-8"))).save(twice)

    assert once.read_bytes() == twice.read_bytes()


def test_the_shipped_weights_fit_the_features_of_this_program():
    assert set(shipped().fusion.rank) == set(COMPARED)
    assert set(shipped().fusion.confidence) == set(CONFIDENCE)


def test_the_shipped_cases_are_of_both_kinds_and_mostly_right_where_they_are_sure():
    cases = shipped().cases

    assert {one.answerable for one in cases} == {True, False}
    assert all(0 <= one.first <= 1 and one.importance > 0 for one in cases)
    assert not any(one.right == 0 and not one.answerable for one in cases)
    sure = [one for one in cases if one.first > 0.9]
    assert sum(one.right == 0 for one in sure) > 0.9 * len(sure) > 0
