"""Inserting what somebody else may be inserting at this moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session


@contextmanager
def racing(session: Session) -> Iterator[None]:
    """Flush at the end; after an IntegrityError the transaction goes on, and the caller finds the other's row.

    Look first, then insert in here. On SQLite a writer is alone and what it has not found is not there:
    no savepoint is needed, which saves two statements for each message.
    """
    if session.get_bind().dialect.name == "sqlite":
        yield
        session.flush()
    else:
        with session.begin_nested():
            yield
