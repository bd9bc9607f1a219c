"""A team and a ticket as a few words say them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from desk import agents, contacts, conversations, duty, routing, tickets
from desk.agents import Agent
from desk.calendar import WorkingHours
from desk.clock import FixedClock
from desk.database import Database
from desk.routing import Routed, RoutingRules
from desk.tables import AgentRow, TicketRow
from desk.tickets import Ticket, TicketDraft, TicketEvent
from desk.tickets.opening import append

CHINA = ZoneInfo("Asia/Shanghai")
HOURS = WorkingHours()  # Monday to Friday 08:30-12:00 and 13:30-18:00
DAYS = {"su0": 22, "mo": 23, "tu": 24, "we": 25, "th": 26, "fr": 27, "sa": 28, "su": 29}  # of November 2026


def moment(text: str) -> datetime:
    """`mo 10:00` is Monday, 23 November 2026, 10:00 in China."""
    day, hour, minute = re.fullmatch(r"(\w+) (\d\d):(\d\d)", text).groups()  # type: ignore[union-attr]
    return datetime(2026, 11, DAYS[day], int(hour), int(minute), tzinfo=CHINA)


class Desk:
    """People by name; times are minutes before now unless a table says otherwise."""

    def __init__(self, db: Database, clock: FixedClock, rules: RoutingRules | None = None) -> None:
        self.db = db
        self.clock = clock
        self.rules = rules or RoutingRules()
        self._names: dict[str, int] = {}

    def hire(self, name: str, **said: Any) -> int:
        """`seen` and `idle` in minutes ago; `shift`, `on_call` and `leave` as [from, to]."""
        now = self.clock()
        idle, seen = said.get("idle"), said.get("seen", 1)
        with self.db.write() as session:
            row = AgentRow(
                login=name,
                password_hash="none",
                name=name,
                role=said.get("role", "agent"),
                active=True,
                created_at=now,
                tier=said.get("tier", "L1"),
                fast_response=said.get("fast", False),
                max_load=said.get("max", 8),
                presence=said.get("presence", "online"),
                seen_at=None if seen is None else now - timedelta(minutes=seen),
                last_assigned_at=None if idle is None else now - timedelta(minutes=idle),
            )
            session.add(row)
            session.flush()
            self._names[name] = row.id
            agents.set_skills(session, row.id, said.get("skills", ()))
            for kind in ("shift", "on_call", "leave"):
                if kind in said and row.role in agents.TEAM:
                    start, end = map(moment, said[kind])
                    duty.add(session, row.id, kind, start, end, by="agent:1", now=now)
            row.active = said.get("active", True)
            session.flush()
        for number in range(said.get("load", 0)):
            self._burden(name, f"{name}-{number}", "in_progress")
        for number in range(said.get("waiting_for_customers", 0)):
            self._burden(name, f"{name}-w{number}", "waiting")
        return self._names[name]

    def id_of(self, name: str) -> int:
        return self._names[name]

    def agent(self, name: str) -> Agent:
        with self.db.read() as session:
            return agents.get(session, self._names[name])

    def ticket(self, key: str = "asked", **said: Any) -> str:
        """Its number."""
        now = self.clock() - timedelta(minutes=said.get("age", 0))
        slots = {name: said[name] for name in ("module", "os", "phenomenon") if name in said}
        draft = TicketDraft(
            said.get("category", "other"), "P3", said.get("summary", "打不开"), slots, handoff=said.get("talk", False)
        )
        with self.db.write() as session:
            talk = conversations.open_for(session, "web", key, now=now) if said.get("talk") else None
            contact_id = talk.contact_id if talk else contacts.for_identity(session, "form", key, now=now).id
            opened = tickets.open_ticket(
                session,
                draft,
                key=key,
                contact_id=contact_id,
                conversation_id=talk.id if talk else None,
                now=now,
            )
            row = session.get_one(TicketRow, opened.ticket.id)
            row.priority, row.tier = said.get("priority", "P3"), said.get("tier", "L1")
            row.vip = said.get("vip", False)
            if "skill" in said:
                row.skill = said["skill"]
            if "of" in said:
                row.assignee_id, row.status = self._names[said["of"]], said.get("status", "assigned")
                if row.priority == "P1" and said.get("paged", True):
                    given = {"agent_id": row.assignee_id, "before": None, "reason": {"code": "fast_response"}}
                    append(session, row, "assigned", "system", given, now)
            if talk and "talks" in said:
                conversations.take(session, talk.id, self._names[said["talks"]], now=now)
        return opened.ticket.number

    def dispatch(self, number: str) -> Routed:
        with self.db.write() as session:
            return routing.dispatch(session, number, self.rules, HOURS, now=self.clock())

    def due(self) -> tuple[str, ...]:
        with self.db.read() as session:
            return routing.due(session, self.rules, HOURS, now=self.clock())

    def of(self, number: str) -> Ticket:
        with self.db.read() as session:
            return tickets.get(session, number)

    def events(self, number: str, *kinds: str) -> tuple[TicketEvent, ...]:
        with self.db.read() as session:
            return tuple(event for event in tickets.events(session, number) if event.kind in kinds)

    def _burden(self, name: str, key: str, status: str) -> None:
        self.ticket(key, of=name, status=status)


def name_of(routed: Routed) -> str | None:
    return routed.agent.name if routed.agent is not None else None


def built(db: Database, clock: FixedClock, case: Mapping[str, Any]) -> tuple[Desk, str]:
    """The desk of a case of the table, and the number of its ticket."""
    desk = Desk(db, clock, RoutingRules(**case.get("rules", {})))
    for name, said in case["team"].items():
        desk.hire(name, **(said or {}))
    return desk, desk.ticket(**case.get("ticket", {}))
