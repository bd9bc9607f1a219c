"""What 安全模式 and 兼容模式 encrypt with: AES-256-CBC over sixteen random bytes, a length, the message and the appid.

The key is base64(EncodingAESKey + "="), its first sixteen bytes are the initial vector, the padding is PKCS#7 to 32
bytes, the length four bytes, the most significant first (消息加解密说明, with test vectors).
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress

from cryptography.hazmat.primitives.ciphers import Cipher as Aes
from cryptography.hazmat.primitives.ciphers import algorithms, modes

from gateway.channels.wechat.errors import OtherAccount, Undecryptable

Random = Callable[[int], bytes]

_KEY = re.compile(r"[A-Za-z0-9]{43}")
_LEAD, _LENGTH = 16, 4  # bytes
_PADDED_TO = 32  # bytes


def key_of(encoding_aes_key: str) -> bytes:
    """The 32 bytes behind an EncodingAESKey. Raises ValueError with a sentence for the operator."""
    if not _KEY.fullmatch(encoding_aes_key):
        raise ValueError(
            f"EncodingAESKey 必须是 43 位字母或数字，现在是 {len(encoding_aes_key)} 位；"
            "请从公众号后台“消息加解密密钥”原样复制，不要带空格或等号"
        )
    return base64.b64decode(f"{encoding_aes_key}=")


class Cipher:
    """One EncodingAESKey of one account."""

    def __init__(self, encoding_aes_key: str, app_id: str, random: Random = secrets.token_bytes) -> None:
        self._aes = _aes(key_of(encoding_aes_key))
        self._app_id = app_id.encode()
        self._random = random

    def open(self, encrypted: str) -> bytes:
        """The message inside. Raises Undecryptable, and OtherAccount when it is for another appid."""
        packed = _unpadded(self._decrypted(encrypted))
        start = _LEAD + _LENGTH
        end = start + int.from_bytes(packed[_LEAD:start], "big")
        if len(packed) < start or end > len(packed):
            raise Undecryptable("解密后的长度不对")
        if packed[end:] != self._app_id:
            raise OtherAccount("消息属于另一个公众号（AppID 不同）；请检查 GONGDA_WECHAT_APP_ID 是不是本公众号的 AppID")
        return packed[start:end]

    def seal(self, message: bytes) -> str:
        """The message as an `<Encrypt>` holds it."""
        packed = b"".join((self._random(_LEAD), len(message).to_bytes(_LENGTH, "big"), message, self._app_id))
        missing = _PADDED_TO - len(packed) % _PADDED_TO
        encryptor = self._aes.encryptor()
        return base64.b64encode(encryptor.update(packed + bytes([missing]) * missing) + encryptor.finalize()).decode()

    def _decrypted(self, encrypted: str) -> bytes:
        try:
            data = base64.b64decode(encrypted, validate=True)
        except (binascii.Error, ValueError) as error:  # ValueError: not ASCII
            raise Undecryptable("密文不是 Base64") from error
        if not data or len(data) % _PADDED_TO:
            raise Undecryptable("密文的长度不对")
        decryptor = self._aes.decryptor()
        return decryptor.update(data) + decryptor.finalize()


def open_with(ciphers: Sequence[Cipher], encrypted: str) -> tuple[bytes, Cipher]:
    """The message, and the first cipher that opens it. Raises Undecryptable, OtherAccount."""
    for cipher in ciphers:
        with suppress(Undecryptable):
            return cipher.open(encrypted), cipher
    raise Undecryptable(
        "签名正确但解不开：EncodingAESKey 与公众号后台的不一致。后台换过密钥的话，请把新密钥填到 "
        "GONGDA_WECHAT_AES_KEY，旧密钥填到 GONGDA_WECHAT_AES_KEY_PREVIOUS，然后重启"
    )


def _aes(key: bytes) -> Aes[modes.CBC]:
    return Aes(algorithms.AES256(key), modes.CBC(key[:16]))


def _unpadded(padded: bytes) -> bytes:
    """The padding is under msg_signature, so how it is refused tells nobody anything."""
    count = padded[-1]
    if not 1 <= count <= _PADDED_TO or padded[-count:] != bytes([count]) * count:
        raise Undecryptable("解密后的填充不对")
    return padded[:-count]
