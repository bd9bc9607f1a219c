"""Forgeries of the address and of HTTP itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlencode

from evaluation.forging import Query, Request, Signer
from evaluation.wechat_account import APP_ID, KEY, TOKEN
from gateway.channels.wechat.fakes.crypto import FakeCrypto


class Addresses:
    """`kinds` are functions that make one each."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self._rng = signer.rng
        self._crypto = FakeCrypto(TOKEN, KEY, APP_ID)
        self.kinds: tuple[Callable[[], Request], ...] = (
            self._flipped, self._missing, self._doubled, self._off, self._no_number, self._another_token,
            self._cut_elsewhere, self._exchanged, self._odd, self._url_check, self._method, self._headers,
            self._broken, self._promised_more,
        )  # fmt: skip

    def stalled(self) -> Request:
        """Signed rightly, and then nothing comes."""
        query, body = self._signer.signed(self._signer.fields())
        made = self._signer.made("a sender that stalls", query, body[:20], refused=False)
        return replace(made, headers=(("content-length", str(len(body))),), stalls=True)

    def _flipped(self) -> Request:
        query, body = self._good()
        name = self._rng.choice(_signing(query))
        text = bytearray(query[name].encode())
        text[self._rng.randrange(len(text))] ^= 1 << self._rng.randrange(8)
        return self._signer.made("address: a bit flipped", {**query, name: text.decode("latin-1")}, body)

    def _missing(self) -> Request:
        query, body = self._good()
        name = self._rng.choice(_signing(query))
        left = {other: value for other, value in query.items() if other != name}
        kept = {**left, name: ""} if self._rng.random() < 0.5 else left
        return self._signer.made("address: a parameter missing", kept, body)

    def _doubled(self) -> Request:
        query, body = self._good()
        name = self._rng.choice(_signing(query))
        pairs = [*query.items(), (name, self._rng.choice([query[name], "1"]))]
        self._rng.shuffle(pairs)
        return Request("address: a parameter doubled", urlencode(pairs), body)

    def _off(self) -> Request:
        off = self._rng.choice([-1, 1]) * self._rng.choice([310, 600, 3600, 86400, 10**8])
        query, body = self._signer.signed(self._signer.fields(), off=off)
        return self._signer.made("address: stale or of the future", query, body)

    def _no_number(self) -> Request:
        query, body = self._good()
        stamp = query["timestamp"]
        odd = self._rng.choice(
            ["", "-1", "1e9", "１７９５３３８０００", "0x6b", f" {stamp}", f"{stamp}.0", "9" * 12, "NaN"]
        )
        return self._resigned("address: a timestamp that is none", query, body, odd, query["nonce"])

    def _cut_elsewhere(self) -> Request:
        """The same digits, so the same signature."""
        query, body = self._good()
        query["signature"] = self._crypto.signature(query["timestamp"], "00", "")
        cut = {**query, "timestamp": f"0{query['timestamp']}", "nonce": "0"}
        return self._signer.made("address: digits cut elsewhere", cut, body)

    def _exchanged(self) -> Request:
        query, body = self._good()
        exchanged = {**query, "timestamp": query["nonce"], "nonce": query["timestamp"]}
        return self._signer.made("address: timestamp and nonce exchanged", exchanged, body)

    def _another_token(self) -> Request:
        guess = f"guess{self._rng.randrange(10**6)}"
        return self._signer.made("another token", *self._signer.signed(self._signer.fields(), token=guess))

    def _odd(self) -> Request:
        query = self._rng.choice([
            "", "signature", "signature=%FF&timestamp=%FE&nonce=%00", "signature[]=a&timestamp[]=1&nonce[]=2",
            "a" * 30_000, "&".join(f"x{n}=1" for n in range(2000)), "signature=%ED%A0%80&timestamp=1&nonce=%0D%0A",
            f"signature={'a' * 40}&timestamp={'1' * 20_000}&nonce=1",
        ])  # fmt: skip
        return Request("address: odd", query, self._good()[1])

    def _url_check(self) -> Request:
        query, _ = self._good()
        echo = self._rng.choice(["<script>alert(1)</script>", "1", "x" * 5000])
        made = self._signer.made("URL check: forged", {**query, "signature": "0" * 40, "echostr": echo}, b"")
        return replace(made, method="GET")

    def _method(self) -> Request:
        made = self._signer.made("HTTP: another method", *self._good(), refused=False)
        return replace(made, method=self._rng.choice(["PUT", "HEAD", "DELETE", "PATCH", "OPTIONS", "TRACE", "post"]))

    def _headers(self) -> Request:
        query, body = self._good()
        headers = self._rng.choice([
            (("content-encoding", "gzip"),), (("content-type", "multipart/form-data; boundary=x"),),
            tuple((f"x-{n}", "y" * 50) for n in range(80)), (("x-forwarded-for", "127.0.0.1"),),
            (("cookie", "a=" * 3000),), (("x-original-url", "/console"),), (("x-http-method-override", "GET"),),
        ])  # fmt: skip
        return replace(self._signer.made("HTTP: odd headers", {**query, "nonce": "1"}, body), headers=headers)

    def _broken(self) -> Request:
        raw = self._rng.choice([
            b"GARBAGE\r\n\r\n", b"\x16\x03\x01\x02\x00", b"POST /wechat HTTP/9.9\r\n\r\n", self._rng.randbytes(100),
            b"POST /wechat HTTP/1.1\r\nhost: a\r\ncontent-length: -5\r\n\r\n",
            b"POST /wechat HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n",
            b"POST /wechat HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            b"GET /wechat HTTP/1.1\r\nhost: a\r\nx: " + b"y" * 80_000 + b"\r\n\r\n",
        ])  # fmt: skip
        return Request("HTTP: broken", "", b"", raw=raw, ends=True)

    def _promised_more(self) -> Request:
        query, body = self._good()
        part = body[: self._rng.randrange(len(body))]
        made = self._signer.made("HTTP: fewer bytes than promised", query, part, refused=False)
        return replace(made, headers=(("content-length", str(len(body) + 100)),), ends=True)

    def _resigned(self, kind: str, query: Query, body: bytes, timestamp: str, nonce: str) -> Request:
        signature = self._crypto.signature(timestamp, nonce, "")  # without a ciphertext it is the address's own
        return self._signer.made(kind, {**query, "timestamp": timestamp, "nonce": nonce, "signature": signature}, body)

    def _good(self) -> tuple[Query, bytes]:
        return self._signer.signed(self._signer.fields())


def _signing(query: Query) -> list[str]:
    return [name for name in ("signature", "timestamp", "nonce", "msg_signature") if name in query]
