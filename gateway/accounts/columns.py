"""Which column holds what, by its heading (`columns.yml`)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import yaml

FIELDS = (
    "name", "site", "address", "licences", "product", "version", "maintained_until", "vip", "person", "phone", "email",
    "note",
)  # fmt: skip
_ASIDE = re.compile(r"[(\[【<].*?[)\]】>]")
_DECORATION = re.compile(r"[\s*:_\-.、?#]+")


def headed(cells: Sequence[str]) -> dict[str, int]:
    """Field -> place from 0, of a row that may be the headings; of two with one meaning the first."""
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        field = _fields().get(key(cell))
        if field is not None:
            places.setdefault(field, place)
    return places


def key(heading: str) -> str:
    """A heading without what only decorates it: `公司名称 *（必填）` is `公司名称`."""
    plain = unicodedata.normalize("NFKC", heading).lower()
    return _DECORATION.sub("", _ASIDE.sub("", plain)).replace("／", "/")


@cache
def _fields() -> Mapping[str, str]:
    described = yaml.safe_load(Path(__file__).with_name("columns.yml").read_text(encoding="utf-8"))
    return {key(name): field for field, names in described.items() for name in names}
