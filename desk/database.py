"""The connection to the store: SQLite by default, PostgreSQL by URL."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from desk import migrations
from desk.errors import StoreBusy
from desk.failures import translated
from desk.fair_lock import FairLock

_MIGRATION_PATIENCE = 60_000  # milliseconds
_READERS = 32  # connections of a process; ten more for moments
WRITES = "gongda_writes"  # execution option: this transaction is going to write


class Database:
    """`sqlite:///var/desk.db` or `postgresql+psycopg://…`. Constructing it does nothing.

    On SQLite a reading transaction sees one snapshot and refuses to write; a writing one takes the
    write lock with its first statement. `busy_timeout` is in seconds, for either database.
    """

    def __init__(self, url: str, *, busy_timeout: float = 5.0) -> None:
        self._url: URL = make_url(url)
        self._timeout = busy_timeout
        self._engines: tuple[Engine, Engine] | None = None  # for reading, for writing
        self._next = FairLock()  # the writers of this process, see `_in_turn`

    @property
    def url(self) -> str:
        """Where the data is, without the password."""
        return self._url.render_as_string(hide_password=True)

    @property
    def exists(self) -> bool:
        """False for an SQLite file that nobody has made yet; a server's database is taken to be there."""
        if self._url.get_backend_name() != "sqlite":
            return True
        return bool(self._url.database) and Path(str(self._url.database)).exists()

    def has(self, table: str) -> bool:
        """Whether the schema has come that far; False before the first migration. Raises StoreError."""
        with self._errors(), self._reading.connect() as connection:
            return inspect(connection).has_table(table)

    def open(self) -> Database:
        """Prepare connections (made on first use); returns itself."""
        if self._engines is None:
            make = _sqlite if self._url.get_backend_name() == "sqlite" else _postgresql
            self._engines = make(self._url, self._timeout)
        return self

    def close(self) -> None:
        """Give all connections back."""
        for engine in self._engines or ():
            engine.dispose()
        self._engines = None

    def migrate(self) -> None:
        """Bring the schema up to date; safe to call from several processes at once. Raises StoreError."""
        with (
            self._errors(),
            self._writing.connect() as connection,
            _references_unchecked(connection),
            connection.begin(),
        ):
            migrations.upgrade(connection)

    def ping(self) -> None:
        """Ask the database for one row. Raises StoreError; for readiness checks."""
        with self.read() as session:
            session.execute(text("SELECT 1"))

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One consistent view, without writing. Raises StoreError."""
        with self._errors(), Session(self._reading, expire_on_commit=False, autoflush=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction: committed at the end of the block, undone by any exception.

        Raises StoreBusy, StoreFull or StoreUnavailable. Other threads may wait for it: no hashing,
        no network and no waiting inside.
        """
        with (
            self._errors(),
            self._in_turn(),
            Session(self._writing, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """SQLite lets one write and has the others ask again after ever longer pauses: under load whoever has waited
        longest asks least often, and gives up. The writers of one process queue here instead, without a connection.
        """
        if self._url.get_backend_name() != "sqlite":
            yield
            return
        if not self._next.acquire(self._timeout):
            raise StoreBusy(f"other writers held the database for more than {self._timeout:g} s; try again")
        try:
            yield
        finally:
            self._next.release()

    @property
    def _reading(self) -> Engine:
        return self._opened[0]

    @property
    def _writing(self) -> Engine:
        return self._opened[1]

    @property
    def _opened(self) -> tuple[Engine, Engine]:
        if self._engines is None:
            raise RuntimeError("the database is not open: call open() first")
        return self._engines

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except PoolTimeout as error:
            raise StoreBusy(f"no free database connection within {self._timeout:g} s; try again") from error
        except DBAPIError as error:
            store_error = translated(error, self._timeout)
            if store_error is None:
                raise
            raise store_error from error


_to_json = partial(json.dumps, ensure_ascii=False)  # Chinese stays readable, and half as long


def _sqlite(url: URL, timeout: float) -> tuple[Engine, Engine]:
    if not url.database or url.database == ":memory:":
        raise ValueError("SQLite needs a file, such as sqlite:///var/desk.db: the desk is used by several connections")
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    reading, writing = _sqlite_engine(url, timeout, _READERS), _sqlite_engine(url, timeout, 1)
    return reading, writing.execution_options(**{WRITES: True})


def _sqlite_engine(url: URL, timeout: float, kept: int) -> Engine:
    """Readers and the one writer (see `Database._in_turn`) have connections of their own: a writer whose turn it is
    must not wait until some reader gives one back. `kept` stay open, because opening one costs more than most reads.
    """
    engine = create_engine(
        url,
        json_serializer=_to_json,
        hide_parameters=True,  # what people write, phone numbers included, is not for logs
        pool_size=kept,
        pool_timeout=timeout,
        # No isolation level: the driver must not begin transactions by itself, `_begin` does.
        connect_args={"timeout": timeout, "isolation_level": None},
    )
    event.listen(engine, "connect", partial(_prepare, timeout))
    event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def _references_unchecked(connection: Connection) -> Iterator[None]:
    """SQLite alters a table by writing it anew, which it only allows while nobody minds the references to it.

    https://www.sqlite.org/lang_altertable.html, section 7. Not possible inside a transaction; what the migrations
    leave is checked before they commit. Another process that migrates meanwhile is waited for.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    (patience,) = driver.execute("PRAGMA busy_timeout").fetchone()  # milliseconds
    driver.execute("PRAGMA foreign_keys=OFF")
    driver.execute(f"PRAGMA busy_timeout={_MIGRATION_PATIENCE}")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")
        driver.execute(f"PRAGMA busy_timeout={patience}")


def _prepare(timeout: float, connection: Any, _record: object) -> None:
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    deadline = monotonic() + timeout
    while not _in_wal(connection, last_try=monotonic() >= deadline):
        sleep(0.01)


def _in_wal(connection: Any, *, last_try: bool) -> bool:
    """Turn write-ahead logging on, once and for all; two who do that to a new file at once are not made to wait."""
    try:
        connection.execute("PRAGMA journal_mode=WAL")
    except sqlite3.OperationalError as error:
        if last_try or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    if connection.info.get(WRITES) is not writes:  # what the connection was used for last
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
        connection.info[WRITES] = writes
    # A reader that turned into a writer would fail at once when another one came first; so writers say so.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql(url: URL, timeout: float) -> tuple[Engine, Engine]:
    milliseconds = int(timeout * 1000)
    engine = create_engine(
        url,
        json_serializer=_to_json,
        hide_parameters=True,  # what people write, phone numbers included, is not for logs
        pool_size=16,  # as many turns at once, see gateway/turns/line.py; a server lets a hundred in by default
        pool_timeout=timeout,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": max(2, round(timeout)),  # seconds; libpq takes no less than 2
            "options": f"-c lock_timeout={milliseconds} -c timezone=UTC",
        },
    )
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True), engine
