"""A ticket of the console's own fake server on an agent's screen."""

from __future__ import annotations

from playwright.sync_api import Page

from desk import messages, tickets
from desk.clock import system_clock
from desk.database import Database
from desk.tickets import Filter, Ticket

REPLY = "[data-form=reply] textarea"
SEND = "[data-form=reply] button"
MINE = "换模板仍失败"  # in the summary of zhang's ticket


def opened(sign_in, login: str, **options) -> Page:
    """The ticket that zhang has, on this colleague's screen."""
    page = sign_in(login, **options).page
    page.goto("/console?tab=all")
    page.locator("a.summary", has_text=MINE).click()
    ready(page)
    return page


def ready(page: Page) -> None:
    """A ticket is there, and its scripts listen."""
    page.locator("html.scripted [data-ticket][data-mode]").wait_for()


def mine(db: Database) -> Ticket:
    """The same ticket as the desk has it."""
    with db.read() as session:
        return tickets.listing(session, Filter(text=MINE))[0]


def customer_says(db: Database, text: str) -> None:
    """As another process would store it: nothing rings here."""
    with db.write() as session:
        found = tickets.listing(session, Filter(text=MINE))[0]
        assert found.conversation_id is not None
        messages.record_inbound(session, found.conversation_id, f"in-{text}", text, now=system_clock())
