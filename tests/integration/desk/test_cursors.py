from __future__ import annotations

from desk import contacts, cursors, happened, tickets
from desk.clock import FixedClock
from desk.database import Database
from desk.tickets import TicketDraft


def test_a_cursor_goes_forwards_only(db: Database) -> None:
    with db.write() as session:
        assert cursors.position(session, "hook") is None
        assert cursors.begin(session, "hook", 5) == 5
        assert cursors.begin(session, "hook", 9) == 5
        cursors.advance(session, "hook", 7)
        cursors.advance(session, "hook", 6)
        assert cursors.position(session, "hook") == 7


def test_who_is_forgotten_begins_anew(db: Database) -> None:
    with db.write() as session:
        cursors.begin(session, "hook", 5)
        cursors.forget(session, "hook")
        assert cursors.begin(session, "hook", 9) == 9


def test_what_happened_comes_in_order_with_its_ticket(db: Database, clock: FixedClock) -> None:
    with db.write() as session:
        assert happened.latest(session) == 0
        contact = contacts.for_identity(session, "api", "u1", now=clock())
        draft = TicketDraft("login", "P2", "登录不了", handoff=False)
        ticket = tickets.open_ticket(session, draft, key="a", contact_id=contact.id, now=clock()).ticket
        tickets.note(session, ticket.number, "备注", by="system", now=clock())

        found = happened.since(session, 0)

        assert [(one.event.kind, one.ticket.number) for one in found] == [
            ("opened", ticket.number),
            ("noted", ticket.number),
        ]
        assert happened.since(session, found[0].event.id) == found[1:]
        assert happened.since(session, 0, limit=1) == found[:1]
        assert happened.latest(session) == found[-1].event.id
