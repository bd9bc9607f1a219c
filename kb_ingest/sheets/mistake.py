"""What is wrong with a row, for the editor who has the sheet open."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PLACE = re.compile(r"^(?:第 \d+ 页)?表 \d+$")


@dataclass(frozen=True)
class Mistake:
    """`sheet` is empty for a file without sheets; `row` counts as the spreadsheet does, 0 for none."""

    sheet: str
    row: int
    message: str

    def sentence(self, file: str) -> str:
        """File, sheet, row and what is wrong, as one line."""
        sheet = f" {named(self.sheet)}" if self.sheet else ""
        row = f" 第 {self.row} 行" if self.row else ""
        return f"{file}{sheet}{row}：{self.message}"


def named(place: str) -> str:
    """A sheet by its name; a table of a document is called by its place."""
    return place if _PLACE.match(place) else f"工作表“{place}”"


class WrongCell(ValueError):
    """A cell does not say what its column promises; the message names the column and the remedy, in Chinese."""
