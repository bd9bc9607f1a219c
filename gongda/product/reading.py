"""A workbook -> the product it describes and its entries, or every mistake in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gongda.product import knowledge, lists, workbook
from gongda.product.form import Form
from gongda.product.model import Product
from gongda.product.sheets import sheets
from gongda.product.workbook import Row, Workbook
from kb_ingest.sheets.mistake import Mistake
from retrieval.knowledge.entry import Entry


@dataclass(frozen=True)
class Draft:
    """What a workbook says. With `mistakes` it is not to be used; `notes` are only worth knowing."""

    file: str
    product: Product
    entries: tuple[Entry, ...]
    mistakes: tuple[Mistake, ...]
    notes: tuple[str, ...]


def read(path: Path, now: datetime) -> Draft:
    """Raises WrongUse for a file that is no workbook."""
    book = workbook.read(path)
    mistakes: list[Mistake] = []
    product = _product(book, mistakes)
    found = knowledge.read(book, product, now)
    return Draft(book.name, product, found.entries, (*mistakes, *found.mistakes), (*book.notes, *found.notes))


def _product(book: Workbook, mistakes: list[Mistake]) -> Product:
    def rows(key: str) -> list[Row]:
        if key not in book.tables:
            return []
        found, wrong = workbook.rows(book.tables[key], sheets()[key])
        mistakes.extend(wrong)
        return found

    form = Form(rows("product"), mistakes)
    return Product(
        name=form.name(),
        short_names=form.short_names(),
        company=form.company(),
        assistant=form.assistant(),
        editions=form.editions(),
        hours=form.hours(),
        modules=lists.modules(rows("modules"), mistakes),
        releases=lists.releases(rows("versions"), mistakes),
        terms=lists.terms(rows("terms"), mistakes),
        contacts=lists.contacts(rows("contacts"), mistakes),
    )
