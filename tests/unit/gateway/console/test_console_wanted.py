from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desk.tickets import Filter
from gateway.console.desk.wanted import Wanted


def test_an_address_has_only_what_differs_from_the_first_page_of_the_first_tab() -> None:
    assert Wanted().address() == "/console"
    assert Wanted(tab="all", q="导入").address() == "/console?tab=all&q=%E5%AF%BC%E5%85%A5"


def test_another_condition_begins_at_the_first_page() -> None:
    wanted = Wanted(tab="all", priority="P1", page=3)
    assert wanted.address(tier="L2") == "/console?tab=all&priority=P1&tier=L2"
    assert wanted.address(page=4) == "/console?tab=all&priority=P1&page=4"


def test_what_nobody_offers_is_no_condition() -> None:
    wanted = Wanted.of({"tab": "x", "priority": "P9", "company": "abc", "page": "-1"})
    assert (wanted.tab, wanted.page) == ("todo", 1)
    assert wanted.filter(7) == Filter(statuses=("new", "assigned"))


def test_my_tickets_are_mine_whatever_else_is_asked_for() -> None:
    assert Wanted(tab="mine", assignee="3").filter(7).assignee_id == 7


@given(st.dictionaries(st.sampled_from(["tab", "priority", "q", "page", "company", "assignee"]), st.text(max_size=30)))
def test_every_address_leads_back_to_itself(asked: dict[str, str]) -> None:
    wanted = Wanted.of(asked)
    assert wanted.address(page=wanted.page).startswith("/console")
    assert Wanted.of({"q": wanted.q, "tab": wanted.tab}).q == wanted.q
