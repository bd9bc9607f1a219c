from __future__ import annotations

import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import psycopg
from alembic import command
from sqlalchemy import Connection, create_engine, inspect, text

from desk import gaps, jobs
from desk.clock import FixedClock
from desk.database import Database
from desk.migrations import config
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
    """Columns in order; constraints in any. SQLite quotes the name of a table that was written anew."""
    columns, *constraints = re.split(r",? CONSTRAINT ", " ".join(sql.replace('"', "").split()).removesuffix(" )"))
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


BEFORE_0002 = (
    "INSERT INTO contacts (id, created_at) VALUES (1, :now)",
    "INSERT INTO conversations (id, channel, external_id, contact_id, state, episode, misses, dislikes, slots, script,"
    " choices, last_seq, created_at, updated_at)"
    " VALUES (1, 'web', 'visitor', 1, 'bot', 1, 1, 0, '{}', 'hans', '[]', 0, :now, :now)",
    "INSERT INTO turns (turn_id, conversation_id, message_ids, outcome, degraded, ms, trace_ids, created_at)"
    " VALUES ('t1', 1, '[]', '{}', false, 1, '[]', :now)",
    "INSERT INTO unanswered (id, conversation_id, turn_id, question, reason, build_id, created_at)"
    " VALUES (7, 1, 't1', '钢筋翻样怎么导出', 'no_evidence', 'b1', :now)",
    "INSERT INTO jobs (id, kind, payload, status, requested_by, created_at)"
    " VALUES (9, 'publish', '{\"a\": 1}', 'pending', 'agent:1', :now)",
)


def at_0001(connection: Connection, now: str) -> None:
    """A database of the first version, in use."""
    command.upgrade(config(connection), "0001")
    for statement in BEFORE_0002:
        connection.execute(text(statement), {"now": now})


def test_a_database_in_use_is_upgraded_with_all_its_rows(empty_url: str, clock: FixedClock) -> None:
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        at_0001(connection, clock().isoformat(sep=" "))
    engine.dispose()

    db = Database(empty_url).open()
    db.migrate()

    with db.read() as session:
        (question,) = gaps.unclustered(session)
        assert (question.id, question.question, question.reason) == (7, "钢筋翻样怎么导出", "no_evidence")
        assert (question.source, question.gap_id, question.contact_id) == ("declined", None, 1)
        job = jobs.get(session, 9)
        assert (job.status, dict(job.payload), job.attempts) == ("pending", {"a": 1}, 0)
    with db.write() as session:
        assert gaps.attach(session, None, [7], "钢筋翻样", now=clock()).questions == 1
        assert jobs.lease(session, ["publish"], now=clock()) is not None
    db.close()


def test_the_newest_step_can_be_taken_back(empty_url: str, clock: FixedClock) -> None:
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        at_0001(connection, clock().isoformat(sep=" "))
        before = set(_columns(connection))
        command.upgrade(config(connection), "head")
        command.downgrade(config(connection), "0001")
        assert set(_columns(connection)) == before
        assert connection.execute(text("SELECT question FROM unanswered")).scalars().all() == ["钢筋翻样怎么导出"]
    engine.dispose()


def _columns(connection: Connection) -> list[tuple[str, str]]:
    inspector = inspect(connection)
    return [(table, column["name"]) for table in inspector.get_table_names() for column in inspector.get_columns(table)]
