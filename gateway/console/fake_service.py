"""What an invented team has done for its invented tickets: appointments, promises, links, colleagues at work."""

from __future__ import annotations

from datetime import datetime, timedelta

from desk import agents, canned, feedback, messages, promises, tickets, viewers
from desk.agents import Tier
from desk.database import Database
from desk.session import Session
from desk.tickets import Filter, Ticket

# By login: tier, skills, presence, fast response.
_TEAM: dict[str, tuple[Tier, tuple[str, ...], str, bool]] = {
    "zhang": ("L1", ("数据导入", "移动端"), "online", False),
    "li": ("L2", ("BIM", "进度计划"), "busy", True),
    "wang": ("L2", ("造价",), "online", True),
    "admin": ("L3", (), "offline", False),
}


def seed_service(db: Database, *, now: datetime) -> None:
    """On top of `fake_server.seed`."""
    with db.write() as session:
        _team(session, now)
        canned.seed(session, now=now)
        found = {one.summary[:6]: one for one in tickets.listing(session, Filter(), limit=50)}
        for summary, care in (("导入材料价报", _import), ("甘特图超过 ", _gantt)):
            if summary in found:
                care(session, found[summary], now)


def _team(session: Session, now: datetime) -> None:
    for one in agents.listing(session):
        if one.login not in _TEAM:
            continue
        tier, skills, presence, fast = _TEAM[one.login]
        agents.profile(session, one.id, tier=tier, fast_response=fast)
        agents.set_skills(session, one.id, skills)
        if presence != "offline":
            agents.set_presence(session, one.id, "busy" if presence == "busy" else "online", now=now)


def _import(session: Session, ticket: Ticket, now: datetime) -> None:
    """A promise kept, one to come, an appointment, consent, and an answer that was rejected."""
    by = f"agent:{ticket.assignee_id}"
    early = now - timedelta(minutes=30)
    kept = promises.make(session, ticket.number, "先发一份干净模板", now - timedelta(minutes=5), by=by, now=early)
    promises.keep(session, kept.id, by=by, now=now - timedelta(minutes=15))
    promises.make(session, ticket.number, "今天下班前给出批量修单位的办法", now + timedelta(hours=5), by=by, now=now)
    tickets.schedule(session, ticket.number, now + timedelta(hours=2), "看缓存清理后的结果", by=by, now=now)
    tickets.consent(session, ticket.number, now + timedelta(hours=2), by=by, now=now)
    if ticket.conversation_id is not None:
        said = messages.latest(session, ticket.conversation_id)
        shown = next((one for one in said if one.kind == "answer"), None)
        if shown is not None:
            talk, reason = ticket.conversation_id, "按步骤做了没用"
            feedback.rate(session, shown.id, conversation_id=talk, helpful=False, reason=reason, now=now)
    colleague = next(one for one in agents.listing(session) if one.login == "li")
    viewers.look(session, ticket.id, colleague.id, "writing", now=now + timedelta(days=1))


def _gantt(session: Session, ticket: Ticket, now: datetime) -> None:
    """It went up a tier, has a plan, and waits for the customer: its clock is paused."""
    by = f"agent:{ticket.assignee_id}"
    tickets.move_tier(session, ticket.number, "L2", reason="要看计划文件的依赖关系", by=by, now=now)
    tickets.plan(session, ticket.number, "先在测试库里重现，再关掉自动重排看耗时。", by=by, now=now)
    tickets.move(session, ticket.number, "waiting", by=by, now=now)
