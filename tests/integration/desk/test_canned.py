from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk import canned
from desk.agents import Agent
from desk.canned import PLACEHOLDERS, SHORTCUT, Canned, Filled, fill
from desk.clock import FixedClock
from desk.database import Database
from desk.errors import AlreadyExists, NotFound

VALUES = {"contact": "王工", "number": "GD-20261122-0042-7", "agent": "张敏", "product": "工答"}


def saved(
    db: Database, clock: FixedClock, shortcut: str, title: str = "标题", text: str = "正文", owner: Agent | None = None
) -> Canned:
    with db.write() as session:
        owner_id = owner.id if owner else None
        return canned.save(
            session, shortcut=shortcut, title=title, text=text, owner_id=owner_id, by="agent:1", now=clock()
        )


def test_known_placeholders_are_filled_and_unknown_ones_reported() -> None:
    text = "$contact您好，我是$product的$agent，工单$number；$price 和 $price、$100、$ 都不认识"
    filled = fill(text, VALUES)
    assert filled.text == "王工您好，我是工答的张敏，工单GD-20261122-0042-7；$price 和 $price、$100、$ 都不认识"
    assert filled.unknown == ("price",)


def test_what_nobody_knows_stays_where_it_was() -> None:
    assert fill("$contact您好", {"contact": ""}) == Filled("$contact您好", ("contact",))


def test_a_value_is_not_filled_again() -> None:
    assert fill("$contact", {"contact": "$agent", "agent": "张敏"}) == Filled("$agent")


@given(st.text(), st.dictionaries(st.sampled_from(PLACEHOLDERS), st.text(min_size=1)))
def test_any_text_can_be_filled(text: str, values: dict[str, str]) -> None:
    filled = fill(text, values)
    assert all(f"${name}" in text and name not in values for name in filled.unknown)
    assert "$" in text or filled.text == text


@pytest.mark.parametrize("shortcut", ["a", "hello_1", "你好", "x" * 20, "a-b", "  HELLO "])
def test_a_shortcut_is_short_and_plain(db: Database, clock: FixedClock, shortcut: str) -> None:
    assert saved(db, clock, shortcut).shortcut == shortcut.strip().lower()


@pytest.mark.parametrize("shortcut", ["", "a b", "a/b", "x" * 21, "é", "ｈｅｌｌｏ", "你好！"])
def test_another_shortcut_is_refused(db: Database, clock: FixedClock, shortcut: str) -> None:
    with pytest.raises(ValueError, match="shortcut"):
        saved(db, clock, shortcut)


@pytest.mark.parametrize(("title", "text"), [("", "正文"), ("长" * 61, "正文"), ("标题", " "), ("标题", "长" * 1_001)])
def test_an_empty_or_long_reply_is_refused(db: Database, clock: FixedClock, title: str, text: str) -> None:
    with pytest.raises(ValueError, match="characters"):
        saved(db, clock, "a", title, text)


def test_a_shortcut_is_given_once(db: Database, clock: FixedClock, agent: Agent) -> None:
    first, other = saved(db, clock, "a"), saved(db, clock, "b", owner=agent)
    with pytest.raises(AlreadyExists, match="'a'"):
        saved(db, clock, "A", owner=agent)
    with db.write() as session:
        again = canned.save(session, canned_id=first.id, shortcut="a", title="新", text="新", by="agent:2", now=clock())
        assert (again.id, again.title, again.updated_by) == (first.id, "新", "agent:2")
    with pytest.raises(AlreadyExists), db.write() as session:
        canned.save(session, canned_id=other.id, shortcut="a", title="新", text="新", by="agent:2", now=clock())


def test_ones_own_are_nobody_elses_business(db: Database, clock: FixedClock, agent: Agent, colleague: Agent) -> None:
    saved(db, clock, "b"), saved(db, clock, "a", owner=agent), saved(db, clock, "c", owner=colleague)
    with db.read() as session:
        assert [one.shortcut for one in canned.listing(session, agent.id)] == ["a", "b"]
        assert [one.shortcut for one in canned.find(session, "", colleague.id)] == ["b", "c"]
        assert canned.find(session, "a", colleague.id) == ()


def test_the_shortcut_comes_before_title_and_text(db: Database, clock: FixedClock, agent: Agent) -> None:
    saved(db, clock, "x", "其他", "请发日志")
    saved(db, clock, "y", "要日志", "正文")
    saved(db, clock, "日志2")
    saved(db, clock, "日志")
    often = saved(db, clock, "日志3")
    with db.write() as session:
        canned.used(session, often.id)
        canned.used(session, often.id)
        canned.used(session, 999)
        assert canned.get(session, often.id).used == 2
    with db.read() as session:
        assert [one.shortcut for one in canned.find(session, " 日志", agent.id)] == ["日志", "日志3", "日志2", "y", "x"]
        assert [one.shortcut for one in canned.find(session, "日志", agent.id, limit=1)] == ["日志"]
        assert canned.find(session, "%", agent.id) == canned.find(session, "没有", agent.id) == ()


def test_what_is_removed_is_gone(db: Database, clock: FixedClock, agent: Agent) -> None:
    one = saved(db, clock, "a")
    with db.write() as session:
        canned.remove(session, one.id)
        with pytest.raises(NotFound):
            canned.remove(session, one.id)
        with pytest.raises(NotFound):
            canned.get(session, one.id)


def test_a_new_desk_has_ready_replies(db: Database, clock: FixedClock, agent: Agent) -> None:
    with db.write() as session:
        n = canned.seed(session, now=clock())
        assert canned.seed(session, now=clock()) == 0
        shipped = canned.listing(session, agent.id)
    assert 12 <= n == len(shipped) <= 15
    for one in shipped:
        assert SHORTCUT.fullmatch(one.shortcut)
        assert fill(one.text, VALUES).unknown == ()


def test_a_desk_that_has_its_own_gets_none(db: Database, clock: FixedClock) -> None:
    saved(db, clock, "a")
    with db.write() as session:
        assert canned.seed(session, now=clock()) == 0
