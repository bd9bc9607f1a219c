"""Requests as a forger makes them, who may know the address, a token, even a key, but not what WeChat would say."""

from __future__ import annotations

import random
import struct
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from desk.clock import system_clock
from evaluation.wechat_account import APP_ID, KEY, TOKEN
from gateway.channels.wechat.fakes.crypto import FakeCrypto
from gateway.channels.wechat.fakes.wire import Mode, Wire, xml

PHONE = "13800138000"  # must not turn up in a log
Query = dict[str, str]


@dataclass(frozen=True)
class Request:
    """`refused`: nothing but 403 is right, or what the HTTP server itself refuses. `raw` is sent instead of the rest.

    `ends`: the sender closes their side after what is there. `stalls`: they say nothing more and wait.
    """

    kind: str
    query: str
    body: bytes
    refused: bool = True
    method: str = "POST"
    headers: tuple[tuple[str, str], ...] = ()
    raw: bytes | None = None
    ends: bool = False
    stalls: bool = False


@dataclass
class Captured:
    """What somebody on the way may have kept: addresses with the bodies that came with them."""

    limit: int = 500
    kept: list[tuple[Query, bytes]] = field(default_factory=list)

    def keep(self, query: Query, body: bytes) -> None:
        self.kept.append((query, body))
        del self.kept[: -self.limit]


class Signer:
    """Makes what WeChat would make, and what it would not. The same `rng` gives the same sequence, but for the time."""

    def __init__(self, mode: Mode, rng: random.Random, captured: Captured) -> None:
        self.mode = mode
        self.rng = rng
        self.captured = captured
        self._number = 0

    def fields(self, **changes: str) -> dict[str, str]:
        """A text that would be answered, were it WeChat's."""
        self._number += 1
        common = {
            "ToUserName": "gh_forged", "FromUserName": f"oForger{self._number % 50}",
            "CreateTime": str(int(system_clock().timestamp())), "MsgType": "text",
            "Content": f"伪造 {PHONE} {self._number}", "MsgId": str(7 * 10**18 + self._number),
        }  # fmt: skip
        return {**common, **changes}

    def signed(
        self, body: Mapping[str, str] | bytes, *, token: str = TOKEN, key: str = KEY, app_id: str = APP_ID,
        off: float = 0.0,
    ) -> tuple[Query, bytes]:  # fmt: skip
        """Address and body as WeChat makes them; bytes are what the envelope is to hold, whatever they are."""
        now = system_clock() + timedelta(seconds=off)
        crypto = FakeCrypto(token, key, app_id)
        wire = Wire(token, lambda: now, self.mode, crypto)
        if not isinstance(body, bytes):
            envelope = wire.wrap(body)
            return dict(envelope.query), envelope.body
        if self.mode == "plain":
            return wire.query(), body
        query, encrypted = wire.query(), crypto.encrypt(body)
        signature = crypto.signature(query["timestamp"], query["nonce"], encrypted)
        return {**query, "encrypt_type": "aes", "msg_signature": signature}, xml({"Encrypt": encrypted})

    def made(self, kind: str, query: Query, body: bytes, *, refused: bool = True) -> Request:
        return Request(kind, urlencode(query), body, refused)

    def packed(self, kind: str, inner: bytes, *, length: int | None = None, padding: int | None = None) -> Request:
        """Encrypted by hand with wrong numbers in it, and signed as WeChat would."""
        plain = bytes(16) + struct.pack(">I", len(inner) if length is None else length) + inner + APP_ID.encode()
        missing = 32 - len(plain) % 32
        key = b64decode(f"{KEY}=")
        encryptor = Cipher(AES(key), CBC(key[:16])).encryptor()
        filled = plain + bytes([missing if padding is None else padding]) * missing
        encrypted = b64encode(encryptor.update(filled) + encryptor.finalize()).decode()
        query, crypto = self.signed(b"")[0], FakeCrypto(TOKEN, KEY, APP_ID)
        query["msg_signature"] = crypto.signature(query["timestamp"], query["nonce"], encrypted)
        return self.made(kind, query, xml({"Encrypt": encrypted}))
