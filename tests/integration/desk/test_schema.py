from __future__ import annotations

import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import psycopg
from sqlalchemy import create_engine

from desk.database import Database
from desk.tables import METADATA

POSTGRES_SCHEMA = """
SELECT table_name || '.' || column_name, data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '')
  FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
"""


def schema(url: str) -> dict[str, object]:
    """Every column, index and constraint, as the database itself tells them."""
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
            rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
        found = {name: _parts(sql) for name, sql in rows}
    else:
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            found = dict(connection.execute(POSTGRES_SCHEMA).fetchall())
    return {name: value for name, value in found.items() if not name.startswith("alembic")}


def _parts(sql: str) -> tuple[str, list[str]]:
    """Columns in order; constraints in any."""
    columns, *constraints = re.split(r",? CONSTRAINT ", " ".join(sql.split()).removesuffix(" )"))
    return columns, sorted(constraints)


def test_migrations_produce_exactly_the_schema_of_the_tables(empty_url: str, tmp_path) -> None:
    db = Database(empty_url).open()
    db.migrate()
    migrated = schema(empty_url)
    db.close()
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        METADATA.drop_all(connection)
        METADATA.create_all(connection)
    engine.dispose()

    assert len(migrated) > len(METADATA.tables)
    assert migrated == schema(empty_url)


def test_migrating_twice_changes_nothing(empty_url: str) -> None:
    db = Database(empty_url).open()
    db.migrate()
    before = schema(empty_url)
    db.migrate()
    assert schema(empty_url) == before
    db.close()


def test_two_processes_may_migrate_at_once(empty_url: str) -> None:
    databases = [Database(empty_url).open() for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(Database.migrate, databases))
    assert "tickets" in schema(empty_url) or "tickets.id" in schema(empty_url)
    for db in databases:
        db.close()
