from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.wechat.errors import BadSignature
from gateway.channels.wechat.signature import sign, verify

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=timezone.utc)
TOKEN, NONCE = "gongda2026", "1839201"
TIMESTAMP = str(int(NOW.timestamp()))


def accepted(signature: str, timestamp: str = TIMESTAMP, nonce: str = NONCE, now: datetime = NOW) -> bool:
    try:
        verify(TOKEN, signature, timestamp, nonce, now=now)
    except BadSignature:
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


@pytest.mark.parametrize("timestamp", ["", "now", "-1", "1.5", "１７９５３３４４００", "9" * 13, " 1"])
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
