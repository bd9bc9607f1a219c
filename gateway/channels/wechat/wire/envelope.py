"""How a body travels: 明文模式, 兼容模式 or 安全模式, as it is chosen for the account in 公众号后台.

Where a key is set, the encrypted part is what counts: nothing covers the readable fields that 兼容模式 puts beside it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from desk.clock import Clock
from gateway.channels.wechat.errors import BadSignature, Downgraded, NoKey
from gateway.channels.wechat.settings import WeChatSettings
from gateway.channels.wechat.wire.aes import Cipher, open_with
from gateway.channels.wechat.wire.fields import fields
from gateway.channels.wechat.wire.signature import Claim, same, sign

Seal = Callable[[str], str]


@dataclass(frozen=True)
class Opened:
    """A message: its bytes, its fields, and how the answer to it has to be wrapped."""

    content: bytes
    fields: Mapping[str, str]
    seal: Seal


class Envelope(Protocol):
    """Wraps and unwraps what a callback carries."""

    def open(self, body: bytes, claim: Claim, token: str) -> Opened:
        """What is inside, of a claim that `token` has signed. Raises Refused, OddBody."""
        ...


class PlainEnvelope:
    """明文模式: the body is the message."""

    def open(self, body: bytes, claim: Claim, token: str) -> Opened:
        found = fields(body)
        if "Encrypt" in found and "MsgType" not in found:
            raise NoKey(
                "公众号处于安全模式，但这里没有密钥；请把后台的 EncodingAESKey 填到 GONGDA_WECHAT_AES_KEY 后重启，"
                "并检查 GONGDA_WECHAT_MODE"
            )
        return Opened(body, found, str)


class AesEnvelope:
    """安全模式; with `readable_too` bodies that have no encrypted part at all are taken as well.

    Several ciphers during a rotation: the answer is sealed with the key that opened the message.
    """

    def __init__(self, ciphers: Sequence[Cipher], clock: Clock, *, readable_too: bool = False) -> None:
        self._ciphers = tuple(ciphers)
        self._clock = clock
        self._readable_too = readable_too

    def open(self, body: bytes, claim: Claim, token: str) -> Opened:
        outer = fields(body)
        encrypted = outer.get("Encrypt")
        if encrypted is None:
            return self._readable(body, outer)
        if not same(sign(token, claim.timestamp, claim.nonce, encrypted), claim.msg_signature):
            raise BadSignature("msg_signature 不对，密文不是微信发来的，或被改过")
        message, cipher = open_with(self._ciphers, encrypted)
        return Opened(message, fields(message), lambda answer: sealed(answer, cipher, token, self._clock))

    def _readable(self, body: bytes, found: Mapping[str, str]) -> Opened:
        if self._readable_too:
            return Opened(body, found, str)
        raise Downgraded(
            "设置为安全模式，却收到没有加密的消息，已拒绝。公众号后台若仍是明文模式，请在那里改为安全模式；"
            "切换期间可设 GONGDA_WECHAT_MODE=compatible"
        )


def envelope_of(settings: WeChatSettings, clock: Clock) -> Envelope:
    """What the account is set up for."""
    if settings.mode == "plain":
        return PlainEnvelope()
    keys = [key for key in (settings.aes_key, settings.previous_aes_key) if key]
    ciphers = [Cipher(key, settings.app_id) for key in keys]
    return AesEnvelope(ciphers, clock, readable_too=settings.mode == "compatible")


def sealed(answer: str, cipher: Cipher, token: str, clock: Clock) -> str:
    """An encrypted and signed answer."""
    encrypted = cipher.seal(answer.encode())
    timestamp, nonce = str(int(clock().timestamp())), str(secrets.randbelow(10**10))
    return (
        f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt>"
        f"<MsgSignature><![CDATA[{sign(token, timestamp, nonce, encrypted)}]]></MsgSignature>"
        f"<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
    )
