from __future__ import annotations

import pytest

from gateway.console.knowledge.reports import published


@pytest.mark.parametrize(
    ("report", "outcome"),
    [
        ({"published": True}, "published"),
        ({"published": True, "objections": [{"reason": "lint", "count": 1, "limit": 0}]}, "overruled"),
        ({"published": False, "objections": [{"reason": "lint"}]}, "refused"),
        ({"rehearsed": True}, "would_pass"),
        ({"rehearsed": True, "objections": [{"reason": "lint"}]}, "would_be_refused"),
        ({"error": "磁盘满了"}, "failed"),
    ],
)
def test_a_report_is_summed_up_in_one_word(report: dict, outcome: str) -> None:
    assert published(report).outcome == outcome


def test_the_state_of_the_row_decides_where_there_is_one() -> None:
    assert published({}, state="published").outcome == "published"
    assert published({}, state="refused").outcome == "refused"


@pytest.mark.parametrize("broken", [{"answers": "x", "counts": [1], "new": 5, "findings": [None], "seconds": None}])
def test_a_report_of_another_shape_is_read_as_empty(broken: dict) -> None:
    read = published(broken)
    assert (read.answers, read.counts, read.new, read.findings, read.seconds) == ((), {}, (), (), 0)
