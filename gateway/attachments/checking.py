"""What a file is, by its bytes alone: neither its name nor what the sender calls it counts.

Pictures are written anew; the rest is looked at and kept as it came. A file that is two things at once is what it
begins as, and is never served as anything else.
"""

from __future__ import annotations

import codecs
import unicodedata
from dataclasses import dataclass

import pypdfium2

from gateway.attachments import archives
from gateway.attachments.errors import Damaged, NotAccepted, TooBig
from gateway.attachments.limits import AttachmentLimits
from gateway.attachments.names import safe_name
from gateway.attachments.pictures import picture_format, rewritten

TEXT, PDF, OPAQUE = "text/plain", "application/pdf", "application/octet-stream"
_VOICES = ((b"#!AMR\n", "audio/amr"), (b"#!AMR-WB\n", "audio/amr"), (b"ID3", "audio/mpeg"))
_SPEEX = b"Speex   "  # in the first page of an Ogg
_CONTROLS = frozenset("\t\n\r\f\b\x1b\x0b")  # of text; escapes colour logs
_UNICODE_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CHINESE = "gb18030"
_BEGINNING = 4_096  # bytes
_LOOKED_AT = 256 * 1024  # bytes of a text that are read; for the rest it is enough that there is no NUL


@dataclass(frozen=True)
class Checked:
    """A file as it may be kept: what it is, its bytes, what it may be called."""

    media_type: str
    data: bytes
    name: str
    width: int | None = None
    height: int | None = None

    @property
    def size(self) -> int:
        return len(self.data)

    @property
    def picture(self) -> bool:
        return self.width is not None


def check(data: bytes, name: str, limits: AttachmentLimits, *, voice: bool = False) -> Checked:
    """The file in `data`, ready to be kept. Raises AttachmentError and nothing else (besides MemoryError).

    `voice`: it was recorded by a channel's own recorder, some of which write a format without any mark (Speex of
    WeChat); what is not recognised is then kept as it is, to be downloaded only.
    """
    if not data:
        raise Damaged("empty")
    if len(data) > limits.largest:
        raise TooBig
    kind = kind_of(data) or ("voice" if voice else None)
    if kind is None or kind not in limits.kinds:
        raise NotAccepted("page" if kind is None and _is_markup(data) else None)
    return _checked(kind, data, name, limits)


def kind_of(data: bytes) -> str | None:
    """One of KINDS by how the file begins and, for text, by what it holds; None for what is not taken at all."""
    if picture_format(data) is not None:
        return "picture"
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "office" if b"[Content_Types].xml" in data else "zip"
    if _voice_type(data) is not None:
        return "voice"
    return "text" if _is_text(data) and not _is_markup(data) else None


def _checked(kind: str, data: bytes, name: str, limits: AttachmentLimits) -> Checked:
    if kind == "picture":
        picture = rewritten(data, picture_format(data) or "", limits)
        if len(picture.data) > limits.largest * 4:  # written anew it may grow, within reason
            raise TooBig
        named = safe_name(name, picture.media_type)
        return Checked(picture.media_type, picture.data, named, picture.width, picture.height)
    if kind == "pdf":
        _check_pdf(data, limits)
        media_type = PDF
    elif kind in ("office", "zip"):
        media_type = archives.media_type(data, limits)
        if (media_type == archives.ZIP) != (kind == "zip"):
            raise NotAccepted
    elif kind == "voice":
        media_type = _voice_type(data) or OPAQUE
    else:
        media_type = TEXT
    return Checked(media_type, data, safe_name(name, media_type))


def _check_pdf(data: bytes, limits: AttachmentLimits) -> None:
    """It can be opened without a password and has some pages; none of them is drawn."""
    try:
        document = pypdfium2.PdfDocument(data)
        try:
            pages = len(document)
        finally:
            document.close()
    except Exception as error:
        raise Damaged("pdf_damaged") from error
    if pages < 1:
        raise Damaged("pdf_damaged")
    if pages > limits.pages:
        raise TooBig("too_many_pages", pages=limits.pages)


def _voice_type(data: bytes) -> str | None:
    if data.startswith(b"OggS"):
        return "audio/ogg" if _SPEEX in data[:128] else None
    for start, media_type in _VOICES:
        if data.startswith(start):
            return media_type
    return "audio/mpeg" if _is_mpeg_frame(data) else None


def _is_mpeg_frame(data: bytes) -> bool:
    """Sound of layer III without a header: eleven set bits, a version, a rate that exists, twice in a row."""
    return len(data) > 4 and data[0] == 0xFF and data[1] in (0xFA, 0xFB, 0xF2, 0xF3, 0xE2, 0xE3) and _rated(data[2])


def _rated(byte: int) -> bool:
    return byte >> 4 not in (0x0, 0xF) and (byte >> 2) & 0x3 != 0x3


def _is_markup(data: bytes) -> bool:
    """Pages, SVG and XML begin with a tag, a declaration or a comment; lines such as <134>Nov 22 do not."""
    text, _ = _decoded(data[:_BEGINNING], whole=False)
    rest = (text or data[:_BEGINNING].decode("latin-1")).lstrip("\ufeff \t\r\n\f\0")
    return rest[:1] == "<" and (rest[1:2] in "!?/" or rest[1:2].isalpha())


def _is_text(data: bytes) -> bool:
    """In UTF-8, GB 18030 or UTF-16 with its mark; no control characters but those that logs have."""
    wide = data.startswith(_UNICODE_16)
    if not wide and b"\0" in data:
        return False
    start = data[:_LOOKED_AT]
    text, encoding = _decoded(start, whole=len(start) == len(data))
    return text is not None and all(_textual(char, strict=encoding == _CHINESE) for char in set(text))


def _decoded(data: bytes, *, whole: bool) -> tuple[str | None, str]:
    """The text and its encoding; a part may end within a character."""
    encodings = ("utf-16",) if data.startswith(_UNICODE_16) else ("utf-8-sig", _CHINESE)
    tried = ((_read_as(data, encoding, whole), encoding) for encoding in encodings)
    return next(((text, encoding) for text, encoding in tried if text is not None), (None, ""))


def _read_as(data: bytes, encoding: str, whole: bool) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)().decode(data, final=whole)
    except UnicodeDecodeError:
        return None


def _textual(char: str, *, strict: bool) -> bool:
    """`strict`: without private and unassigned characters, which other bytes become when read as GB 18030."""
    category = unicodedata.category(char)
    if category == "Cc":
        return char in _CONTROLS
    return category != "Cs" and not (strict and category in ("Co", "Cn"))
