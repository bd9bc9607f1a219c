"""Lines of cells -> rows for the desk, and what is wrong with the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from desk.accounts import Incoming, Person, name_key
from gateway.accounts.container import Limits
from gateway.accounts.errors import Unreadable, WrongCell
from gateway.accounts.grid import Cell, Grid, grid
from gateway.accounts.values import HEADINGS, LONGEST, READERS

_OF_THE_COMPANY = ("product", "version", "maintained_until", "vip")


@dataclass(frozen=True)
class Mistake:
    """What is wrong with a line, as the spreadsheet numbers it."""

    line: int
    message: str

    @property
    def sentence(self) -> str:
        return f"第 {self.line} 行：{self.message}"


@dataclass(frozen=True)
class Sheet:
    """What a sheet says. `lines` is how many were looked at."""

    name: str
    rows: tuple[Incoming, ...]
    mistakes: tuple[Mistake, ...]
    lines: int
    notes: tuple[str, ...]


def read(name: str, data: bytes, limits: Limits | None = None) -> Sheet:
    """Nothing is looked up and nothing written. Raises Unreadable for a file that is none of ours."""
    found = grid(name, data, limits or Limits())
    mistakes: list[Mistake] = []
    rows = list(_agreed(_single(_rows(found, mistakes), mistakes), mistakes))
    if not found.lines:
        raise Unreadable("表头下面没有内容；请填好再导入")
    return Sheet(name, tuple(rows), tuple(sorted(mistakes, key=lambda one: one.line)), len(found.lines), found.notes)


def _rows(found: Grid, mistakes: list[Mistake]) -> Iterator[Incoming]:
    """A blank company is the one above; blank because its cell is merged, or because nobody repeats it."""
    above: str | None = None
    began = False
    for line, cells in found.lines:
        given = {field: cells[place] if place < len(cells) else Cell() for field, place in found.places.items()}
        if not any(given.values()):
            continue
        values, wrong = _values(given)
        if given["name"]:
            above, began = cast("str | None", values.get("name")), True
        if wrong:
            mistakes.append(Mistake(line, "；".join(wrong)))
        elif above is None:
            told = "上面那家公司没有读进来，这一行也就没有公司" if began else "“公司”是空的，上面也没有公司"
            mistakes.append(Mistake(line, f"{told}；请填上公司名称"))
        else:
            try:
                yield _incoming(line, above, values)
            except WrongCell as error:
                mistakes.append(Mistake(line, str(error)))


def _values(given: dict[str, Cell]) -> tuple[dict[str, Any], list[str]]:
    values: dict[str, Any] = {}
    wrong = []
    for field, cell in given.items():
        try:
            values[field] = READERS[field](cell)
        except WrongCell as error:  # noqa: PERF203 - a sheet has thousands of cells, not millions
            wrong.append(str(error))
    return values, wrong


def _incoming(line: int, name: str, values: dict[str, Any]) -> Incoming:
    person = Person(values.get("person") or "", values.get("phone") or "", values.get("email") or "")
    if values.get("address") and not values.get("site"):
        raise WrongCell("有“地址”没有“工地/项目”；请写上是哪个工地")
    return Incoming(
        line=line,
        name=name,
        product=values.get("product") or None,
        version=values.get("version") or None,
        maintained_until=values.get("maintained_until"),
        vip=values.get("vip"),
        note=values.get("note") or "",
        site=values.get("site") or "",
        address=values.get("address") or "",
        licences=values.get("licences") or (),
        person=person if person != Person() else None,
    )


def _single(rows: Iterator[Incoming], mistakes: list[Mistake]) -> Iterator[Incoming]:
    """Without the rows whose licence a company further up has."""
    owners: dict[str, Incoming] = {}
    for row in rows:
        taken = next((n for n in row.licences if n in owners and name_key(owners[n].name) != name_key(row.name)), None)
        if taken is None:
            for number in row.licences:
                owners.setdefault(number, row)
            yield row
        else:
            first = owners[taken]
            told = f"授权号 {taken} 在第 {first.line} 行已经给了“{first.name}”；一个号只能属于一家公司"
            mistakes.append(Mistake(row.line, told))


def _agreed(rows: Iterator[Incoming], mistakes: list[Mistake]) -> Iterator[Incoming]:
    """Each row with all that the sheet says about its company; a row that says otherwise than one above is wrong."""
    companies: dict[str, list[Incoming]] = {}
    for row in rows:
        group = companies.setdefault(name_key(row.name), [])
        told = _contradiction(group, row)
        if told:
            mistakes.append(Mistake(row.line, told))
        else:
            group.append(row)
    for group in companies.values():
        yield from _shared(group, mistakes)


def _contradiction(group: Sequence[Incoming], row: Incoming) -> str:
    for field in _OF_THE_COMPANY:
        value = getattr(row, field)
        other = next((one for one in group if value is not None and getattr(one, field) not in (None, value)), None)
        if other is not None:
            told = f"“{HEADINGS[field]}”是 {_shown(value)}，第 {other.line} 行写的是 {_shown(getattr(other, field))}"
            return f"{told}；一家公司只能有一个，请改成一样的，或只写一处"
    return ""


def _shared(group: Sequence[Incoming], mistakes: list[Mistake]) -> Iterator[Incoming]:
    known: dict[str, Any] = {
        field: next((getattr(row, field) for row in group if getattr(row, field) is not None), None)
        for field in _OF_THE_COMPANY
    }
    note = "\n".join(dict.fromkeys(row.note for row in group if row.note))
    if len(note) > LONGEST["note"]:
        told = f"“备注”合起来有 {len(note)} 个字，上限 {LONGEST['note']} 个字；请删短"
        mistakes.append(Mistake(next(row.line for row in group if row.note), told))
        return
    for row in group:
        yield replace(row, name=group[0].name, note=note, **known)


def _shown(value: object) -> str:
    return {True: "是", False: "否"}.get(value, str(value)) if isinstance(value, bool) else str(value)
