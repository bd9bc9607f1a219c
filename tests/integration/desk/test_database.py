from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from desk import contacts
from desk.clock import FixedClock
from desk.database import Database
from desk.errors import StoreBusy, StoreError, StoreFull, StoreUnavailable
from desk.tables import ContactRow


@pytest.fixture
def sqlite_path(tmp_path: Path, sqlite_template: Path) -> Path:
    path = tmp_path / "desk.db"
    path.write_bytes(sqlite_template.read_bytes())
    return path


def test_an_exception_undoes_the_whole_block(db: Database, clock: FixedClock) -> None:
    def write_and_fail() -> None:
        with db.write() as session:
            contacts.for_identity(session, "web", "visitor", now=clock())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(ContactRow)) == 0


def test_times_come_back_aware_and_in_utc(db: Database) -> None:
    beijing = datetime(2026, 11, 23, 10, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    with db.write() as session:
        made = contacts.for_identity(session, "web", "visitor", now=beijing)
    with db.read() as session:
        stored = contacts.get(session, made.id)
    assert stored.created_at == beijing
    assert stored.created_at.utcoffset() == timedelta(0)


def test_a_naive_time_is_refused(db: Database) -> None:
    with pytest.raises(Exception, match="needs an offset"), db.write() as session:
        contacts.for_identity(session, "web", "visitor", now=datetime(2026, 11, 23))


def test_a_reading_transaction_cannot_write(db: Database, clock: FixedClock) -> None:
    with pytest.raises((StoreError, DBAPIError)), db.read() as session:
        contacts.for_identity(session, "web", "visitor", now=clock())
    with db.write() as session:  # the connection is writable again
        contacts.for_identity(session, "web", "visitor", now=clock())


def test_a_reading_transaction_sees_one_state(db: Database, clock: FixedClock) -> None:
    counting = select(func.count()).select_from(ContactRow)
    with db.read() as reader:
        before = reader.scalar(counting)
        with db.write() as writer:
            contacts.for_identity(writer, "web", "visitor", now=clock())
        assert reader.scalar(counting) == before
    with db.read() as reader:
        assert reader.scalar(counting) == before + 1


def test_a_lock_held_too_long_is_store_busy(sqlite_path: Path, clock: FixedClock) -> None:
    db = Database(f"sqlite:///{sqlite_path}", busy_timeout=0.05).open()
    other = sqlite3.connect(sqlite_path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy, match=r"0\.05 s"), db.write() as session:
        contacts.for_identity(session, "web", "visitor", now=clock())
    other.execute("ROLLBACK")
    with db.write() as session:
        assert contacts.for_identity(session, "web", "visitor", now=clock()).id
    other.close()
    db.close()


@pytest.mark.postgres
def test_a_row_locked_too_long_is_store_busy(new_postgres: Callable[..., Database], clock: FixedClock) -> None:
    db = new_postgres(busy_timeout=0.1)
    with db.write() as session:
        contacts.for_identity(session, "web", "visitor", now=clock())
    locking = select(ContactRow).with_for_update()
    with db.write() as holder:
        holder.execute(locking)
        with pytest.raises(StoreBusy), db.write() as session:
            session.execute(locking)


def test_a_full_disk_is_store_full_and_keeps_nothing(sqlite_path: Path, clock: FixedClock) -> None:
    db = Database(f"sqlite:///{sqlite_path}").open()

    def fill() -> None:
        with db.write() as session:
            session.execute(text("PRAGMA max_page_count = 1"))  # SQLite's own way of running out of space
            for number in range(2000):
                contacts.for_identity(session, "web", f"visitor {number} " + "x" * 500, now=clock())

    with pytest.raises(StoreFull, match="no space"):
        fill()
    db.close()
    db = Database(f"sqlite:///{sqlite_path}").open()
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(ContactRow)) == 0
    db.close()


def test_a_damaged_file_is_store_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    path.write_bytes(b"this is no database" * 1000)
    with pytest.raises(StoreUnavailable):
        Database(f"sqlite:///{path}").open().ping()


def test_a_server_that_is_not_there_is_store_unavailable(tmp_path: Path) -> None:
    db = Database(f"postgresql+psycopg://nobody:secret@/desk?host={tmp_path}").open()
    with pytest.raises(StoreUnavailable):
        db.ping()
    assert "secret" not in db.url


def test_sqlite_is_durable_and_checks_foreign_keys(sqlite_path: Path) -> None:
    db = Database(f"sqlite:///{sqlite_path}").open()
    with db.read() as session:
        pragmas = {name: session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous")}
        assert pragmas == {"journal_mode": "wal", "synchronous": 2}
        assert session.scalar(text("PRAGMA foreign_keys")) == 1
        assert session.scalar(text("PRAGMA busy_timeout")) == 5000
    db.close()


def test_an_unopened_database_says_what_to_do() -> None:
    with pytest.raises(RuntimeError, match=r"call open\(\) first"):
        Database("sqlite:///never.db").ping()


def test_a_database_in_memory_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a file"):
        Database("sqlite://").open()
