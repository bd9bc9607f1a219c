"""Both databases, one set of tests.

PostgreSQL is started once from Debian's binaries (/usr/lib/postgresql/*/bin) on a Unix socket in a
temporary folder, and emptied after each test; on SQLite each test gets a copy of a migrated file.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from desk import agents, conversations
from desk.agents import Agent
from desk.clock import FixedClock
from desk.conversations import Conversation
from desk.database import Database
from desk.tables import METADATA, AgentRow

MISSING = "no PostgreSQL server binaries under /usr/lib/postgresql/*/bin; apt-get install postgresql to run these"
_NUMBERS = count()


def _binaries() -> Path | None:
    found = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    return max(found, key=lambda path: int(path.parent.name), default=None)


def _as_postgres(*command: str | Path) -> None:
    """initdb and postgres refuse to run as root: become `postgres` then."""
    drop = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups") if os.geteuid() == 0 else ()
    done = subprocess.run([*drop, *command], capture_output=True, text=True, timeout=60, cwd="/")
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stdout}{done.stderr}")


@pytest.fixture(scope="session")
def server() -> Iterator[Path]:
    """The folder with the socket of a running PostgreSQL that holds the migrated database `template`."""
    binaries = _binaries()
    if binaries is None:
        pytest.skip(MISSING)
    folder = Path(tempfile.mkdtemp(prefix="desk-pg-"))  # short: a socket's path has at most 107 bytes
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data, log = folder / "data", folder / "log"
    settings = f"-k {folder} -c listen_addresses= -c fsync=off -c full_page_writes=off"
    try:
        _as_postgres(binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        _as_postgres(binaries / "pg_ctl", "-D", data, "-l", log, "-o", settings, "-w", "start")
        try:
            execute(folder, 'CREATE DATABASE "template"')
            template = Database(postgres_url(folder, "template")).open()
            template.migrate()
            template.close()
            yield folder
        finally:
            _as_postgres(binaries / "pg_ctl", "-D", data, "-m", "fast", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def postgres_url(folder: Path, name: str) -> str:
    return f"postgresql+psycopg://postgres@/{name}?host={folder}"


def execute(folder: Path, statement: str) -> None:
    with psycopg.connect(host=str(folder), user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    folder = request.getfixturevalue("server")
    name = f"empty_{next(_NUMBERS)}"
    execute(folder, f'CREATE DATABASE "{name}"')
    yield postgres_url(folder, name)
    execute(folder, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("desk") / "template.db"
    db = Database(f"sqlite:///{path}").open()
    db.migrate()
    db.close()
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated database, open."""
    if request.param == "sqlite":
        path = tmp_path / "desk.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        opened = Database(f"sqlite:///{path}").open()
        yield opened
        opened.close()
        return
    opened = request.getfixturevalue("postgres_db")
    yield opened
    with opened.write() as session:
        session.execute(text(f"TRUNCATE {', '.join(METADATA.tables)} RESTART IDENTITY"))


@pytest.fixture(scope="session")
def postgres_db(server: Path) -> Iterator[Database]:
    """One migrated database for all tests: emptying it is ten times faster than making another."""
    execute(server, 'CREATE DATABASE "desk" TEMPLATE "template"')
    opened = Database(postgres_url(server, "desk")).open()
    yield opened
    opened.close()


@pytest.fixture
def new_postgres(server: Path) -> Iterator[Callable[..., Database]]:
    """Makes one migrated PostgreSQL database, opened with the given options."""
    name = f"own_{next(_NUMBERS)}"
    execute(server, f'CREATE DATABASE "{name}" TEMPLATE "template"')
    opened: list[Database] = []

    def make(**options: float) -> Database:
        opened.append(Database(postgres_url(server, name), **options).open())
        return opened[-1]

    yield make
    for db in opened:
        db.close()
    execute(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc))  # a Monday, 10:00 in Beijing


@pytest.fixture
def conversation(db: Database, clock: FixedClock) -> Conversation:
    """A web visitor's conversation that has just begun."""
    with db.write() as session:
        return conversations.open_for(session, "web", "visitor", now=clock())


@pytest.fixture
def stranger(db: Database, clock: FixedClock) -> Conversation:
    """Somebody else's conversation."""
    with db.write() as session:
        return conversations.open_for(session, "web", "stranger", now=clock())


@pytest.fixture
def agent(db: Database, clock: FixedClock) -> Agent:
    """A member of the team, with a password nobody needs to know."""
    return add_agent(db, "li.wei", clock)


@pytest.fixture
def colleague(db: Database, clock: FixedClock) -> Agent:
    return add_agent(db, "wang.fang", clock)


def add_agent(db: Database, login: str, clock: FixedClock) -> Agent:
    with db.write() as session:
        row = AgentRow(login=login, password_hash="none", name=login, role="agent", created_at=clock())
        session.add(row)
        session.flush()
        return agents.get(session, row.id)
