"""What comes late, out of turn or not at all on the pages of agents, in a browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from desk import messages
from desk.database import Database
from tests.e2e.console_site import db, sign_in, site
from tests.e2e.ticket_screen import REPLY, mine, opened

__all__ = ["db", "sign_in", "site"]  # fixtures
pytestmark = pytest.mark.browser


def said(db: Database, text: str) -> int:
    """How often the customer reads it."""
    ticket = mine(db)
    assert ticket.conversation_id is not None
    with db.read() as session:
        return [one.text for one in messages.latest(session, ticket.conversation_id)].count(text)


def count_fresh(page: Page) -> None:
    """From now on the page counts in `fresh` how often parts of it were exchanged."""
    page.evaluate("window.fresh = 0; document.addEventListener('console:fresh', () => { window.fresh += 1; })")


def reply_and_lose_the_answer(page: Page, text: str) -> None:
    """The server has it and the page has been told of it; the answer itself does not come."""
    held: list[Route] = []

    def store(route: Route) -> None:
        route.fetch(max_redirects=0)
        held.append(route)

    count_fresh(page)
    page.route(re.compile("/reply$"), store)
    page.fill(REPLY, text)
    page.press(REPLY, "Control+Enter")
    expect(page.locator("#transcript")).to_contain_text(text)
    page.wait_for_function("() => window.fresh")
    held[0].abort()
    page.unroute(re.compile("/reply$"))
    expect(page.locator(REPLY)).to_be_editable()


def test_a_reply_whose_answer_was_lost_is_sent_again_and_goes_out_once(sign_in, db: Database) -> None:
    page = opened(sign_in, "zhang")
    reply_and_lose_the_answer(page, "只该发一次的话")

    page.press(REPLY, "Control+Enter")

    expect(page.locator(REPLY)).to_have_value("")
    assert said(db, "只该发一次的话") == 1


def test_other_words_after_a_lost_answer_are_asked_about_and_then_go_out(sign_in, db: Database) -> None:
    page = opened(sign_in, "zhang")
    reply_and_lose_the_answer(page, "其实已经发出的话")

    page.fill(REPLY, "另一句话")
    page.press(REPLY, "Control+Enter")
    expect(page.locator("#toast")).to_contain_text("刚才那条已经发出去了")
    expect(page.locator(REPLY)).to_be_editable()
    page.press(REPLY, "Control+Enter")

    expect(page.locator(REPLY)).to_have_value("")
    assert (said(db, "其实已经发出的话"), said(db, "另一句话")) == (1, 1)
