"""A desk with a team that is signed in, and customers, behind the real console."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from desk import agents, contacts, conversations, messages, tickets
from desk.agents import Agent, Role
from desk.clock import FixedClock
from desk.conversations import Conversation
from desk.database import Database
from desk.messages import Message
from desk.outbox import Delivery, lease
from desk.tickets import Ticket, TicketDraft, TicketEvent
from gateway.console import mount
from gateway.console.fakes import FakeServices
from gateway.console.session import COOKIE

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc)  # a Monday, 10:00 in Beijing
ORIGIN = "http://testserver"
PASSWORD = "right-password"
TEAM: dict[str, tuple[str, Role]] = {
    "zhang": ("张敏", "agent"),
    "li": ("李强", "agent"),
    "wang": ("王海涛", "lead"),
    "chen": ("陈静", "editor"),
    "root": ("管理员", "admin"),
}


@dataclass(frozen=True)
class Staff:
    """A migrated file with the team in it, made once: hashing passwords takes long on purpose."""

    file: Path
    tokens: dict[str, str]

    @classmethod
    def hired(cls, folder: Path) -> Staff:
        db = Database(f"sqlite:///{folder}/team.db").open()
        db.migrate()
        for login, (name, role) in TEAM.items():
            agents.create(db, login, PASSWORD, name=name, role=role, now=NOW)
        tokens = {login: agents.login(db, login, PASSWORD, now=NOW).token for login in TEAM}
        db.close()
        return cls(folder / "team.db", tokens)


@cache
def _app() -> FastAPI:
    """Sixty routes take a fifth of a second to make, and keep nothing but the services of the world at hand."""
    app = FastAPI()
    mount(app)
    return app


class World:
    """One test's desk."""

    def __init__(self, staff: Staff, folder: Path, **services: Any) -> None:
        shutil.copy(staff.file, folder / "desk.db")
        self._tokens = staff.tokens
        self.clock = FixedClock(NOW)
        self.db = Database(f"sqlite:///{folder}/desk.db").open()
        self.services = FakeServices(self.db, self.clock, **services)
        self.app = _app()
        self.app.state.services = self.services

    def browser(self, login: str | None = None, **headers: str) -> TestClient:
        """A browser on one of our own pages, signed in or not; it does not follow redirects by itself."""
        client = TestClient(self.app, follow_redirects=False, headers={"origin": ORIGIN, **headers})
        if login is not None:
            client.cookies.set(COOKIE, self._tokens[login], path="/console")
        return client

    def browser_later(self, login: str) -> TestClient:
        """Signed in anew: days later the first session has ended."""
        client = self.browser()
        client.cookies.set(COOKIE, agents.login(self.db, login, PASSWORD, now=self.clock()).token, path="/console")
        return client

    def agent(self, login: str) -> Agent:
        with self.db.read() as session:
            return next(one for one in agents.listing(session, active=None) if one.login == login)

    def ticket(
        self,
        *,
        of: str | None = None,
        channel: str = "web",
        customer: str = "visitor-1",
        said: str = "导入报错",
        summary: str = "导入材料价报 ERR-1042",
        handoff: bool = True,
    ) -> str:
        """A customer's ticket, taken by `of` with its conversation, or by nobody; its number."""
        now = self.clock()
        with self.db.write() as session:
            talk = conversations.open_for(session, channel, customer, now=now)
            messages.record_inbound(session, talk.id, f"in-{customer}-{talk.last_seq}", said, now=now)
            draft = TicketDraft("import_export", "P3", summary, {"os": "Windows 10"}, "request", handoff=handoff)
            key = f"{channel}-{customer}-{talk.last_seq}"
            opened = tickets.open_ticket(
                session, draft, key=key, contact_id=talk.contact_id, conversation_id=talk.id, now=now
            )
            if talk.state == "bot" and handoff:
                conversations.update(session, talk.id, {"state": "waiting"}, now=now)
        if of is not None:
            assert self.browser(of).post(f"/console/tickets/{opened.ticket.number}/take").status_code == 303
        return opened.ticket.number

    def ticket_without_conversation(self) -> str:
        with self.db.write() as session:
            contact = contacts.for_identity(session, "form", "form-1", now=self.clock())
            draft = TicketDraft("other", "P3", "网页表单提交", reason="form", handoff=False)
            return tickets.open_ticket(
                session, draft, key="form-1", contact_id=contact.id, now=self.clock()
            ).ticket.number

    def say(self, number: str, text: str, key: str) -> None:
        """The customer writes."""
        with self.db.write() as session:
            messages.record_inbound(session, self.talk(number).id, key, text, now=self.clock())

    def of(self, number: str) -> Ticket:
        with self.db.read() as session:
            return tickets.get(session, number)

    def talk(self, number: str) -> Conversation:
        with self.db.read() as session:
            conversation_id = tickets.get(session, number).conversation_id
            assert conversation_id is not None
            return conversations.get(session, conversation_id)

    def messages(self, number: str) -> tuple[Message, ...]:
        with self.db.read() as session:
            return messages.after(session, self.talk(number).id)

    def events(self, number: str, kind: str) -> tuple[TicketEvent, ...]:
        with self.db.read() as session:
            return tuple(event for event in tickets.events(session, number) if event.kind == kind)

    def outbox(self) -> tuple[Delivery, ...]:
        with self.db.write() as session:
            return lease(session, now=self.clock())


def key_of(page: str) -> str:
    """The idempotency key a ticket page carries."""
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found
    return found[1]
