"""Agents: the humans of the support team, their passwords and sessions.

Hashing takes tens of milliseconds by design, so it never runs while the write lock is held:
functions that hash take the Database and make their own short transactions.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Literal, cast

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk.database import Database
from desk.errors import AlreadyExists, BadLogin, LockedOut, NotAllowed, NotFound
from desk.racing import racing
from desk.tables import AgentRow, AgentSessionRow

Role = Literal["agent", "lead", "editor", "admin"]
Tier = Literal["L1", "L2", "L3"]
Presence = Literal["online", "busy", "offline"]
MAX_FAILURES = 5
LOCK_FOR = timedelta(minutes=15)
SESSION_FOR = timedelta(hours=12)
SHORTEST_PASSWORD = 10  # characters
LONGEST_PASSWORD = 200

_HASHER = PasswordHasher()  # argon2id with the parameters of RFC 9106's second recommendation


@dataclass(frozen=True)
class Agent:
    """A member of the support team."""

    id: int
    login: str
    name: str
    role: Role
    active: bool
    created_at: datetime
    tier: Tier
    fast_response: bool  # woken for a P1
    max_load: int  # open tickets at once
    presence: Presence
    seen_at: datetime | None  # last sign of life of their console
    last_assigned_at: datetime | None
    email: str | None
    phone: str | None
    mention: str | None  # how the robots call this person
    locale: str  # of their console: zh-CN, zh-TW

    @property
    def actor(self) -> str:
        """How events name this person."""
        return f"agent:{self.id}"


@dataclass(frozen=True)
class Login:
    """A session that has just begun; the token exists nowhere else."""

    agent: Agent
    token: str
    expires_at: datetime


def create(db: Database, login: str, password: str, *, name: str, role: Role = "agent", now: datetime) -> Agent:
    """Raises AlreadyExists, ValueError for a password under 10 or over 200 characters."""
    hashed = _hashed(password)
    row = AgentRow(login=_plain(login), password_hash=hashed, name=name, role=role, active=True, created_at=now)
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
        return _agent(row)


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
        return _begin_session(session, row, now)


def set_password(db: Database, agent_id: int, password: str) -> None:
    """Also ends every session of the agent and a lock. Raises NotFound, ValueError as `create`."""
    hashed = _hashed(password)
    with db.write() as session:
        row = _row(session, agent_id)
        row.password_hash, row.failures, row.locked_until = hashed, 0, None
        _end_sessions(session, agent_id)


def authenticate(session: Session, token: str, *, now: datetime) -> Agent:
    """The agent of a running session. Raises NotAllowed."""
    row = session.get(AgentSessionRow, _token_hash(token))
    agent = session.get(AgentRow, row.agent_id) if row is not None and now < row.expires_at else None
    if agent is None or not agent.active:
        raise NotAllowed("the session is unknown or over; log in again")
    return _agent(agent)


def logout(session: Session, token: str) -> None:
    """End a session; an unknown token is no error."""
    session.execute(delete(AgentSessionRow).where(AgentSessionRow.token_hash == _token_hash(token)))


def get(session: Session, agent_id: int) -> Agent:
    """Raises NotFound."""
    return _agent(_row(session, agent_id))


def listing(session: Session, *, active: bool | None = True) -> tuple[Agent, ...]:
    """By login; None lists all."""
    query = select(AgentRow).order_by(AgentRow.login)
    if active is not None:
        query = query.where(AgentRow.active == active)
    return tuple(_agent(row) for row in session.scalars(query))


def update(
    session: Session, agent_id: int, *, name: str | None = None, role: Role | None = None, active: bool | None = None
) -> Agent:
    """Change what is given; deactivating ends the agent's sessions. Raises NotFound."""
    row = _row(session, agent_id)
    row.name = row.name if name is None else name
    row.role = row.role if role is None else role
    row.active = row.active if active is None else active
    if active is False:
        _end_sessions(session, agent_id)
    session.flush()
    return _agent(row)


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


def _begin_session(session: Session, row: AgentRow, now: datetime) -> Login:
    session.execute(delete(AgentSessionRow).where(AgentSessionRow.expires_at <= now))
    token, expires_at = secrets.token_urlsafe(32), now + SESSION_FOR
    session.add(AgentSessionRow(token_hash=_token_hash(token), agent_id=row.id, created_at=now, expires_at=expires_at))
    return Login(_agent(row), token, expires_at)


def _end_sessions(session: Session, agent_id: int) -> None:
    session.execute(delete(AgentSessionRow).where(AgentSessionRow.agent_id == agent_id))


def _by_login(session: Session, login: str, *, lock: bool = False) -> AgentRow | None:
    query = select(AgentRow).where(AgentRow.login == _plain(login))
    return session.scalar(query.with_for_update().execution_options(populate_existing=True) if lock else query)


def _row(session: Session, agent_id: int) -> AgentRow:
    row = session.get(AgentRow, agent_id)
    if row is None:
        raise NotFound(f"there is no agent {agent_id}")
    return row


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


def _token_hash(token: str) -> str:
    # A random token of 256 bits needs no slow hash: there is nothing to guess.
    return hashlib.sha256(token.encode()).hexdigest()


def _agent(row: AgentRow) -> Agent:
    return Agent(
        id=row.id,
        login=row.login,
        name=row.name,
        role=cast(Role, row.role),
        active=row.active,
        created_at=row.created_at,
        tier=cast(Tier, row.tier),
        fast_response=row.fast_response,
        max_load=row.max_load,
        presence=cast(Presence, row.presence),
        seen_at=row.seen_at,
        last_assigned_at=row.last_assigned_at,
        email=row.email,
        phone=row.phone,
        mention=row.mention,
        locale=row.locale,
    )
