"""Messages of every region with every slot that they fill; an empty column says that there is none."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from zhtext.slots import slot_values

_TABLE = Path(__file__).parent / "slot_cases.tsv"


def _cases() -> list[tuple[str, dict[str, str]]]:
    with _TABLE.open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [(row["text"], {name: row[name] for name in row if name != "text"}) for row in rows]


@pytest.mark.parametrize(("text", "expected"), _cases())
def test_a_message_fills_the_slots_it_speaks_of_and_no_other(text: str, expected: dict[str, str]) -> None:
    found = slot_values(text, tuple(expected))

    assert {name: found.get(name, "") for name in expected} == expected
