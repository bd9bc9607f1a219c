"""Taken places against the plain rule: two spans overlap when each begins before the other ends."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from zhtext.spans import Taken

spans = st.tuples(st.integers(0, 29), st.integers(1, 6)).map(lambda span: (span[0], min(30, span[0] + span[1])))


@given(st.lists(spans))
def test_a_span_is_taken_when_it_overlaps_none_that_is(tries: list[tuple[int, int]]) -> None:
    taken = Taken(30)
    kept: list[tuple[int, int]] = []

    for start, end in tries:
        free = all(end <= from_ or to <= start for from_, to in kept)
        assert taken.take(start, end) is free
        kept += [(start, end)] if free else []


def test_what_stands_out_is_left_out() -> None:
    taken = Taken(3)

    taken.mark(-2, 1)
    taken.mark(2, 9)

    assert [taken.touches(place, place + 1) for place in range(3)] == [True, False, True]
