"""Two guards of a callback, put to the same requests: ours, and wechatpy as its documentation uses it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from desk.clock import system_clock
from evaluation.errors import MissingPeer
from evaluation.wechat_account import APP_ID, KEY, TOKEN
from gateway.channels.wechat.errors import WeChatError
from gateway.channels.wechat.wire import xml
from gateway.channels.wechat.wire.aes import Cipher
from gateway.channels.wechat.wire.envelope import AesEnvelope, Envelope, PlainEnvelope
from gateway.channels.wechat.wire.signature import claimed, verify


class Guard(Protocol):
    """Takes a request for a message of WeChat's, or says in its own way that it is none."""

    name: str
    refusal: type[Exception]
    """The root of its own exceptions."""

    def message_id(self, mode: str, query: Mapping[str, str], body: bytes) -> object:
        """The id of the message, None when there is none. Raises whatever the guard raises."""
        ...

    def opener(self, encrypted: str) -> Callable[[], object]:
        """Opens the text of `<Encrypt>`, nothing else."""
        ...


class Ours:
    """`gateway.channels.wechat.wire`, without the memory for replays."""

    name = "工答"
    refusal: type[Exception] = WeChatError

    def __init__(self) -> None:
        self._cipher = Cipher(KEY, APP_ID)
        self._envelopes: dict[str, Envelope] = {
            "plain": PlainEnvelope(),
            "secure": AesEnvelope([self._cipher], system_clock),
        }

    def message_id(self, mode: str, query: Mapping[str, str], body: bytes) -> object:
        claim = claimed(query.items())
        token = verify([TOKEN], claim, now=system_clock())
        return xml.message(self._envelopes[mode].open(body, claim, token).fields).message_id

    def opener(self, encrypted: str) -> Callable[[], object]:
        return lambda: self._cipher.open(encrypted)


class Theirs:
    """wechatpy: `check_signature` and `parse_message`, in 安全模式 `WeChatCrypto.decrypt_message` before it."""

    def __init__(self) -> None:
        try:
            import wechatpy
            from wechatpy.crypto import PrpCrypto, WeChatCrypto
            from wechatpy.exceptions import WeChatException
            from wechatpy.utils import check_signature
        except ImportError as error:
            raise MissingPeer("wechatpy") from error
        self.name = f"wechatpy {wechatpy.__version__}"
        self.refusal: type[Exception] = WeChatException
        self._parse: Callable[[Any], Any] = wechatpy.parse_message
        self._check = check_signature
        self._crypto = WeChatCrypto(TOKEN, KEY, APP_ID)
        self._cipher = PrpCrypto(self._crypto.key)

    def message_id(self, mode: str, query: Mapping[str, str], body: bytes) -> object:
        stamp, nonce = query["timestamp"], query["nonce"]
        content: Any = body
        if mode == "plain":
            self._check(TOKEN, query["signature"], stamp, nonce)
        else:
            content = self._crypto.decrypt_message(body, query.get("msg_signature", ""), stamp, nonce)
        found = self._parse(content)
        return None if found is None else found.id

    def opener(self, encrypted: str) -> Callable[[], object]:
        return lambda: self._cipher.decrypt(encrypted, APP_ID)
