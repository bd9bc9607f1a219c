"""A file as an HTTP answer. Whatever is in it, a browser shows pictures, saves the rest, and runs nothing."""

from __future__ import annotations

import logging
import re
from urllib.parse import quote

from starlette.responses import Response

from desk.attachments import Attachment
from gateway.attachments.files import Files
from gateway.errors import Missing

log = logging.getLogger(__name__)

_SHOWN = frozenset({"image/png", "image/jpeg", "image/webp"})  # written anew by us; everything else is saved
_PLAIN = re.compile(r"[^A-Za-z0-9._ -]")
_HEADERS = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox; default-src 'none'",
    "cache-control": "private, max-age=3600",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",  # the address is the key
    "accept-ranges": "none",
}


def served(files: Files, one: Attachment, *, elsewhere: bool = False) -> Response:
    """The whole of it, whatever range is asked for; `elsewhere`: pages of other origins may show it, too.

    Raises Missing when it was erased or never came.
    """
    if one.status != "stored" or one.sha256 is None:
        raise Missing("erased" if one.status == "erased" else None)
    try:
        data = files.read(one.sha256)
    except (OSError, ValueError) as error:
        log.error("file %d cannot be read: %s", one.id, error)
        raise Missing from error
    shown = one.media_type in _SHOWN
    headers = {**_HEADERS, "content-disposition": disposition(one.name, inline=shown)}
    if elsewhere:
        headers["cross-origin-resource-policy"] = "cross-origin"
    answer = Response(data, headers=headers)
    # Not through `media_type`: for text, starlette would add a charset, and logs of GBK are none in UTF-8.
    answer.headers["content-type"] = one.media_type
    return answer


def disposition(name: str, *, inline: bool) -> str:
    """The header after RFC 6266: the name in ASCII for old programs, and as it is."""
    kind = "inline" if inline else "attachment"
    plain = _PLAIN.sub("_", name) or "file"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
