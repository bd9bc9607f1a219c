from __future__ import annotations

import pytest

from desk import audit
from desk.clock import FixedClock
from desk.database import Database


def test_the_trail_is_read_newest_first_in_pages_and_by_whom_what_and_which(db: Database, clock: FixedClock) -> None:
    with db.write() as session:
        for number in range(4):
            actor, action = ("agent:1", "pin.added") if number % 2 else ("system", "pin.removed")
            audit.record(session, actor, action, f"pin:{number}", {"text": "怎么保存"}, now=clock())

    with db.read() as session:
        page = audit.listing(session, limit=2)
        rest = audit.listing(session, before=page[-1].id)
        assert [line.subject for line in (*page, *rest)] == ["pin:3", "pin:2", "pin:1", "pin:0"]
        assert [line.subject for line in audit.listing(session, actor="agent:1")] == ["pin:3", "pin:1"]
        assert [line.subject for line in audit.listing(session, action="pin.removed")] == ["pin:2", "pin:0"]
        (line,) = audit.listing(session, subject="pin:2")
    assert (line.actor, line.detail, line.created_at) == ("system", {"text": "怎么保存"}, clock())


def test_what_is_undone_leaves_no_line(db: Database, clock: FixedClock) -> None:
    def fail() -> None:
        with db.write() as session:
            audit.record(session, "agent:1", "pin.added", "pin:1", now=clock())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with db.read() as session:
        assert audit.listing(session) == ()
