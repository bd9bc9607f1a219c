"""The first sheet: a form with one item on each row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from gongda.product import cells
from gongda.product.model import ASSISTANT
from gongda.product.sheets import sheets
from gongda.product.workbook import Row
from kb_ingest.sheets.mistake import Mistake

T = TypeVar("T")

_SHEET = "product"
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
_DAYS = {"weekdays": _WEEKDAYS, "saturday": ("saturday",), "sunday": ("sunday",)}


class Form:
    """The items that are filled in. `mistakes` grows by what is wrong with them."""

    def __init__(self, rows: Sequence[Row], mistakes: list[Mistake]) -> None:
        self._mistakes = mistakes
        self._rows: dict[str, Row] = {}
        for row in rows:
            self._take(row)

    def name(self) -> str:
        """The product's name, which must be there."""
        if "name" not in self._rows:
            self._mistakes.append(Mistake(sheets()[_SHEET].name, 1, "没有填“产品名称”；这一项必填"))
        return self._read("name", lambda row: cells.name(row.text("value"), "产品名称"), "")

    def short_names(self) -> tuple[str, ...]:
        return self._read("short_names", lambda row: cells.words(row.parts("value")), ())

    def company(self) -> str:
        return self._read("company", lambda row: cells.name(row.text("value"), "公司名称"), "")

    def assistant(self) -> str:
        return self._read("assistant", lambda row: cells.name(row.text("value"), "智能助手名称"), ASSISTANT)

    def editions(self) -> tuple[str, ...]:
        return self._read("editions", lambda row: row.parts("value"), ())

    def hours(self) -> dict[str, tuple[str, ...]]:
        """Working time by the days of support.toml, of the days that the form names."""
        named = {field: days for field, days in _DAYS.items() if field in self._rows}
        free: tuple[str, ...] = ()
        spans = {field: self._read(field, _spans, free) for field in named}
        return {day: spans[field] for field, days in named.items() for day in days}

    def _take(self, row: Row) -> None:
        items = sheets()[_SHEET].items
        item = next((item for item in items if item.called(row.text("item"))), None)
        if not row.text("value"):
            return
        if item is None:
            known = "、".join(item.heading for item in items)
            self._mistakes.append(row.wrong(f"项目“{row.text('item')[:30]}”不认识；只能是 {known}"))
        elif item.field in self._rows:
            self._mistakes.append(row.wrong(f"“{item.heading}”写了两行；请留一行"))
        else:
            self._rows[item.field] = row

    def _read(self, field: str, make: Callable[[Row], T], otherwise: T) -> T:
        rows = [self._rows[field]] if field in self._rows else []
        return next(iter(cells.made(rows, make, self._mistakes)), otherwise)


def _spans(row: Row) -> tuple[str, ...]:
    return cells.spans(row.parts("value"))
