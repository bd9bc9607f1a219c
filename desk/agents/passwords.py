"""Passwords: hiring somebody, letting them in, and what happens after wrong guesses."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk import audit
from desk.agents.limits import Profile, checked_name, checked_profile, checked_role, checked_skills
from desk.agents.model import Agent, Role, agent, row_of
from desk.agents.sessions import Login, begin, end_all
from desk.database import Database
from desk.errors import AlreadyExists, BadLogin, LockedOut
from desk.racing import racing
from desk.tables import AgentRow, AgentSkillRow

MAX_FAILURES = 5
LOCK_FOR = timedelta(minutes=15)
SHORTEST_PASSWORD = 10  # characters
LONGEST_PASSWORD = 200

_HASHER = PasswordHasher()  # argon2id with the parameters of RFC 9106's second recommendation


def create(
    db: Database,
    login: str,
    password: str,
    *,
    name: str,
    role: Role = "agent",
    profile: Profile | None = None,
    skills: Iterable[str] = (),
    by: str = audit.SYSTEM,
    now: datetime,
) -> Agent:
    """Raises AlreadyExists, BadValue for what is over its limits, ValueError for a password under 10 or over 200
    characters."""
    fit, known = checked_profile(profile or {}), checked_skills(skills)
    row = AgentRow(
        login=_plain(login),
        name=checked_name(name),
        role=checked_role(role),
        active=True,
        created_at=now,
        password_hash=_hashed(password),
        **fit,
    )
    taken = AlreadyExists(f"there is an agent {_plain(login)!r} already; take another login")
    with db.write() as session:
        if _by_login(session, login) is not None:
            raise taken
        try:
            with racing(session):
                session.add(row)
        except IntegrityError:
            if _by_login(session, login) is None:
                raise
            raise taken from None
        session.add_all(AgentSkillRow(agent_id=row.id, skill=skill) for skill in known)
        audit.record(session, by, "agent.created", f"agent:{row.id}", {"login": row.login, "role": role}, now=now)
        session.refresh(row)  # what the database filled in
        return agent(row)


def login(db: Database, login: str, password: str, *, now: datetime) -> Login:
    """Raises BadLogin; LockedOut for 15 minutes after 5 wrong passwords, even for the right one."""
    with db.write() as session:
        hashed = _count_try(session, login, now)
    # An unknown login takes as long as a wrong password, so that nobody can list our logins.
    right = _right(hashed or _nobody(), password)
    if hashed is None or not right:
        raise BadLogin("unknown login or wrong password")
    renewed = _HASHER.hash(password) if _HASHER.check_needs_rehash(hashed) else hashed
    with db.write() as session:
        row = _by_login(session, login, lock=True)
        if row is None or not row.active or row.password_hash != hashed:
            raise BadLogin("unknown login or wrong password")  # changed between the two transactions
        row.password_hash, row.failures, row.locked_until = renewed, 0, None
        return begin(session, row, now)


def set_password(db: Database, agent_id: int, password: str) -> None:
    """Also ends every session of the agent and a lock. Raises NotFound, ValueError as `create`."""
    hashed = _hashed(password)
    with db.write() as session:
        row = row_of(session, agent_id)
        row.password_hash, row.failures, row.locked_until = hashed, 0, None
        end_all(session, row)


def _count_try(session: Session, login: str, now: datetime) -> str | None:
    """The stored hash. The try counts as failed until proven right, or guesses made at once would all be free."""
    row = _by_login(session, login, lock=True)
    if row is None or not row.active:
        return None
    if row.locked_until is not None and now < row.locked_until:
        raise LockedOut(
            f"{MAX_FAILURES} wrong passwords; try again after {row.locked_until:%H:%M} UTC", row.locked_until
        )
    row.failures = row.failures + 1 if row.locked_until is None else 1
    row.locked_until = now + LOCK_FOR if row.failures >= MAX_FAILURES else None
    return row.password_hash


def _by_login(session: Session, login: str, *, lock: bool = False) -> AgentRow | None:
    query = select(AgentRow).where(AgentRow.login == _plain(login))
    return session.scalar(query.with_for_update().execution_options(populate_existing=True) if lock else query)


def _plain(login: str) -> str:
    return login.strip().lower()


def _hashed(password: str) -> str:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise ValueError(
            f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters, this one has {len(password)}"
        )
    return _HASHER.hash(password)


def _right(hashed: str, password: str) -> bool:
    try:
        return _HASHER.verify(hashed, password[: LONGEST_PASSWORD + 1])
    except VerifyMismatchError:
        return False


@cache
def _nobody() -> str:
    return _HASHER.hash(secrets.token_hex(16))
