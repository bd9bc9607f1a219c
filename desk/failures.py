"""What went wrong inside the database, in the desk's words."""

from __future__ import annotations

import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError

from desk.errors import StoreBusy, StoreError, StoreFull, StoreUnavailable

# https://www.sqlite.org/rescode.html: primary result codes.
_SQLITE_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_SQLITE_DOWN = {
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_PERM,
}
# PostgreSQL manual, appendix A: lock not available, deadlock, serialisation, too many connections, cancelled.
_POSTGRES_BUSY = {"55P03", "40P01", "40001", "53300", "57014"}
_POSTGRES_FULL = {"53100", "53200"}


def translated(error: DBAPIError, timeout: float) -> StoreError | None:
    """The desk's error for a failing database; None for mistakes of our own, such as a broken constraint."""
    cause = _root(error).orig
    kind = _kind(cause)
    if kind is StoreBusy:
        return StoreBusy(f"the database was locked for more than {timeout:g} s; try again")
    if kind is StoreFull:
        return StoreFull("the database has no space left; free some on its disk and try again")
    if kind is StoreUnavailable or error.connection_invalidated:
        return StoreUnavailable(f"the database does not work: {cause}; see to it, then repeat with the same key")
    return None


def _root(error: DBAPIError) -> DBAPIError:
    """A full or failing disk makes SQLite undo the transaction by itself; going back to a savepoint then fails too.

    https://www.sqlite.org/lang_transaction.html, "Response To Errors Within A Transaction".
    """
    before = error.__context__
    while "no such savepoint" in str(error.orig) and before is not None:
        if isinstance(before, DBAPIError):
            error = before
        before = before.__context__
    return error


def _kind(cause: BaseException | None) -> type[StoreError] | None:
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(getattr(cause, "sqlite_errorcode", 0) & 0xFF)
    if isinstance(cause, psycopg.Error):
        return _of_postgres(cause)
    return None


def _of_sqlite(code: int) -> type[StoreError] | None:
    if code in _SQLITE_BUSY:
        return StoreBusy
    if code == sqlite3.SQLITE_FULL:
        return StoreFull
    return StoreUnavailable if code in _SQLITE_DOWN else None


def _of_postgres(cause: psycopg.Error) -> type[StoreError] | None:
    state = cause.sqlstate
    if state in _POSTGRES_BUSY:
        return StoreBusy
    if state in _POSTGRES_FULL:
        return StoreFull
    # Without a state the server was never reached or has gone; 08 connection, 25006 read-only, 57P shutdown, 58 disk.
    if state is None:
        return StoreUnavailable if isinstance(cause, psycopg.OperationalError) else None
    return StoreUnavailable if state == "25006" or state.startswith(("08", "57P", "58")) else None
