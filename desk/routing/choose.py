"""Who gets a ticket: a function of what is known, without a database.

Of those who may have it: the ticket's own tier before higher ones (never a lower one), then who knows it well, then
who has fewest tickets, then who has got nothing for longest (never: first), then the lower id.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timezone

from desk.agents.model import Agent
from desk.routing.model import Candidate, Choice, Code, Need, Reason, Standing
from desk.routing.rules import RoutingRules

_NEVER = datetime.min.replace(tzinfo=timezone.utc)


def choose(
    need: Need, candidates: Iterable[Candidate], rules: RoutingRules, *, now: datetime, reachable: bool = False
) -> Choice:
    """Somebody for a ticket that nobody has. `reachable`: for a P1, too, only who is there or on call."""
    team = [one for one in candidates if one.eligible]
    return _urgent(need, team, now, reachable) if need.priority == "P1" else _ordinary(need, team, rules, now)


def decide(standing: Standing, candidates: Iterable[Candidate], rules: RoutingRules, *, now: datetime) -> Choice | None:
    """What is to be done about a ticket; None: nothing, it is in good hands."""
    everybody = {one.agent.id: one for one in candidates}
    if standing.assignee_id is None:
        return choose(standing.need, everybody.values(), rules, now=now)
    holder = everybody[standing.assignee_id]
    others = [one for one in everybody.values() if one is not holder]
    found = _elsewhere(standing, holder, everybody.get(standing.owner_id or 0), others, rules, now)
    if (found is None or found.agent is None) and standing.need.priority == "P1" and not standing.paged:
        return _paged(standing.need, holder, others, rules, now)
    return found


def _elsewhere(
    standing: Standing,
    holder: Candidate,
    talking: Candidate | None,
    others: Sequence[Candidate],
    rules: RoutingRules,
    now: datetime,
) -> Choice | None:
    """Somebody else for a ticket whose agent works here no more, that is above its agent's tier, or that lies with
    somebody who is away."""
    if not holder.eligible:
        found = choose(standing.need, others, rules, now=now, reachable=True)
        if found.agent is not None:
            return _instead(found, holder, "left")
    if holder.agent.tier < standing.need.tier:
        return _risen(standing, holder, talking, others, rules, now)
    if standing.status == "assigned" and holder.absent:
        found = choose(standing.need, others, rules, now=now, reachable=True)
        return _instead(found, holder, "absent") if found.agent is not None else None
    return None


def _paged(need: Need, holder: Candidate, others: Sequence[Candidate], rules: RoutingRules, now: datetime) -> Choice:
    """It stays with its agent, and whoever would have been called for a new P1 is called."""
    woken = choose(need, (holder, *others), rules, now=now).wake
    called = _agents([holder, *(one for one in others if one.agent in woken)])
    return Choice(None, Reason("p1_raised", {"name": holder.agent.name}), called)


def _ordinary(need: Need, team: Sequence[Candidate], rules: RoutingRules, now: datetime) -> Choice:
    asked: dict[str, object] = {"skill": need.skill, "wanted": need.tier}
    group: Sequence[Candidate] = team
    steps: tuple[tuple[Code, list[Candidate]], ...] = (
        ("off_duty", [one for one in team if one.on_duty]),
        ("no_tier", [one for one in team if one.on_duty and one.agent.tier >= need.tier]),
        ("nobody_there", [one for one in team if _there(one, need, rules)]),
        ("full", [one for one in team if _there(one, need, rules) and one.load < one.agent.max_load]),
    )
    for code, group in steps:
        if not group:
            return Choice(None, Reason(code, asked))
    best = _best(need, group)
    code = "general" if not need.skill else "skill" if need.skill in best.skills else "anybody"
    return Choice(best.agent, _told(code, best, need, now))


def _urgent(need: Need, team: Sequence[Candidate], now: datetime, reachable: bool) -> Choice:
    """Neither load nor presence counts: who is not there is rung up."""
    on_call = [one for one in team if one.on_call]
    fast = [one for one in team if one.on_duty and one.agent.fast_response]
    leads = [one for one in team if one.agent.role == "lead"] or [one for one in team if one.agent.role == "admin"]
    steps: tuple[tuple[Code, list[Candidate], list[Candidate]], ...] = (
        ("fast_response", fast, fast),
        ("on_call", on_call, on_call),
        ("p1_anybody", [one for one in team if one.on_duty], on_call + leads),
    )
    for code, group, woken in steps:
        fit = [one for one in group if one.agent.tier >= need.tier]
        there = [one for one in fit if one.presence != "offline" or one.on_call]
        pool = there or ([] if reachable else fit)
        if pool:
            best = _best(need, pool)
            return Choice(best.agent, _told(code, best, need, now), _agents([best, *woken]))
    return Choice(None, Reason("p1_nobody", {"skill": need.skill, "wanted": need.tier}), _agents(on_call + leads))


def _risen(
    standing: Standing,
    holder: Candidate,
    talking: Candidate | None,
    others: Sequence[Candidate],
    rules: RoutingRules,
    now: datetime,
) -> Choice:
    """The customer keeps the person they are talking to, as long as that person is there."""
    held = {"wanted": standing.need.tier, "tier": holder.agent.tier, "name": holder.agent.name}
    if talking is not None and talking.eligible and not talking.on_leave and talking.presence != "offline":
        return Choice(None, Reason("tier_talking", {**held, "name": talking.agent.name}))
    found = choose(standing.need, others, rules, now=now)
    return _instead(found, holder, "tier") if found.agent is not None else Choice(None, Reason("tier_nobody", held))


def _instead(found: Choice, holder: Candidate, why: str) -> Choice:
    values = {**found.reason.values, "why": why, "before": holder.agent.name}
    return Choice(found.agent, Reason(found.reason.code, values), found.wake)


def _there(one: Candidate, need: Need, rules: RoutingRules) -> bool:
    here = one.presence == "online" or (one.presence == "offline" and not rules.presence)
    return one.on_duty and one.agent.tier >= need.tier and here


def _best(need: Need, group: Iterable[Candidate]) -> Candidate:
    def order(one: Candidate) -> tuple[str, bool, int, datetime, int]:
        last = one.agent.last_assigned_at or _NEVER
        return one.agent.tier, need.skill not in one.skills, one.load, last, one.agent.id

    return min(group, key=order)


def _told(code: Code, best: Candidate, need: Need, now: datetime) -> Reason:
    last = best.agent.last_assigned_at
    values = {
        "skill": need.skill,
        "skilled": need.skill in best.skills,
        "tier": best.agent.tier,
        "wanted": need.tier,
        "load": best.load,
        "max_load": best.agent.max_load,
        "idle_minutes": None if last is None else max(0, int((now - last).total_seconds() // 60)),
    }
    return Reason(code, values)


def _agents(candidates: Iterable[Candidate]) -> tuple[Agent, ...]:
    return tuple({one.agent.id: one.agent for one in candidates}.values())
