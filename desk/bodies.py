"""Whether two requests are the same: bodies compared as JSON, whatever the order of keys."""

from __future__ import annotations

import hashlib
import json


def canonical(value: object) -> str:
    """One spelling of each JSON value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def fingerprint(value: object) -> str:
    """SHA-256 of a body, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()
