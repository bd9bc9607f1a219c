from __future__ import annotations

import base64
import itertools
import string

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher as Primitive
from cryptography.hazmat.primitives.ciphers import algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.wechat.errors import OtherAccount, Undecryptable
from gateway.channels.wechat.wire.aes import Cipher, key_of, open_with

# The examples of 消息加解密说明, 接入指引 of 安全模式.
DOCUMENTED_KEY, DOCUMENTED_ID = "A" * 43, "wxba5fad812f8e6fb9"
DOCUMENTED = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsX"
    "UnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajA"
    "sjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APP_ID = "wx5823bf96d3bd56c7"
CIPHER = Cipher(KEY, APP_ID)


def written_out(plain: bytes, key: str = KEY) -> str:
    """AES-256-CBC with the key's own beginning as initial vector, without any of the code that is tested."""
    raw = base64.b64decode(key + "=")
    encryptor = Primitive(algorithms.AES(raw), modes.CBC(raw[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()


def packed(message: bytes, app_id: str = APP_ID, *, length: int | None = None, padding: bytes | None = None) -> bytes:
    stated = len(message) if length is None else length
    plain = b"0123456789abcdef" + stated.to_bytes(4, "big") + message + app_id.encode()
    missing = 32 - len(plain) % 32
    return plain + (bytes([missing]) * missing if padding is None else padding)


def test_the_documented_message_is_opened() -> None:
    message = Cipher(DOCUMENTED_KEY, DOCUMENTED_ID).open(DOCUMENTED).decode()
    assert message.startswith('{"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY"')
    assert message.endswith('"debug_str":"hello world"}')


def test_the_documented_answer_is_sealed_alike() -> None:
    cipher = Cipher(DOCUMENTED_KEY, DOCUMENTED_ID, random=lambda count: b"707722b803182950"[:count])
    expected = "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
    assert cipher.seal(b'{"demo_resp":"good luck"}') == expected


@given(st.binary(max_size=300))
def test_what_was_encrypted_elsewhere_is_opened(message: bytes) -> None:
    assert CIPHER.open(written_out(packed(message))) == message


@given(st.binary(max_size=300))
def test_what_is_sealed_is_opened_again_and_never_looks_the_same_twice(message: bytes) -> None:
    one, other = CIPHER.seal(message), CIPHER.seal(message)
    assert one != other
    assert CIPHER.open(one) == CIPHER.open(other) == message


@pytest.mark.parametrize("length", range(64))
def test_every_length_is_padded_to_thirty_two(length: int) -> None:
    sealed = CIPHER.seal(b"x" * length)
    assert len(base64.b64decode(sealed)) % 32 == 0
    assert CIPHER.open(sealed) == b"x" * length


def test_a_message_for_another_account_is_refused_with_the_remedy() -> None:
    with pytest.raises(OtherAccount, match="GONGDA_WECHAT_APP_ID"):
        CIPHER.open(written_out(packed(b"<xml/>", "wx0000000000000000")))


@pytest.mark.parametrize("app_id", ["", APP_ID[:-1], f"{APP_ID}x", f"x{APP_ID}", APP_ID.upper()])
def test_an_appid_that_is_nearly_ours_is_refused(app_id: str) -> None:
    with pytest.raises(OtherAccount):
        CIPHER.open(written_out(packed(b"<xml/>", app_id)))


@pytest.mark.parametrize("length", [5, 7, 0, 24, 25, 2**31, 2**32 - 1])
def test_a_length_that_is_not_the_messages_is_refused(length: int) -> None:
    with pytest.raises((OtherAccount, Undecryptable)):
        CIPHER.open(written_out(packed(b"<xml/>", length=length)))


def test_a_length_in_the_other_byte_order_is_refused() -> None:
    with pytest.raises(Undecryptable):
        CIPHER.open(written_out(packed(b"<xml/>", length=int.from_bytes((6).to_bytes(4, "little"), "big"))))


@pytest.mark.parametrize(
    "padding", [b"\x00" * 20, b"\x21" * 20, b"\xff" * 20, b"\x13" * 19 + b"\x14", b"\x14" * 19 + b"\x15"]
)
def test_wrong_padding_is_refused(padding: bytes) -> None:
    plain = packed(b"<xml/>", padding=b"")  # 16 + 4 + 6 + 18 bytes
    assert len(plain + padding) == 64
    with pytest.raises(Undecryptable, match="填充"):
        CIPHER.open(written_out(plain + padding))


@pytest.mark.parametrize("text", ["", "=", "abc", "*" * 44, "导入", "QUJD", "A" * 43, written_out(b"x" * 16), "\ud800"])
def test_what_is_no_ciphertext_is_refused(text: str) -> None:
    with pytest.raises(Undecryptable):
        CIPHER.open(text)


def test_no_changed_byte_leaves_the_message_as_it_was() -> None:
    # Without msg_signature CBC lets a changed block through: what is opened then is never the message itself.
    message = b"<xml><Content>1</Content></xml>"
    data = bytearray(base64.b64decode(CIPHER.seal(message)))
    for place in range(len(data)):
        data[place] ^= 1
        try:
            opened = CIPHER.open(base64.b64encode(data).decode())
        except (OtherAccount, Undecryptable):
            opened = None
        assert opened != message, place
        data[place] ^= 1


@given(st.binary(min_size=1, max_size=200))
def test_junk_of_any_length_is_refused(junk: bytes) -> None:
    with pytest.raises((OtherAccount, Undecryptable)):
        CIPHER.open(base64.b64encode(junk).decode())


def test_during_a_rotation_both_keys_open_and_the_answer_gets_the_one_that_did() -> None:
    new, old = Cipher("B" * 43, APP_ID), CIPHER
    for sender in (new, old):
        message, found = open_with([new, old], sender.seal(b"<xml/>"))
        assert (message, found) == (b"<xml/>", sender)


def test_a_key_nobody_has_is_refused_with_the_remedy() -> None:
    with pytest.raises(Undecryptable, match="GONGDA_WECHAT_AES_KEY_PREVIOUS"):
        open_with([CIPHER], Cipher("B" * 43, APP_ID).seal(b"<xml/>"))


@pytest.mark.parametrize("key", ["", "A" * 42, "A" * 44, "A" * 43 + "=", "A" * 42 + "/", "Ａ" * 43, " " + "A" * 42])
def test_a_key_that_wechat_would_not_make_is_refused_with_its_length(key: str) -> None:
    with pytest.raises(ValueError, match=f"43 位字母或数字，现在是 {len(key)} 位"):
        key_of(key)


@given(st.text(string.ascii_letters + string.digits, min_size=43, max_size=43))
def test_a_key_is_thirty_two_bytes(key: str) -> None:
    assert len(key_of(key)) == 32


def test_the_key_is_not_shown() -> None:
    shown = (repr(CIPHER), str(vars(CIPHER)))
    assert not any(part in text for part, text in itertools.product([KEY, repr(key_of(KEY))], shown))
