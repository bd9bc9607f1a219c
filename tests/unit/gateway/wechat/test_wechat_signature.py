from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.wechat.errors import BadSignature, Refused, Stale
from gateway.channels.wechat.wire.signature import Claim, claimed, sign, verify

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=timezone.utc)
TOKEN, NONCE = "gongda2026", "1839201"
TIMESTAMP = str(int(NOW.timestamp()))


def accepted(signature: str, timestamp: str = TIMESTAMP, nonce: str = NONCE, now: datetime = NOW) -> bool:
    try:
        verify([TOKEN], Claim(signature, timestamp, nonce), now=now)
    except Refused:
        return False
    return True


def test_the_signature_is_sha1_over_the_sorted_parts() -> None:
    # printf 1409304348weixinxxxxxx | sha1sum
    assert sign("weixin", "1409304348", "xxxxxx") == "97c02f162124a44cb4168c5fc4854717e148d004"


def test_a_fresh_signature_is_accepted() -> None:
    assert accepted(sign(TOKEN, TIMESTAMP, NONCE))


@pytest.mark.parametrize(("seconds", "fine"), [(0, True), (300, True), (301, False), (-300, True), (-301, False)])
def test_a_callback_is_good_for_five_minutes_either_way(seconds: int, fine: bool) -> None:
    assert accepted(sign(TOKEN, TIMESTAMP, NONCE), now=NOW + timedelta(seconds=seconds)) is fine


@pytest.mark.parametrize("timestamp", ["", "now", "-1", "1.5", "１７９５３３４４００", "9" * 13, " 1", f"0{TIMESTAMP}"])
def test_a_correctly_signed_timestamp_that_is_no_number_is_refused(timestamp: str) -> None:
    assert not accepted(sign(TOKEN, timestamp, NONCE), timestamp=timestamp)


@given(st.integers(0, 159), st.sampled_from(["signature", "timestamp", "nonce"]))
def test_no_flipped_bit_gets_through(bit: int, part: str) -> None:
    parts = {"signature": sign(TOKEN, TIMESTAMP, NONCE), "timestamp": TIMESTAMP, "nonce": NONCE}
    flipped = bytearray(parts[part].encode())
    flipped[bit // 8 % len(flipped)] ^= 1 << bit % 8
    parts[part] = flipped.decode("latin-1")
    assert not accepted(parts["signature"], parts["timestamp"], parts["nonce"])


@given(st.text(alphabet=st.characters(), max_size=60))
def test_any_other_text_is_refused_without_another_error(text: str) -> None:
    assert not accepted(text)
    assert not accepted(sign(TOKEN, TIMESTAMP, NONCE), nonce=text + "x")


def test_the_examples_of_the_documentation_are_signed_alike() -> None:
    assert sign("AAAAA", "1714037059", "486452656") == "899cf89e464efb63f54ddac96b0a0a235f53aa78"
    assert sign("AAAAA", "1714036504", "1514711492") == "f464b24fc39322e44b38aa78f5edd27bd1441696"
    assert sign("AAAAA", "1714112445", "415670741") == "6c5c811b55cc85e0e1b54100749188c20beb3f5d"


def test_while_the_token_changes_both_are_good_and_it_is_known_which_one_signed() -> None:
    for token in ("old2025", "new2026"):
        claim = Claim(sign(token, TIMESTAMP, NONCE), TIMESTAMP, NONCE)
        assert verify(["new2026", "old2025"], claim, now=NOW) == token


def test_an_old_recording_is_told_apart_from_a_forgery() -> None:
    claim = Claim(sign(TOKEN, TIMESTAMP, NONCE), TIMESTAMP, NONCE)
    with pytest.raises(Stale, match="校准"):
        verify([TOKEN], claim, now=NOW + timedelta(hours=1))


def test_the_digits_cannot_be_cut_another_way() -> None:
    # "0" + "01795338000" would have the same signature as "00" + "1795338000".
    signature = sign(TOKEN, TIMESTAMP, "00")
    assert sign(TOKEN, f"0{TIMESTAMP}", "0") == signature
    assert not accepted(signature, timestamp=f"0{TIMESTAMP}", nonce="0")


@pytest.mark.parametrize("name", ["signature", "timestamp", "nonce", "msg_signature", "encrypt_type"])
def test_a_parameter_that_stands_there_twice_or_is_huge_is_refused(name: str) -> None:
    with pytest.raises(BadSignature, match="重复"):
        claimed([(name, "1"), (name, "1")])
    with pytest.raises(BadSignature, match="过长"):
        claimed([(name, "1" * 129)])


def test_parameters_that_are_not_ours_are_left_alone() -> None:
    assert claimed([("openid", "o1"), ("openid", "o2"), ("nonce", "7"), ("x" * 9999, "y")]) == Claim(nonce="7")
