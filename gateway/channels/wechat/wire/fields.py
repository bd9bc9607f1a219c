"""The fields of a callback's XML: whatever the bytes are, either they are plain fields or it is an OddBody."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from gateway.channels.wechat.errors import BodyTooLarge, NotXml, UnknownShape

BODY_LIMIT = 64 * 1024  # bytes


def fields(body: bytes, *, limit: int = BODY_LIMIT) -> Mapping[str, str]:
    """The children of `<xml>` that hold text and nothing else, each at most once. Raises OddBody, and nothing else.

    WeChat writes UTF-8. A body that declares another encoding is read as UTF-8 all the same, and refused if it is not.
    """
    if len(body) > limit:
        raise BodyTooLarge(f"消息有 {len(body)} 字节，最多 {limit} 字节")
    root = _root(body)
    if root.tag != "xml":
        raise UnknownShape("根元素不是 <xml>")
    names: set[str] = set()
    texts: dict[str, str] = {}
    for child in root:
        if child.tag in names:
            raise UnknownShape(f"<{_shown(child.tag)}> 出现了两次")
        names.add(child.tag)
        if not len(child):
            texts[child.tag] = child.text or ""
    return texts


def _root(body: bytes) -> Element:
    if body.lstrip()[:1] in (b"{", b"["):
        raise NotXml("收到 JSON；请在公众号后台把消息推送的数据格式改为 XML")
    try:
        return fromstring(body.decode("utf-8"), forbid_dtd=True)  # text: the parser then ignores what is declared
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:  # ValueError: not UTF-8
        raise NotXml(f"不是规范的 XML（{type(error).__name__}）") from error


def _shown(tag: str) -> str:
    return "".join(character for character in tag[:40] if character.isalnum() or character in "_-")
