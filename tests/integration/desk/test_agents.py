from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from desk import agents
from desk.clock import FixedClock
from desk.database import Database
from desk.errors import AlreadyExists, BadLogin, LockedOut, NotAllowed, NotFound
from desk.tables import AgentRow, AgentSessionRow

PASSWORD = "correct horse 电池"


@pytest.fixture
def zhang(db: Database, clock: FixedClock) -> agents.Agent:
    return agents.create(db, "Zhang.San", PASSWORD, name="张三", role="lead", now=clock())


def fail(db: Database, clock: FixedClock, times: int) -> None:
    for _ in range(times):
        with pytest.raises(BadLogin):
            agents.login(db, "zhang.san", "wrong password", now=clock())


def test_a_login_gives_a_token_that_names_the_agent(db: Database, clock: FixedClock, zhang: agents.Agent) -> None:
    login = agents.login(db, " ZHANG.san ", PASSWORD, now=clock())
    with db.read() as session:
        assert agents.authenticate(session, login.token, now=clock()) == zhang
    assert (zhang.role, zhang.actor) == ("lead", f"agent:{zhang.id}")


def test_neither_password_nor_token_is_stored(db: Database, clock: FixedClock, zhang: agents.Agent) -> None:
    login = agents.login(db, "zhang.san", PASSWORD, now=clock())
    with db.read() as session:
        assert session.scalars(select(AgentRow.password_hash)).one().startswith("$argon2id$")
        assert login.token not in session.scalars(select(AgentSessionRow.token_hash)).one()


def test_a_session_ends_after_twelve_hours_or_by_logging_out(
    db: Database, clock: FixedClock, zhang: agents.Agent
) -> None:
    login = agents.login(db, "zhang.san", PASSWORD, now=clock())
    with db.read() as session:
        assert agents.authenticate(session, login.token, now=login.expires_at - timedelta(seconds=1))
        with pytest.raises(NotAllowed):
            agents.authenticate(session, login.token, now=login.expires_at)
    with db.write() as session:
        agents.logout(session, login.token)
        agents.logout(session, login.token)
    with db.read() as session, pytest.raises(NotAllowed):
        agents.authenticate(session, login.token, now=clock())


def test_unknown_login_and_wrong_password_sound_the_same(db: Database, clock: FixedClock, zhang: agents.Agent) -> None:
    with pytest.raises(BadLogin) as wrong:
        agents.login(db, "zhang.san", "wrong password", now=clock())
    with pytest.raises(BadLogin) as unknown:
        agents.login(db, "nobody", PASSWORD, now=clock())
    assert str(wrong.value) == str(unknown.value)


def test_five_wrong_passwords_lock_for_a_quarter_of_an_hour(
    db: Database, clock: FixedClock, zhang: agents.Agent
) -> None:
    fail(db, clock, 5)
    with pytest.raises(LockedOut) as locked:
        agents.login(db, "zhang.san", PASSWORD, now=clock())
    assert locked.value.until == clock() + timedelta(minutes=15)
    clock.advance(timedelta(minutes=14, seconds=59))
    with pytest.raises(LockedOut):
        agents.login(db, "zhang.san", PASSWORD, now=clock())
    assert agents.login(db, "zhang.san", PASSWORD, now=clock.advance(timedelta(seconds=1))).token


def test_a_right_password_forgives_the_wrong_ones(db: Database, clock: FixedClock, zhang: agents.Agent) -> None:
    fail(db, clock, 4)
    agents.login(db, "zhang.san", PASSWORD, now=clock())
    fail(db, clock, 4)
    assert agents.login(db, "zhang.san", PASSWORD, now=clock()).agent == zhang


def test_a_new_password_ends_sessions_and_the_old_password(
    db: Database, clock: FixedClock, zhang: agents.Agent
) -> None:
    login = agents.login(db, "zhang.san", PASSWORD, now=clock())
    agents.set_password(db, zhang.id, "another password")
    with db.read() as session, pytest.raises(NotAllowed):
        agents.authenticate(session, login.token, now=clock())
    with pytest.raises(BadLogin):
        agents.login(db, "zhang.san", PASSWORD, now=clock())
    assert agents.login(db, "zhang.san", "another password", now=clock()).agent == zhang


def test_who_has_left_cannot_log_in(db: Database, clock: FixedClock, zhang: agents.Agent) -> None:
    login = agents.login(db, "zhang.san", PASSWORD, now=clock())
    with db.write() as session:
        agents.update(session, zhang.id, active=False)
    with db.read() as session, pytest.raises(NotAllowed):
        agents.authenticate(session, login.token, now=clock())
    with pytest.raises(BadLogin):
        agents.login(db, "zhang.san", PASSWORD, now=clock())


def test_a_login_is_given_once(db: Database, clock: FixedClock, zhang: agents.Agent) -> None:
    with pytest.raises(AlreadyExists, match=r"zhang\.san"):
        agents.create(db, "zhang.san ", PASSWORD, name="另一个", now=clock())


def test_a_short_password_is_refused_with_the_limit(db: Database, clock: FixedClock) -> None:
    with pytest.raises(ValueError, match="10 to 200 characters, this one has 5"):
        agents.create(db, "li.si", "12345", name="李四", now=clock())


def test_roles_and_names_can_be_changed(db: Database, clock: FixedClock, zhang: agents.Agent) -> None:
    with db.write() as session:
        agents.update(session, zhang.id, role="admin", name="张三丰")
    with db.read() as session:
        changed = agents.get(session, zhang.id)
        assert (changed.role, changed.name) == ("admin", "张三丰")
        assert agents.listing(session) == (changed,)
        assert agents.listing(session, active=False) == ()
        with pytest.raises(NotFound):
            agents.get(session, 404)
