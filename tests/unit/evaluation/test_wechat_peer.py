"""What two guards make of the same hostile requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from evaluation.wechat_guards import Ours
from evaluation.wechat_peer import MODES, Case, Requests, judged


class Refusal(Exception):
    """The guard's own."""


class Scripted:
    """A guard that does what the body says."""

    name = "scripted"
    refusal: type[Exception] = Refusal

    def message_id(self, mode: str, query: Mapping[str, str], body: bytes) -> object:
        if body == b"refuse":
            raise Refusal
        if body == b"break":
            raise KeyError(body)
        return None if body == b"nothing" else body

    def opener(self, encrypted: str) -> Callable[[], object]:
        return lambda: encrypted


def test_each_way_out_of_a_guard_is_counted_by_itself() -> None:
    bodies = (b"refuse", b"refuse", b"break", b"nothing", b"taken")

    outcome = judged(Scripted(), [Case("plain", "odd", {}, body) for body in bodies])

    assert (outcome.refused, outcome.nothing, dict(outcome.other)) == (2, 1, {"KeyError": 1})
    assert dict(outcome.taken) == {"plain · odd": 1}
    assert len(outcome.seconds) == 5


def test_our_guard_takes_the_valid_request_of_each_mode_and_none_of_the_hostile() -> None:
    for mode in MODES:
        requests = Requests(mode)
        assert not judged(Ours(), requests.hostile(200)).taken
        assert judged(Ours(), [requests.valid()]).taken.total() == 1
