from __future__ import annotations

import pytest

from gongda.commands.evaluating.showing_retrieval import bar


@pytest.mark.parametrize(
    ("length", "mark", "drawn"),
    [
        (0.0, 0.0, "┃·······"),
        (0.5, 0.75, "████··┃·"),
        (1.0, 1.0, "███████┃"),
        (0.5625, 0.0, "┃███▌···"),
        (2.0, -1.0, "┃███████"),
    ],
)
def test_a_bar_is_as_long_as_its_share_with_a_mark_on_it(length: float, mark: float, drawn: str) -> None:
    assert bar(length, mark, width=8) == drawn
