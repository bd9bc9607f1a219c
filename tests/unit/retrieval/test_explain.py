from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.asking.explain import explained
from tests.unit.retrieval.corpus import retriever


def test_a_contribution_is_weight_times_value_and_rules_have_none(tmp_path: Path) -> None:
    made = retriever(tmp_path)

    found = explained(made, "报表怎么导成表格")

    assert found["weights"] == pytest.approx(dict(made.fitted.fusion.rank))
    for one in found["candidates"]:
        assert set(one["contributions"]) == set(found["weights"])
        for name, added in one["contributions"].items():
            assert added == pytest.approx(found["weights"][name] * one["features"][name], abs=1e-5)


def test_contributions_add_up_to_the_order_where_no_rule_decides(tmp_path: Path) -> None:
    found = explained(retriever(tmp_path), "报表怎么导成表格")

    totals = [sum(one["contributions"].values()) for one in found["candidates"]]

    assert not any(one["features"]["code"] or one["features"]["exact"] for one in found["candidates"])
    assert totals == sorted(totals, reverse=True)
    assert len(totals) > 3


def test_the_rest_is_what_asking_gives(tmp_path: Path) -> None:
    made = retriever(tmp_path)
    plain = made.ask("ERROR_403", top=3).to_json()

    found = explained(made, "ERROR_403", top=3)

    bare = [{key: value for key, value in one.items() if key != "contributions"} for one in found["candidates"]]
    assert {**found, "candidates": bare} == {**plain, "weights": found["weights"]}
