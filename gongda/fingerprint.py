"""Has anything changed since? SHA-256 over the files something was made from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def fingerprint(paths: Iterable[Path], suffixes: tuple[str, ...], root: Path) -> str:
    """Sixteen hex digits for the names and contents of the files under `paths`."""
    digest = hashlib.sha256()
    for path in _files(paths, suffixes):
        # The same checkout elsewhere has the same fingerprint; a corpus outside it goes by its full path.
        shown = path.relative_to(root) if path.is_relative_to(root) else path
        digest.update(str(shown).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _files(paths: Iterable[Path], suffixes: tuple[str, ...]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        found += [path] if path.is_file() else [f for f in path.rglob("*") if f.is_file() and f.suffix in suffixes]
    return sorted(found)
