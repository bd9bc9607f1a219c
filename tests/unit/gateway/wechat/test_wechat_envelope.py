from __future__ import annotations

import hashlib
from datetime import datetime, timezone

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from desk.clock import FixedClock
from gateway.channels.wechat.errors import (
    BadSignature,
    Downgraded,
    NoKey,
    NotXml,
    OddBody,
    OtherAccount,
    Refused,
    Undecryptable,
    UnknownShape,
)
from gateway.channels.wechat.settings import WeChatSettings
from gateway.channels.wechat.wire.aes import Cipher
from gateway.channels.wechat.wire.envelope import AesEnvelope, PlainEnvelope, envelope_of
from gateway.channels.wechat.wire.signature import Claim

CLOCK = FixedClock(datetime(2026, 11, 22, 9, 0, tzinfo=timezone.utc))
TOKEN, APP_ID = "gongda2026", "wx5823bf96d3bd56c7"
NEW, OLD = Cipher("A" * 43, APP_ID), Cipher("B" * 43, APP_ID)
SECURE = AesEnvelope([NEW, OLD], CLOCK)
COMPATIBLE = AesEnvelope([NEW, OLD], CLOCK, readable_too=True)
INNER = "<xml><MsgType>text</MsgType><Content>密文里的话</Content></xml>".encode()


def sha1(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def wrapped(encrypted: str, beside: str = "") -> tuple[bytes, Claim]:
    signature = sha1(TOKEN, "1795338000", "42", encrypted)
    body = f"<xml><ToUserName>gh_1</ToUserName>{beside}<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    return body.encode(), Claim("checked before", "1795338000", "42", signature, "aes")


def refusal(envelope: AesEnvelope, body: bytes, claim: Claim, token: str = TOKEN) -> type[Exception] | None:
    try:
        envelope.open(body, claim, token)
    except (Refused, OddBody) as error:
        return type(error)
    return None


@pytest.mark.parametrize("envelope", [SECURE, COMPATIBLE])
@pytest.mark.parametrize("cipher", [NEW, OLD])
def test_the_encrypted_message_is_what_counts(envelope: AesEnvelope, cipher: Cipher) -> None:
    beside = "<MsgType>text</MsgType><Content>明文里的话</Content>"
    opened = envelope.open(*wrapped(cipher.seal(INNER), beside), TOKEN)
    assert opened.fields["Content"] == "密文里的话"
    assert opened.content == INNER


@pytest.mark.parametrize("cipher", [NEW, OLD])
def test_the_answer_is_sealed_with_the_key_that_opened_and_signed_with_the_token_that_signed(cipher: Cipher) -> None:
    opened = SECURE.open(*wrapped(cipher.seal(INNER)), TOKEN)
    answer = fromstring(opened.seal("<xml><Content>答]]></Content></xml>"))
    assert [field.tag for field in answer] == ["Encrypt", "MsgSignature", "TimeStamp", "Nonce"]
    encrypted, signature, timestamp, nonce = (str(field.text) for field in answer)
    assert cipher.open(encrypted).decode() == "<xml><Content>答]]></Content></xml>"
    assert signature == sha1(TOKEN, timestamp, nonce, encrypted)
    assert timestamp == str(int(CLOCK().timestamp()))


def test_a_readable_body_is_refused_in_secure_mode_and_taken_in_compatible_mode() -> None:
    claim = Claim("checked before", "1795338000", "42")
    with pytest.raises(Downgraded, match="GONGDA_WECHAT_MODE=compatible"):
        SECURE.open(INNER, claim, TOKEN)
    opened = COMPATIBLE.open(INNER, claim, TOKEN)
    assert (opened.fields["Content"], opened.seal("答")) == ("密文里的话", "答")


@given(st.integers(0, 10_000), st.integers(0, 7))
def test_no_flipped_bit_of_the_ciphertext_gets_through(place: int, bit: int) -> None:
    body, claim = wrapped(NEW.seal(INNER))
    start, end = body.index(b"CDATA[") + 6, body.index(b"]]>")
    spoilt = bytearray(body)
    spoilt[start + place % (end - start)] ^= 1 << bit
    assert refusal(SECURE, bytes(spoilt), claim) is not None


@pytest.mark.parametrize("changed", ["timestamp", "nonce", "msg_signature"])
def test_the_signature_of_the_message_covers_what_the_address_says(changed: str) -> None:
    body, claim = wrapped(NEW.seal(INNER))
    parts = {"timestamp": claim.timestamp, "nonce": claim.nonce, "msg_signature": claim.msg_signature, changed: "1"}
    assert refusal(SECURE, body, Claim("checked before", **parts)) is BadSignature
    assert refusal(SECURE, body, claim, token="another") is BadSignature


def test_a_missing_message_signature_is_a_wrong_one() -> None:
    body, claim = wrapped(NEW.seal(INNER))
    assert refusal(COMPATIBLE, body, Claim(claim.signature, claim.timestamp, claim.nonce)) is BadSignature


@pytest.mark.parametrize(
    ("encrypted", "expected"),
    [
        (Cipher("C" * 43, APP_ID).seal(INNER), Undecryptable),
        (Cipher("A" * 43, "wx0000000000000000").seal(INNER), OtherAccount),
        ("", Undecryptable),
        ("junk", Undecryptable),
        (NEW.seal(b"not xml"), NotXml),
        (NEW.seal(b'{"MsgType": "text"}'), NotXml),
        (NEW.seal(b'<!DOCTYPE x [<!ENTITY a "b">]><xml>&a;</xml>'), NotXml),
        (NEW.seal(b"<html/>"), UnknownShape),
    ],
    ids=["another key", "another account", "nothing", "junk", "no XML", "JSON", "a DTD", "another root"],
)
def test_what_is_signed_but_of_no_use_has_its_error(encrypted: str, expected: type[Exception]) -> None:
    assert refusal(SECURE, *wrapped(encrypted)) is expected


def test_without_a_key_an_encrypted_body_is_refused_with_the_remedy() -> None:
    body, claim = wrapped(NEW.seal(INNER))
    with pytest.raises(NoKey, match="GONGDA_WECHAT_AES_KEY"):
        PlainEnvelope().open(body, claim, TOKEN)


def test_without_a_key_the_readable_half_of_the_compatible_mode_is_read() -> None:
    body, claim = wrapped(NEW.seal(INNER), "<MsgType>text</MsgType><Content>明文里的话</Content>")
    opened = PlainEnvelope().open(body, claim, TOKEN)
    assert (opened.fields["Content"], opened.seal("答")) == ("明文里的话", "答")


def test_the_settings_choose_the_envelope() -> None:
    def made(**changes: str) -> object:
        return envelope_of(WeChatSettings(token=TOKEN, app_id=APP_ID, app_secret="s", **changes), CLOCK)  # type: ignore[arg-type]

    assert isinstance(made(), PlainEnvelope)
    assert isinstance(made(mode="plain", aes_key="A" * 43), PlainEnvelope)
    rotating = made(mode="secure", aes_key="A" * 43, previous_aes_key="B" * 43)
    assert isinstance(rotating, AesEnvelope)
    assert refusal(rotating, *wrapped(OLD.seal(INNER))) is None
    assert refusal(rotating, INNER, wrapped("")[1]) is Downgraded
