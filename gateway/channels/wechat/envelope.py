"""How a body travels: in plain text now; 兼容模式 works too, because it repeats the readable fields.

安全模式 (AES, two keys during rotation) will be another Envelope: `open` decrypts and checks `msg_signature`,
`seal` encrypts with the key that opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Envelope(Protocol):
    """Wraps and unwraps what a callback carries."""

    def open(self, body: bytes, query: Mapping[str, str]) -> bytes:
        """The XML inside. Raises OddBody."""
        ...

    def seal(self, xml: str, query: Mapping[str, str]) -> str:
        """The answer to a body that came with this query."""
        ...


class PlainEnvelope:
    """明文模式: the body is the message."""

    def open(self, body: bytes, query: Mapping[str, str]) -> bytes:
        return body

    def seal(self, xml: str, query: Mapping[str, str]) -> str:
        return xml
