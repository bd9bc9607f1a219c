"""WeChat's side of 安全模式, written apart from the product's own, so that each checks the other.

https://developers.weixin.qq.com/doc/subscription/guide/dev/push/encryption.html: AES-256-CBC with the key that the 43
characters of EncodingAESKey and a `=` are the Base64 of, its first 16 bytes as vector; inside 16 random bytes, the
length as 4 bytes in network order, the message, the AppID, filled to a multiple of 32 bytes as PKCS#7 does. The
signature is SHA-1 over token, timestamp, nonce and the Base64 text, sorted and joined.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import string
import struct

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

_BLOCK = 32


class Unreadable(Exception):
    """Not encrypted as WeChat expects it."""


class FakeCrypto:
    """One account's key."""

    def __init__(self, token: str, aes_key: str, app_id: str) -> None:
        key = base64.b64decode(aes_key + "=")
        if len(aes_key) != 43 or len(key) != 32:
            raise ValueError(f"an EncodingAESKey has 43 characters, this one {len(aes_key)}")
        self._token = token
        self._app_id = app_id.encode()
        self._cipher = Cipher(AES(key), CBC(key[:16]))

    def encrypt(self, message: bytes) -> str:
        """As Base64; never the same twice."""
        inside = os.urandom(16) + struct.pack("!I", len(message)) + message + self._app_id
        fill = _BLOCK - len(inside) % _BLOCK
        encryptor = self._cipher.encryptor()
        return base64.b64encode(encryptor.update(inside + bytes([fill]) * fill) + encryptor.finalize()).decode()

    def decrypt(self, encrypted: str) -> bytes:
        """Raises Unreadable."""
        try:
            data = base64.b64decode(encrypted, validate=True)
            decryptor = self._cipher.decryptor()
            filled = decryptor.update(data) + decryptor.finalize()
            inside = filled[: -filled[-1]]
            (length,) = struct.unpack("!I", inside[16:20])
        except (ValueError, IndexError, struct.error) as error:
            raise Unreadable(type(error).__name__) from error
        if not 1 <= filled[-1] <= _BLOCK or inside[20 + length :] != self._app_id:
            raise Unreadable("the filling or the AppID is not right")
        return inside[20 : 20 + length]

    def signature(self, timestamp: str, nonce: str, encrypted: str) -> str:
        """msg_signature."""
        joined = "".join(sorted((self._token, timestamp, nonce, encrypted)))
        return hashlib.sha1(joined.encode()).hexdigest()  # noqa: S324 - WeChat's choice

    def signed(self, signature: str, timestamp: str, nonce: str, encrypted: str) -> bool:
        """Whether a reply's signature fits."""
        return hmac.compare_digest(self.signature(timestamp, nonce, encrypted), signature)


def new_key() -> str:
    """An EncodingAESKey as 随机生成 in the account's settings makes one: 字符范围为 A-Z，a-z，0-9."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(43))
