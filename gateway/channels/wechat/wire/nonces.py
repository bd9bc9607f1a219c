"""Which body came with which signature: the same one again is WeChat's repeat, another one a replay.

In 明文模式 the signature covers timestamp and nonce but not the body, so whoever has seen an address could send another
body with it for as long as the timestamp is fresh. Kept by signature and not by timestamp and nonce, because these are
joined without a mark between them, and other cuts through the same digits have the same signature.

In memory of this process: what a restart forgets, 安全模式 protects, whose msg_signature covers the body.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from time import monotonic

from gateway.channels.wechat.errors import Replayed

LIMIT = 100_000  # about 25 MB; over 160 messages a second for the ten minutes that a timestamp may be fresh


class Nonces:
    """The last `limit` signatures. Forgets by number and never by time, so that a clock that jumps opens nothing.

    A body is good for `repeats` seconds, in which WeChat delivers it three times. Later it would only tell a stranger
    the answer, and take from the follower what was still owed to them.
    """

    def __init__(self, repeats: float, limit: int = LIMIT, seconds: Callable[[], float] = monotonic) -> None:
        self._repeats = repeats
        self._limit = limit
        self._seconds = seconds
        self._seen: dict[bytes, tuple[bytes, float]] = {}  # in the order of arrival: the body, and when

    def __len__(self) -> int:
        return len(self._seen)

    def check(self, signature: str, body: bytes) -> None:
        """Remember the two together. Raises Replayed for a signature with another body, or too late a repeat."""
        key, digest, now = _digest(signature.encode("utf-8", "surrogatepass")), _digest(body), self._seconds()
        first, since = self._seen.setdefault(key, (digest, now))
        if first != digest:
            raise Replayed("同一个签名（timestamp、nonce）带来了另一份内容，是重放；若反复出现，请改用安全模式")
        if now - since > self._repeats:
            raise Replayed(f"{now - since:.0f} 秒前的消息又原样送来一次，微信不会隔这么久，是重放")
        if len(self._seen) > self._limit:
            del self._seen[next(iter(self._seen))]


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()
