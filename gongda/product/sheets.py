"""Which sheets the workbook has, and what their columns and items are called (`sheets.yml`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from kb_ingest.sheets.columns import key

EXAMPLE = "例："  # how the rows of the template begin that are only there to be looked at


@dataclass(frozen=True)
class Name:
    """A column, or a row of the first sheet: `field` for us, `heading` for the editor."""

    field: str
    heading: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    note: str = ""
    example: str = ""

    def called(self, text: str) -> bool:
        return key(text) in {key(name) for name in (self.heading, *self.aliases)}


@dataclass(frozen=True)
class Sheet:
    """One sheet. `items` are the rows of a form, `examples` rows that show how to fill in the others."""

    key: str
    name: str
    aliases: tuple[str, ...]
    note: str
    columns: tuple[Name, ...]
    items: tuple[Name, ...]
    examples: tuple[tuple[str, ...], ...]

    def called(self, title: str) -> bool:
        return key(title) in {key(name) for name in (self.name, *self.aliases)}

    @property
    def needed(self) -> tuple[Name, ...]:
        """The columns without which the sheet says nothing."""
        return self.columns[:2] if self.items else tuple(column for column in self.columns if column.required)

    def places(self, headings: Sequence[str]) -> dict[str, int]:
        """Field -> column from 0, of a row that may be the headings; of two with one name the first."""
        places: dict[str, int] = {}
        for place, heading in enumerate(headings):
            column = next((column for column in self.columns if heading.strip() and column.called(heading)), None)
            if column is not None:
                places.setdefault(column.field, place)
        return places


@cache
def sheets() -> Mapping[str, Sheet]:
    """By key, in the order of the workbook."""
    described = yaml.safe_load(Path(__file__).with_name("sheets.yml").read_text(encoding="utf-8"))
    return {data["key"]: _sheet(data) for data in described}


def _sheet(data: Mapping[str, Any]) -> Sheet:
    return Sheet(
        key=data["key"],
        name=data["name"],
        aliases=tuple(data.get("aliases", ())),
        note=data["note"],
        columns=tuple(map(_name, data["columns"])),
        items=tuple(map(_name, data.get("items", ()))),
        examples=tuple(tuple(row) for row in data.get("examples", ())),
    )


def _name(data: Mapping[str, Any]) -> Name:
    return Name(**{**data, "aliases": tuple(data.get("aliases", ()))})
