from __future__ import annotations

import pytest

from gateway.errors import TooMany
from gateway.limits import Limits


def test_who_asks_too_often_is_told_for_how_many_seconds() -> None:
    limits = Limits()
    for _ in range(3):
        limits.spend("messages", "a visitor", 3)

    with pytest.raises(TooMany) as slow:
        limits.spend("messages", "a visitor", 3)

    assert slow.value.retry_after is not None
    assert 58 <= slow.value.retry_after <= 60


def test_others_and_other_things_are_counted_apart() -> None:
    limits = Limits()
    limits.spend("messages", "a visitor", 1)

    limits.spend("messages", "another", 1)
    limits.spend("files", "a visitor", 1)

    assert limits.exhausted("messages", "a visitor", 1)
    assert not limits.exhausted("hints", "a visitor", 1)
