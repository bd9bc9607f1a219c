from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from desk import agents, audit
from desk.clock import FixedClock
from desk.database import Database
from desk.errors import AlreadyExists, BadLogin, BadValue, LockedOut, NotAllowed, NotFound
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
        assert agents.authenticate(session, login.token, now=clock()) == login.agent
    assert login.agent.id == zhang.id
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
    assert agents.login(db, "zhang.san", PASSWORD, now=clock()).agent.id == zhang.id


def test_a_new_password_ends_sessions_and_the_old_password(
    db: Database, clock: FixedClock, zhang: agents.Agent
) -> None:
    login = agents.login(db, "zhang.san", PASSWORD, now=clock())
    agents.set_password(db, zhang.id, "another password")
    with db.read() as session, pytest.raises(NotAllowed):
        agents.authenticate(session, login.token, now=clock())
    with pytest.raises(BadLogin):
        agents.login(db, "zhang.san", PASSWORD, now=clock())
    assert agents.login(db, "zhang.san", "another password", now=clock()).agent.id == zhang.id


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


def test_logging_in_is_being_there_and_logging_out_is_not(db: Database, clock: FixedClock, zhang: agents.Agent) -> None:
    first = agents.login(db, "zhang.san", PASSWORD, now=clock())
    second = agents.login(db, "zhang.san", PASSWORD, now=clock())
    assert (zhang.presence, first.agent.presence, first.agent.seen_at) == ("offline", "online", clock())
    with db.write() as session:
        agents.logout(session, first.token)
        assert agents.get(session, zhang.id).presence == "online"  # in the other window
        agents.logout(session, second.token)
        assert agents.get(session, zhang.id).presence == "offline"


def test_who_is_busy_stays_busy_in_a_second_window(db: Database, clock: FixedClock, zhang: agents.Agent) -> None:
    with db.write() as session:
        agents.set_presence(session, zhang.id, "busy", now=clock())
    assert agents.login(db, "zhang.san", PASSWORD, now=clock()).agent.presence == "busy"
    clock.advance(timedelta(hours=14))  # the next morning, without having logged out
    assert agents.login(db, "zhang.san", PASSWORD, now=clock()).agent.presence == "online"


def test_nobody_is_there_after_ten_silent_minutes(db: Database, clock: FixedClock, zhang: agents.Agent) -> None:
    there = agents.login(db, "zhang.san", PASSWORD, now=clock()).agent
    assert agents.presence_at(there, clock.advance(timedelta(minutes=10))) == "online"
    assert agents.presence_at(there, clock.advance(timedelta(seconds=1))) == "offline"
    with db.write() as session:
        assert agents.seen(session, zhang.id, now=clock())
        assert agents.presence_at(agents.get(session, zhang.id), clock()) == "online"


def test_signs_of_life_are_written_once_a_minute(db: Database, clock: FixedClock, zhang: agents.Agent) -> None:
    with db.write() as session:
        signs = [agents.seen(session, zhang.id, now=clock.advance(timedelta(seconds=20))) for _ in range(7)]
    assert signs == [True, False, False, True, False, False, True]


def test_a_sign_of_life_does_not_undo_going_offline(db: Database, clock: FixedClock, zhang: agents.Agent) -> None:
    with db.write() as session:
        agents.set_presence(session, zhang.id, "offline", now=clock())
        agents.seen(session, zhang.id, now=clock.advance(timedelta(minutes=2)))
        assert agents.presence_at(agents.get(session, zhang.id), clock()) == "offline"


def test_a_profile_changes_what_is_given(db: Database, clock: FixedClock, zhang: agents.Agent) -> None:
    with db.write() as session:
        agents.profile(session, zhang.id, tier="L2", max_load=12, email=" zhang@vendor.example ", phone="138 0013 8000")
        changed = agents.profile(session, zhang.id, fast_response=True, phone="", locale="zh-TW", mention="zhangsan")
    assert (changed.tier, changed.max_load, changed.fast_response, changed.locale) == ("L2", 12, True, "zh-TW")
    assert (changed.email, changed.phone, changed.mention) == ("zhang@vendor.example", None, "zhangsan")


@pytest.mark.parametrize(
    ("changes", "field", "limit"),
    [
        ({"tier": "L4"}, "tier", "L1, L2 or L3"),
        ({"max_load": 0}, "max_load", "1 to 99"),
        ({"max_load": 100}, "max_load", "1 to 99"),
        ({"email": "zhang@"}, "email", "254"),
        ({"phone": "12a45"}, "phone", "5 to 24 digits"),
        ({"mention": "张 三"}, "mention", "64"),
        ({"wechat_kf": "kf2001"}, "wechat_kf", "kf2001@gh_account"),
        ({"locale": "en"}, "locale", "zh-CN or zh-TW"),
    ],
)
def test_what_is_over_a_limit_is_refused_with_the_limit(
    db: Database, zhang: agents.Agent, changes: dict[str, str], field: str, limit: str
) -> None:
    with pytest.raises(BadValue, match=limit) as refused, db.write() as session:
        agents.profile(session, zhang.id, **changes)  # type: ignore[arg-type]
    assert refused.value.field == field
    assert isinstance(refused.value, ValueError)


def test_skills_are_replaced_as_a_whole(db: Database, zhang: agents.Agent) -> None:
    with db.write() as session:
        agents.set_skills(session, zhang.id, ["BIM", " 造价 ", "BIM", ""])
        assert agents.skills_of(session, zhang.id) == ("BIM", "造价")
        agents.set_skills(session, zhang.id, ["移动端", "造价"])
        assert agents.skills(session) == {zhang.id: ("移动端", "造价")}
        agents.set_skills(session, zhang.id, [])
        assert agents.skills(session) == {}


@pytest.mark.parametrize("skills", [["长" * 21], ["BIM,造价"], [f"技能{n}" for n in range(21)]])
def test_skills_have_limits(db: Database, zhang: agents.Agent, skills: list[str]) -> None:
    with pytest.raises(BadValue, match="skill"), db.write() as session:
        agents.set_skills(session, zhang.id, skills)


def test_what_an_administrator_changes_is_in_the_audit_trail(
    db: Database, clock: FixedClock, zhang: agents.Agent
) -> None:
    with db.write() as session, agents.audited(session, zhang.id, by="agent:9", now=clock()):
        agents.profile(session, zhang.id, tier="L3")
        agents.update(session, zhang.id, name="张三")
        agents.set_skills(session, zhang.id, ["BIM"])
    with db.write() as session, agents.audited(session, zhang.id, by="agent:9", now=clock()):
        agents.profile(session, zhang.id, tier="L3")  # as it was
    with db.read() as session:
        (line,) = audit.listing(session, action="agent.changed")
    assert (line.actor, line.subject) == ("agent:9", f"agent:{zhang.id}")
    assert line.detail == {"old": {"tier": "L1", "skills": []}, "new": {"tier": "L3", "skills": ["BIM"]}}


def test_somebody_is_hired_with_everything_or_not_at_all(db: Database, clock: FixedClock) -> None:
    hired = agents.create(
        db, "li.si", PASSWORD, name="李四", profile={"tier": "L2"}, skills=["BIM"], by="agent:1", now=clock()
    )
    with pytest.raises(BadValue):
        agents.create(db, "wang.wu", PASSWORD, name="王五", profile={"max_load": 0}, now=clock())
    with db.read() as session:
        assert agents.listing(session) == (hired,)
        assert (hired.tier, hired.max_load, agents.skills_of(session, hired.id)) == ("L2", 8, ("BIM",))
        assert [line.actor for line in audit.listing(session, action="agent.created")] == ["agent:1"]
