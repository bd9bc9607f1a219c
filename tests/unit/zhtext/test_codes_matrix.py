"""The declared matrix of `evaluation.codes` on a tenth of its codes; the whole of it takes minutes."""

from __future__ import annotations

import pytest

from evaluation.code_base import base, entries, unknown
from evaluation.code_disguises import DISGUISES, NUMBER_ALONE
from evaluation.codes import cases, others
from retrieval.indexing.codes import CodeTable
from zhtext.normalize import normalize

BASE = base(100)
ENTRIES = entries(BASE)
TABLE = CodeTable.of(ENTRIES)


def found(text: str) -> tuple[frozenset[str | None], int]:
    """The codes a text leads to, and how many unknown ones it has."""
    match = TABLE.match(normalize(text))
    return frozenset(ENTRIES[owner].code for owner in match.entries), len(match.unknown)


def test_some_codes_of_the_base_fold_together_and_most_do_not() -> None:
    assert len(BASE.codes) == 100
    assert 90 <= BASE.unique < 100


@pytest.mark.parametrize("name", [*DISGUISES, NUMBER_ALONE])
def test_every_disguise_leads_to_its_code_or_to_all_that_it_may_be(name: str) -> None:
    wrong = [case.text for case in cases(BASE) if case.disguise == name and found(case.text) != (case.codes, 0)]

    assert wrong == []


def test_a_code_one_place_off_never_leads_to_its_neighbour() -> None:
    wrong = [code for _, code in unknown(BASE) for text in (code, f"报错{code}", f"{code}是什么意思") if found(text)[0]]

    assert wrong == []


def test_most_codes_one_place_off_are_seen_to_be_codes() -> None:
    missed = [code for _, code in unknown(BASE) if found(f"报错{code}") != (frozenset(), 1)]

    assert missed == []


def test_nothing_else_with_letters_and_digits_is_a_code() -> None:
    taken = [(kind, text) for kind, text in others(BASE, 500) if found(text) != (frozenset(), 0)]

    assert taken == []
