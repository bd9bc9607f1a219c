"""Forgeries of the body: under a rightful signature, under somebody else's, and inside the encryption."""

from __future__ import annotations

import struct
from collections.abc import Callable

from evaluation.forging import Request, Signer
from evaluation.wechat_account import APP_ID
from gateway.channels.wechat.fakes.wire import xml

_OTHER_KEY = "C" * 43


class Bodies:
    """`kinds` are functions that make one each."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self._rng = signer.rng
        always: tuple[Callable[[], Request], ...] = (
            self._captured, self._bytes, self._text, self._bomb, self._large, self._form, self._encoding, self._short,
        )  # fmt: skip
        encrypted: tuple[Callable[[], Request], ...] = (
            self._changed, self._taken_off, self._another_key, self._another_appid, self._padding, self._length,
            self._message_signature, self._of_another, self._junk_inside,
        )  # fmt: skip
        self.kinds = (*always, *((self._no_key,) if signer.mode == "plain" else encrypted))

    def _captured(self) -> Request:
        """A captured address with another body; in 明文模式 nothing but our memory stands against it."""
        if not self._signer.captured.kept:
            return self._bytes()
        query, body = self._rng.choice(self._signer.captured.kept)
        forged = self._signer.signed(self._signer.fields())[1]
        if self._signer.mode == "plain" and self._rng.random() < 0.5:
            forged = body.replace(b"<MsgId>", b"<MsgId>9")
        return self._signer.made("replay: a captured address, another body", query, forged)

    # -- signed rightly ---------------------------------------------------------------------------------

    def _bytes(self) -> Request:
        return self._ignored("body: random bytes", self._rng.randbytes(self._rng.randrange(400)))

    def _text(self) -> Request:
        ranges = (range(128), range(0xD800), range(0xE000, 0x110000))
        text = "".join(chr(self._rng.choice(self._rng.choice(ranges))) for _ in range(self._rng.randrange(200)))
        wrap = self._rng.choice(["{}", "<xml>{}</xml>", "<xml><MsgType>{}</MsgType></xml>", "<xml><{}/></xml>"])
        return self._ignored("body: random text", wrap.replace("{}", text).encode())

    def _bomb(self) -> Request:
        levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
        head = self._rng.choice([
            f'<!DOCTYPE x [<!ENTITY a0 "lol">{levels}]>', '<!DOCTYPE x [<!ENTITY a9 SYSTEM "file:///etc/passwd">]>',
            '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/">%p;]>', "<!DOCTYPE xml>",
            f'<!DOCTYPE x [<!ENTITY a9 "{"x" * 20_000}">]>',
        ])  # fmt: skip
        inner = xml(self._signer.fields()).decode().replace("伪造", "]]>&a9;<![CDATA[")
        return self._ignored("body: DTD, entities, bombs", (head + inner).encode())

    def _large(self) -> Request:
        size = self._rng.choice([66_000, 100_000, 300_000, 1_000_000])
        query, body = self._signer.signed(self._signer.fields())
        fat = self._rng.choice([body.replace(b"</xml>", b"<A>" + b"x" * size + b"</A></xml>"), b" " * size + body])
        return self._signer.made("body: over the limit", query, fat, refused=False)

    def _form(self) -> Request:
        name = self._rng.choice(["MsgId", "CreateTime", "FromUserName", "MsgType", "ToUserName"])
        inner = xml(self._signer.fields())
        start, end = inner.index(f"<{name}>".encode()), inner.index(f"</{name}>".encode()) + len(name) + 3
        wrong = self._rng.choice(["", " ", "a b", "1' OR '1'='1", "１２", "9" * 200, "<b/>", "<![CDATA[]]>"])
        changed = self._rng.choice([
            inner[:start] + f"<{name}>{wrong}</{name}>".encode() + inner[end:], inner[:start] + inner[end:],
            inner[:end] + inner[start:end] + inner[end:], inner.replace(b"xml>", b"html>"),
            inner.replace(b"xml>", b"XML>"), f"<xml>{'<a>' * 4000}{'</a>' * 4000}</xml>".encode(),
        ])  # fmt: skip
        return self._ignored("body: a field missing, doubled or of a wrong form", changed)

    def _encoding(self) -> Request:
        text = xml(self._signer.fields(Content="导入报错")).decode()
        inner = self._rng.choice([
            text.encode("gbk"), b'<?xml version="1.0" encoding="GBK"?>' + text.encode("gbk"), text.encode("utf-16"),
            text.replace("导", "\ud800").encode("utf-8", "surrogatepass"), text.replace("导", "\0").encode(),
            text.replace("导", "]]>&#xDFFF;<![CDATA[").encode(), b'{"MsgType": "text", "MsgId": 1}',
        ])  # fmt: skip
        return self._ignored("body: wrong encoding, NUL, JSON", inner)

    def _short(self) -> Request:
        query, body = self._signer.signed(self._signer.fields())
        return self._signer.made("body: cut short", query, body[: self._rng.randrange(len(body) - 1)], refused=False)

    # -- encryption -------------------------------------------------------------------------------------

    def _no_key(self) -> Request:
        query, _ = self._signer.signed(self._signer.fields())
        return self._signer.made("AES: encrypted, and no key here", query, xml({"Encrypt": "QUJD" * 30}))

    def _changed(self) -> Request:
        query, body = self._signer.signed(self._signer.fields())
        place = self._rng.randrange(body.index(b"<Encrypt><![CDATA[") + 18, body.index(b"]]></Encrypt>"))
        other = self._rng.choice([byte for byte in b"ABCDEFxyz0189+/" if byte != body[place]])
        return self._signer.made("AES: ciphertext changed", query, body[:place] + bytes([other]) + body[place + 1 :])

    def _taken_off(self) -> Request:
        """In 兼容模式 readable bodies are taken, so what is forged there is an `Encrypt` beside them."""
        query, _ = self._signer.signed(self._signer.fields())
        beside = {} if self._signer.mode == "secure" else {"Encrypt": "QUJD" * 32}
        return self._signer.made("AES: encryption taken off", query, xml({**self._signer.fields(), **beside}))

    def _another_key(self) -> Request:
        return self._signer.made("AES: another key", *self._signer.signed(self._signer.fields(), key=_OTHER_KEY))

    def _another_appid(self) -> Request:
        other = self._rng.choice(["", APP_ID[:-1], f"{APP_ID}x", "wx0000000000000000"])
        return self._signer.made("AES: another appid", *self._signer.signed(self._signer.fields(), app_id=other))

    def _padding(self) -> Request:
        wrong = self._rng.choice([0, 33, 255])
        return self._signer.packed("AES: wrong padding", xml(self._signer.fields()), padding=wrong)

    def _length(self) -> Request:
        inner = xml(self._signer.fields())
        swapped = int(struct.unpack("<I", struct.pack(">I", len(inner)))[0])
        length = self._rng.choice([swapped, len(inner) - 1, len(inner) + 1, 0, 2**32 - 1])
        return self._signer.packed("AES: wrong length inside", inner, length=length)

    def _message_signature(self) -> Request:
        query, body = self._signer.signed(self._signer.fields())
        forged = self._rng.choice(["", "0" * 40, query["signature"], query["msg_signature"][:-1]])
        return self._signer.made("AES: forged msg_signature", {**query, "msg_signature": forged}, body)

    def _of_another(self) -> Request:
        query, _ = self._signer.signed(self._signer.fields())
        return self._signer.made("AES: another's ciphertext", query, self._signer.signed(self._signer.fields())[1])

    def _junk_inside(self) -> Request:
        inner = self._rng.choice([self._rng.randbytes(200), b"", b"<xml/>", b"not xml", b"<xml>" + b"x" * 40_000])
        return self._ignored("AES: junk inside", inner)

    def _ignored(self, kind: str, inner: bytes) -> Request:
        return self._signer.made(kind, *self._signer.signed(inner), refused=False)
