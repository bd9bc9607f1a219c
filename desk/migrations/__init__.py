"""The schema's history, run by Alembic without an ini file.

To add a step: change `desk/tables`, then `python -m desk.migrations "what changes"` writes a draft
into `versions/`; read it before you keep it.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

_LOCK = 0x60476461  # any number, the same for every process; "`Gda"


def config(connection: Connection) -> Config:
    """Alembic's settings for work on an open connection."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent))
    made.attributes["connection"] = connection
    return made


def upgrade(connection: Connection) -> None:
    """Bring the schema up to date within the connection's transaction: all of it or nothing."""
    if connection.dialect.name == "postgresql":
        # SQLite's write lock keeps other processes out by itself. Who came first is waited for.
        connection.execute(text("SET LOCAL lock_timeout = '60s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    command.upgrade(config(connection), "head")
    if connection.dialect.name == "sqlite":
        _check_references(connection)


def _check_references(connection: Connection) -> None:
    """What SQLite has not minded meanwhile."""
    broken = connection.execute(text("PRAGMA foreign_key_check")).first()
    if broken is not None:
        raise RuntimeError(f"after the migration {broken[0]} row {broken[1]} refers to nothing in {broken[2]}")
