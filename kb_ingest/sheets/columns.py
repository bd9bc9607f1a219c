"""Which column of a table holds what, by its heading."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

_FOLDER = Path(__file__).parent
_ASIDE = re.compile(r"[(（\[【<《].*?[)）\]】>》]")
_IGNORED = re.compile(r"[\s*＊:：_\-/.、?？#]+|\d+$")
# Any table may have a column of codes; only these are surely codes of errors.
_OF_ERRORS = re.compile(r"错|錯|err|故障|异常|異常|报警")


@dataclass(frozen=True)
class Columns:
    """Field -> the columns that hold it, from 0; `unknown` are headings that say nothing to us."""

    places: dict[str, tuple[int, ...]]
    unknown: tuple[str, ...]

    def text(self, cells: Sequence[str], field: str) -> str:
        """What stands in the first column of `field` that is not empty."""
        return next((cells[place].strip() for place in self.places.get(field, ()) if cells[place].strip()), "")

    def texts(self, cells: Sequence[str], field: str) -> list[str]:
        """What stands in all columns of `field`, without the empty ones."""
        return [cells[place].strip() for place in self.places.get(field, ()) if cells[place].strip()]


def recognise(row: Sequence[str]) -> Columns | None:
    """The columns of a heading row, when they are those of a FAQ or of error codes."""
    places: dict[str, list[int]] = {}
    unknown = []
    for place, cell in enumerate(row):
        field = _fields().get(key(cell))
        if field:
            places.setdefault(field, []).append(place)
        elif cell.strip():
            unknown.append(" ".join(cell.split()))
    headed = {field: tuple(found) for field, found in places.items()}
    return Columns(headed, tuple(unknown)) if _is_knowledge(headed, row) else None


def key(heading: str) -> str:
    """A heading without what only decorates it: `问题 *（必填）` is `问题`, `相似问 3` is `相似问`."""
    plain = unicodedata.normalize("NFKC", heading).lower()
    return _IGNORED.sub("", _ASIDE.sub("", plain).strip())


def entry_type(name: str) -> str | None:
    """The type of entry that an editor calls `name`, or None."""
    return _types().get(key(name))


def _is_knowledge(places: dict[str, tuple[int, ...]], row: Sequence[str]) -> bool:
    has = places.keys()
    if "answer" in has and has & {"question", "message", "code"}:
        return True
    if "code" not in has:
        return False
    return "cause" in has or ("message" in has and any(_OF_ERRORS.search(key(row[place])) for place in places["code"]))


@cache
def _fields() -> dict[str, str]:
    return _inverted(yaml.safe_load((_FOLDER / "columns.yml").read_text(encoding="utf-8")))


@cache
def _types() -> dict[str, str]:
    return _inverted(yaml.safe_load((_FOLDER / "types.yml").read_text(encoding="utf-8")))


def _inverted(named: dict[str, list[str]]) -> dict[str, str]:
    return {key(name): field for field, names in named.items() for name in names}
