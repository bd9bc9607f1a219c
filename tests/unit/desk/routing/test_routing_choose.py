from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from desk.agents import Agent
from desk.routing import Candidate, Need, Reason, RoutingRules, Standing, choose, decide

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc)
RULES = RoutingRules()
SKILLS = ("BIM", "造价", "移动端")
TIERS = ("L1", "L2", "L3")
PRIORITIES = ("P1", "P2", "P3", "P4")
QUEUED = {"off_duty", "no_tier", "nobody_there", "full", "p1_nobody"}


@st.composite
def agents(draw: st.DrawFn, number: int) -> Agent:
    idle = draw(st.none() | st.integers(0, 10_000))
    return Agent(
        id=number,
        login=f"agent{number}",
        name=f"第 {number} 人",
        role=draw(st.sampled_from(("agent", "lead", "editor", "admin"))),
        active=draw(st.booleans()),
        created_at=NOW,
        tier=draw(st.sampled_from(TIERS)),
        fast_response=draw(st.booleans()),
        max_load=draw(st.integers(1, 4)),
        presence="online",
        seen_at=NOW,
        last_assigned_at=None if idle is None else NOW - timedelta(minutes=idle),
        email=None,
        phone=None,
        mention=None,
        locale="zh-CN",
    )


@st.composite
def teams(draw: st.DrawFn, least: int = 0) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(
            draw(agents(number)),
            presence=draw(st.sampled_from(("online", "busy", "offline"))),
            skills=draw(st.frozensets(st.sampled_from(SKILLS))),
            on_duty=draw(st.booleans()),
            on_call=draw(st.booleans()),
            on_leave=draw(st.booleans()),
            load=draw(st.integers(0, 4)),
            absent=draw(st.booleans()),
        )
        for number in range(1, draw(st.integers(least, 6)) + 1)
    )


NEEDS = st.builds(
    Need, st.sampled_from(PRIORITIES), st.sampled_from(TIERS), st.sampled_from(("", *SKILLS, "没有人会的"))
)


@given(NEEDS, teams())
def test_who_is_chosen_may_have_it(need: Need, team: tuple[Candidate, ...]) -> None:
    choice = choose(need, team, RULES, now=NOW)

    if choice.agent is None:
        assert choice.reason.code in QUEUED
        return
    chosen = next(one for one in team if one.agent == choice.agent)
    assert chosen.agent.active
    assert chosen.agent.role in ("agent", "lead", "admin")
    assert chosen.agent.tier >= need.tier
    assert chosen.on_duty or (need.priority == "P1" and chosen.on_call)
    if need.priority != "P1":
        assert chosen.presence == "online"
        assert chosen.load < chosen.agent.max_load


@given(NEEDS, teams())
def test_a_ticket_waits_only_when_nobody_may_have_it(need: Need, team: tuple[Candidate, ...]) -> None:
    if choose(need, team, RULES, now=NOW).agent is not None:
        return
    for one in team:
        fit = one.eligible and one.agent.tier >= need.tier
        free = one.presence == "online" and one.load < one.agent.max_load
        assert not (fit and one.on_duty and free)
        assert not (fit and need.priority == "P1" and (one.on_duty or one.on_call))


@given(NEEDS, teams(), st.randoms())
def test_the_order_in_which_people_are_listed_does_not_matter(need: Need, team: tuple[Candidate, ...], random) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(team)
    random.shuffle(shuffled)
    one, other = choose(need, team, RULES, now=NOW), choose(need, shuffled, RULES, now=NOW)
    assert (one.agent, one.reason) == (other.agent, other.reason)
    assert {agent.id for agent in one.wake} == {agent.id for agent in other.wake}


@given(NEEDS, teams())
def test_nobody_better_was_passed_over(need: Need, team: tuple[Candidate, ...]) -> None:
    choice = choose(need, team, RULES, now=NOW)
    if choice.agent is None or need.priority == "P1":
        return
    chosen = next(one for one in team if one.agent == choice.agent)
    for one in team:
        if one.eligible and one.on_duty and one.presence == "online" and one.load < one.agent.max_load:
            assert not need.tier <= one.agent.tier < chosen.agent.tier
            if one.agent.tier == chosen.agent.tier and (need.skill in one.skills) >= (need.skill in chosen.skills):
                assert (need.skill in one.skills) == (need.skill in chosen.skills)
                assert one.load >= chosen.load


@given(NEEDS, teams())
def test_only_a_p1_wakes_people_and_none_of_them_has_left(need: Need, team: tuple[Candidate, ...]) -> None:
    choice = choose(need, team, RULES, now=NOW)
    assert all(agent.active and agent.role != "editor" for agent in choice.wake)
    if need.priority != "P1":
        assert choice.wake == ()
    elif choice.agent is not None:
        assert choice.agent in choice.wake


@given(NEEDS, teams(least=2), st.sampled_from(("assigned", "in_progress", "waiting")), st.booleans())
def test_a_ticket_never_comes_back_to_the_one_it_is_taken_from(
    need: Need, team: tuple[Candidate, ...], status: str, talks: bool
) -> None:
    holder = team[0]
    owner = holder.agent.id if talks else None
    choice = decide(Standing(need, status, holder.agent.id, owner), team, RULES, now=NOW)  # type: ignore[arg-type]
    if choice is None:
        assert holder.agent.tier >= need.tier
    elif choice.agent is not None:
        assert choice.agent != holder.agent
        assert choice.reason.values["before"] == holder.agent.name


@given(NEEDS, teams(least=1))
def test_moving_a_ticket_moves_it_once(need: Need, team: tuple[Candidate, ...]) -> None:
    choice = decide(Standing(need, "assigned", team[0].agent.id), team, RULES, now=NOW)
    if choice is None or choice.agent is None:
        return
    new = next(one for one in team if one.agent == choice.agent)
    there = tuple(replace(one, absent=False) if one is new else one for one in team)
    assert decide(Standing(need, "assigned", new.agent.id), there, RULES, now=NOW) is None


def test_a_reason_can_be_stored() -> None:
    reason = Reason("skill", {"skill": "BIM", "load": 2})
    assert reason.stored() == {"code": "skill", "values": {"skill": "BIM", "load": 2}}
