from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.wechat.errors import Replayed
from gateway.channels.wechat.wire.nonces import Nonces


def refused(nonces: Nonces, signature: str, body: bytes) -> bool:
    try:
        nonces.check(signature, body)
    except Replayed:
        return True
    return False


def test_wechats_own_repeat_is_harmless() -> None:
    nonces = Nonces(60.0)
    assert not any(refused(nonces, "s1", b"a") for _ in range(3))


def test_another_body_under_a_known_signature_is_a_replay_and_the_first_stays() -> None:
    nonces = Nonces(60.0)
    nonces.check("s1", b"a")
    with pytest.raises(Replayed, match="重放"):
        nonces.check("s1", b"b")
    assert not refused(nonces, "s1", b"a")
    assert not refused(nonces, "s2", b"b")


def test_no_more_than_the_limit_are_remembered_and_the_oldest_goes_first() -> None:
    nonces = Nonces(60.0, limit=100)
    for number in range(1000):
        nonces.check(f"s{number}", b"a")
    assert len(nonces) == 100
    assert refused(nonces, "s999", b"b")
    assert not refused(nonces, "s0", b"b")


def test_a_repeat_after_a_minute_is_a_replay_and_does_not_make_it_young_again() -> None:
    seconds = iter([0.0, 30.0, 60.0, 60.5, 90.0, 3600.0, 3600.0])
    nonces = Nonces(60.0, seconds=lambda: next(seconds))
    assert [refused(nonces, "s1", b"a") for _ in range(6)] == [False, False, False, True, True, True]
    assert not refused(nonces, "s2", b"a")


@given(st.lists(st.tuples(st.text(max_size=3), st.binary(max_size=2)), max_size=40))
def test_the_first_body_of_a_signature_is_the_only_one_ever_taken(arrivals: list[tuple[str, bytes]]) -> None:
    nonces, first = Nonces(60.0), dict[str, bytes]()
    for signature, body in arrivals:
        assert refused(nonces, signature, body) is (first.setdefault(signature, body) != body)
