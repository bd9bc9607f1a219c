"""The tables behind the words: those of this package, and those of the vendor's own product.

The environment variable `GONGDA_PRODUCT` names the product's folder. Tables in its `dictionary/` take the place of
ours where they are about the product; where they are about the language they follow ours, and win where both know a
word.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Iterator

PRODUCT = "GONGDA_PRODUCT"
REPLACED = frozenset({"modules.tsv", "names.tsv", "roles.tsv", "versions.tsv"})
NONE = "-"  # a row of this name says what belongs to no name; that is about the language, so ours stays
_SHIPPED = Path(__file__).parent / "dictionary"


def product() -> str:
    """The folder of the vendor's own product, or nothing. What is made of a table is kept under this name."""
    return os.environ.get(PRODUCT, "")


def lines(name: str) -> list[str]:
    """The lines of a table, without comments. Raises OSError for a table that this package does not have."""
    ours = shipped(name)
    own = Path(product(), "dictionary", name)
    if not product() or not own.is_file():
        return ours
    kept = [line for line in ours if line.startswith(f"{NONE}\t")] if name in REPLACED else ours
    return kept + _lines(own)


def rows(name: str) -> Iterator[tuple[str, str]]:
    """The rows of a table of two columns."""
    return (_row(line) for line in lines(name))


def shipped(name: str) -> list[str]:
    """The lines of our own table, whatever the vendor's says."""
    return _lines(_SHIPPED / name)


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


def _row(line: str) -> tuple[str, str]:
    first, second = line.split("\t")
    return first, second
