"""The console with an invented team and invented customers, to look at and to try out.

    python -m gateway.console.fake_server 8090

Log in as zhang, li, wang, chen or admin, with the password that is printed.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import uvicorn
import yaml
from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from desk import contacts, conversations, messages, tickets
from desk.clock import system_clock
from desk.database import Database
from desk.messages import Author
from desk.session import Session
from desk.tickets import TicketDraft
from gateway.attachments.files import Files
from gateway.console import mount
from gateway.console.fake_accounts import seed_accounts
from gateway.console.fake_incidents import seed_incidents
from gateway.console.fake_knowledge import read_sample, seed_knowledge, work
from gateway.console.fake_outbox import seed_outbox
from gateway.console.fake_service import seed_service
from gateway.console.fake_team import seed_team
from gateway.console.fakes import FakeKnowledge, FakeServices, FakeSettings

SAMPLE = Path(__file__).parent / "fake_desk.yml"
WIDGET = Path(__file__).parent.parent / "widget"  # its rules show answers
BUILD = "20261121T093000000000-a41c"
PASSWORD = "console-demo-1"  # noqa: S105 - of an invented team in a temporary database


def make_app(db: Database, folder: Path) -> FastAPI:
    """The console alone, on a seeded desk; `folder` is for files."""
    sample = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    app = FastAPI(openapi_url=None)
    settings = FakeSettings(index=folder / "index", uploads=folder / "uploads")
    knowledge = FakeKnowledge(sample["hit"], BUILD)
    app.state.services = FakeServices(
        db, system_clock, knowledge=knowledge, settings=settings, files=Files(folder / "files")
    )
    mount(app)
    app.mount("/widget/parts", StaticFiles(directory=WIDGET / "parts"))
    seed(db, sample, now=system_clock())
    seed_service(db, now=system_clock())
    seed_incidents(db, now=system_clock())
    seed_accounts(db, now=system_clock())
    seed_knowledge(db, folder / "index", BUILD, now=system_clock())
    seed_outbox(db, now=system_clock())
    return app


def work_for_ever(db: Database) -> None:
    """A worker that needs three seconds for everything."""
    reports = read_sample()
    while True:
        time.sleep(3)
        work(db, system_clock, reports)


def seed(db: Database, sample: Mapping[str, Any], *, now: datetime) -> None:
    """Agents, customers, conversations and tickets of the sample."""
    seed_team(db, sample["team"], PASSWORD, now=now)
    with db.write() as session:
        for index, case in enumerate(sample["cases"]):
            _case(session, case, f"sample-{index}", now - timedelta(minutes=case["age"]))


def _case(session: Session, case: Mapping[str, Any], key: str, began: datetime) -> None:
    # One customer can have several tickets: `customer` names them.
    conversation = conversations.open_for(session, case["channel"], case["customer"], now=began)
    contacts.describe(session, conversation.contact_id, name=case.get("name"), phone=case.get("phone"))
    if "script" in case:
        conversations.update(session, conversation.id, {"script": "hant", "region": case["script"]}, now=began)
    for index, said in enumerate(case.get("talk", ())):
        agent = case.get("taken_by") if said["author"] == "agent" else None
        _say(session, conversation.id, said, f"{key}-{index}", agent, began + timedelta(seconds=20 * index))
    draft = TicketDraft(**case["ticket"])
    opened = tickets.open_ticket(
        session, draft, key=key, contact_id=conversation.contact_id, conversation_id=conversation.id, now=began
    )
    if draft.handoff and conversations.get(session, conversation.id).state == "bot":
        conversations.update(session, conversation.id, {"state": "waiting"}, now=began)
    _history(session, case, opened.ticket.number, conversation.id, began + timedelta(minutes=1))


def _say(
    session: Session, conversation_id: int, said: Mapping[str, Any], key: str, agent: int | None, now: datetime
) -> None:
    author, text, payload = said["author"], said.get("text", ""), said.get("payload", {})
    if author == "user":
        messages.record_inbound(session, conversation_id, key, text, now=now)
    else:
        kind = said.get("kind", "text")
        messages.add(
            session, conversation_id, cast(Author, author), text, kind=kind, payload=payload, agent_id=agent, now=now
        )


def _history(session: Session, case: Mapping[str, Any], number: str, conversation_id: int, now: datetime) -> None:
    if "taken_by" not in case:
        return
    by = f"agent:{case['taken_by']}"
    tickets.assign(session, number, case["taken_by"], by=by, now=now)
    if case["ticket"].get("handoff", True):
        conversations.take(session, conversation_id, case["taken_by"], now=now)
        tickets.move(session, number, "in_progress", by=by, now=now)
    if any(said["author"] == "agent" for said in case.get("talk", ())):
        tickets.reply(session, number, by=by, now=now + timedelta(minutes=1))
    if "note" in case:
        tickets.note(session, number, case["note"], by=by, now=now + timedelta(minutes=2))
    if "solution" in case:
        tickets.resolve(session, number, solution=case["solution"], by=by, now=now + timedelta(minutes=30))
        conversations.release(session, conversation_id, now=now + timedelta(minutes=30))


def main() -> None:
    """Serve on 127.0.0.1 until interrupted; the data goes with the process."""
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8090
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite:///{folder}/desk.db").open()
        db.migrate()
        app = make_app(db, Path(folder))
        threading.Thread(target=work_for_ever, args=(db,), daemon=True).start()
        print(f"http://127.0.0.1:{port}/console  zhang | li | wang | chen | admin  {PASSWORD}")
        uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main()
