"""Ids of entries, the same on every run and every machine."""

from __future__ import annotations

import hashlib
import re
import unicodedata

PREFIXES = {
    "error_code": "err",
    "faq": "faq",
    "howto": "how",
    "policy": "pol",
    "runbook": "run",
    "release": "rel",
    "case": "cas",
    "video": "vid",
}
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_HEX = 10  # digits; 40 bits: among 10,000 entries two meet once in 20,000 corpora


def of_code(code: str) -> str:
    """`ERR-1042` -> `err-err-1042`. Codes that differ only in their separators are one."""
    plain = _NOT_PLAIN.sub("-", unicodedata.normalize("NFKC", code).lower()).strip("-")
    return f"err-{plain}" if plain else hashed("error_code", code)


def hashed(type_: str, *parts: str) -> str:
    """The id of something without a name of its own, by what stands around it: file, headings, question."""
    canonical = "\0".join(unicodedata.normalize("NFKC", part).strip() for part in parts)
    return f"{PREFIXES[type_]}-{hashlib.sha256(canonical.encode('utf-8', 'replace')).hexdigest()[:_HEX]}"
