from __future__ import annotations

import traceback

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from desk.database import Database
from desk.errors import DeskError


def test_what_people_write_is_not_in_the_traceback_of_a_failed_statement(db: Database) -> None:
    phone = "138" + "0" * 8  # put together here, so that the traceback's own source line does not hold it
    insert = text("INSERT INTO no_such_table (text) VALUES (:text)")
    with pytest.raises((DBAPIError, DeskError)) as failed, db.write() as session:
        session.execute(insert, {"text": phone})
    shown = "".join(traceback.format_exception(failed.value))
    assert "no_such_table" in shown
    assert phone not in shown
