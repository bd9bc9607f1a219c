"""The widget's files as browsers get them: without comments, compressed once, asked for again by their content.

The sources run as they are; what is left out here is only what no browser reads. Any page may load them, as modules of
another origin need (`Access-Control-Allow-Origin`): they are the same for everybody and hold no secret.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter, Header, Response

HERE = Path(__file__).parent
MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css", ".json": "application/json"}
_SHARED = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "no-cache",  # kept, and asked for by its ETag: after an update no page mixes old and new parts
    "Vary": "Accept-Encoding",
}


@dataclass(frozen=True)
class Packed:
    """One file, ready to be sent."""

    plain: bytes
    zipped: bytes
    media_type: str
    etag: str


def lean(text: str) -> str:
    """A script or style sheet without the comments that have lines of their own, without indentation and empty lines.

    A comment behind code stays: telling it from a string would take a parser.
    """
    kept: list[str] = []
    inside = False
    for line in text.splitlines():
        bare = line.strip()
        inside = inside or bare.startswith("/*")
        if inside:
            inside = not bare.endswith("*/")
        elif bare and not bare.startswith("//"):
            kept.append(bare)
    return "\n".join(kept) + "\n"


def pack(path: Path) -> Packed:
    """The file at `path` as it stands now."""
    text = path.read_text(encoding="utf-8")
    plain = (text if path.suffix == ".json" else lean(text)).encode()
    etag = f'"{hashlib.sha256(plain).hexdigest()[:20]}"'
    return Packed(plain, gzip.compress(plain, 9, mtime=0), MEDIA_TYPES[path.suffix], etag)


def widget_router(folder: Path = HERE) -> APIRouter:
    """`/widget/widget.js`, `/widget/lang/…` and `/widget/parts/…`; the rest of the folder is Python and pages."""
    router = APIRouter(include_in_schema=False)
    packed = lru_cache(maxsize=100)(lambda path, _changed: pack(path))

    def answer(path: Path, accepts: str, known: str) -> Response:
        if path.suffix not in MEDIA_TYPES or not path.is_file():
            return Response(status_code=404)
        found = packed(path, path.stat().st_mtime_ns)
        headers = {**_SHARED, "ETag": found.etag}
        if found.etag in known:
            return Response(status_code=304, headers=headers)
        if "gzip" not in accepts:
            return Response(found.plain, media_type=found.media_type, headers=headers)
        return Response(found.zipped, media_type=found.media_type, headers={**headers, "Content-Encoding": "gzip"})

    @router.get("/widget/widget.js")
    def script(accept_encoding: str = Header(""), if_none_match: str = Header("")) -> Response:
        return answer(folder / "widget.js", accept_encoding, if_none_match)

    @router.get("/widget/lang/{name}")
    def language(name: str, accept_encoding: str = Header(""), if_none_match: str = Header("")) -> Response:
        return answer(folder / "lang" / name, accept_encoding, if_none_match)

    @router.get("/widget/parts/{name}")
    def part(name: str, accept_encoding: str = Header(""), if_none_match: str = Header("")) -> Response:
        return answer(folder / "parts" / name, accept_encoding, if_none_match)

    return router
