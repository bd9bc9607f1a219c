from __future__ import annotations

from datetime import date, datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.errors import MalformedNumber
from desk.numbers import TicketNumber, check_digit, day_of

NUMBERS = st.builds(TicketNumber, st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.integers(1, 999_999))


def digits_of(number: TicketNumber) -> str:
    return "".join(character for character in str(number) if character.isdigit())


def is_refused(digits: str) -> bool:
    try:
        TicketNumber.parse(digits)
    except MalformedNumber:
        return True
    return False


def test_the_check_digit_agrees_with_the_published_example() -> None:
    assert check_digit("572", start=0) == 4  # Damm's own example


def test_a_number_is_written_with_date_running_number_and_check_digit() -> None:
    assert str(TicketNumber(date(2026, 11, 22), 42)) == "GD-20261122-0042-7"


@given(NUMBERS)
def test_a_written_number_reads_back(number: TicketNumber) -> None:
    assert TicketNumber.parse(str(number)) == number


@given(NUMBERS)
def test_every_single_wrong_digit_is_found(number: TicketNumber) -> None:
    digits = digits_of(number)
    wrong = [
        digits[:place] + other + digits[place + 1 :]
        for place in range(len(digits))
        for other in "0123456789"
        if other != digits[place]
    ]
    assert all(is_refused(each) for each in wrong)


@given(NUMBERS)
def test_every_swap_of_neighbours_is_found(number: TicketNumber) -> None:
    digits = digits_of(number)
    swapped = [
        digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
        for place in range(len(digits) - 1)
        if digits[place] != digits[place + 1]
    ]
    assert all(is_refused(each) for each in swapped)


@pytest.mark.parametrize(
    "disguise",
    [
        str.lower,
        lambda text: text.replace("-", ""),
        lambda text: text.replace("-", " "),
        lambda text: text.replace("-", "——"),
        lambda text: text.replace("GD-", ""),
        lambda text: "".join(chr(ord(c) + 0xFEE0) for c in text),
        lambda text: f"  {text}\n",
    ],
)
def test_other_ways_of_writing_a_number_are_read(disguise) -> None:
    number = TicketNumber(date(2026, 11, 22), 42)
    assert TicketNumber.parse(disguise(str(number))) == number


@pytest.mark.parametrize("text", ["", "GD", "ERR-1042", "13800138000", "GD-20261122-42-7", "单号" * 100])
def test_what_is_no_ticket_number_is_refused(text: str) -> None:
    with pytest.raises(MalformedNumber):
        TicketNumber.parse(text)


def test_a_day_that_does_not_exist_is_refused() -> None:
    with pytest.raises(MalformedNumber, match="20260231 does not exist"):
        TicketNumber.parse(f"GD-20260231-0001-{check_digit('202602310001')}")


def test_superfluous_zeros_do_not_make_a_second_spelling() -> None:
    with pytest.raises(MalformedNumber, match="zeros"):
        TicketNumber.parse(f"GD-20261122-00042-{check_digit('2026112200042')}")


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        number = TicketNumber.parse(text)
    except MalformedNumber:
        return
    assert TicketNumber.parse(str(number)) == number


def test_the_day_is_beijings() -> None:
    assert day_of(datetime(2026, 11, 21, 16, 0, tzinfo=timezone.utc)) == date(2026, 11, 22)
    assert day_of(datetime(2026, 11, 21, 15, 59, tzinfo=timezone.utc)) == date(2026, 11, 21)
