from __future__ import annotations

from datetime import timedelta

from desk import conversations, feedback, finding, inbox, messages, thumbs, tickets
from desk.agents import Agent
from desk.clock import FixedClock
from desk.conversations import Conversation
from desk.database import Database
from desk.finding import Search
from desk.tickets import Filter, Ticket, TicketDraft


def opened(db: Database, clock: FixedClock, conversation: Conversation, summary: str = "导入报错") -> Ticket:
    draft = TicketDraft("import_export", "P3", summary, handoff=False)
    with db.write() as session:
        return tickets.open_ticket(
            session,
            draft,
            key=f"key-{summary}",
            contact_id=conversation.contact_id,
            conversation_id=conversation.id,
            now=clock(),
        ).ticket


def say(db: Database, clock: FixedClock, conversation: Conversation, author: str, text: str = "好了吗") -> None:
    with db.write() as session:
        if author == "user":
            key = f"in-{conversations.get(session, conversation.id).last_seq}"
            messages.record_inbound(session, conversation.id, key, text, now=clock())
        else:
            messages.add(session, conversation.id, author, text, now=clock())  # type: ignore[arg-type]


def test_the_pulse_changes_with_every_event_and_every_message(
    db: Database, clock: FixedClock, conversation: Conversation
) -> None:
    seen = []
    with db.read() as session:
        seen.append(inbox.pulse(session))
    opened(db, clock, conversation)
    with db.read() as session:
        seen.append(inbox.pulse(session))
    say(db, clock, conversation, "user")
    with db.read() as session:
        seen.append(inbox.pulse(session))
    assert len(set(seen)) == 3


def test_unread_is_what_the_customer_has_said_since_our_last_word(
    db: Database, clock: FixedClock, conversation: Conversation
) -> None:
    counts = []
    for author in ("user", "bot", "user", "agent", "bot", "user", "system"):
        say(db, clock, conversation, author)
        with db.read() as session:
            counts.append(inbox.unread(session, [conversation.id, 999]).get(conversation.id, 0))
    assert counts == [1, 1, 2, 0, 0, 1, 0]
    with db.read() as session:
        assert inbox.unread(session, []) == {}


def test_free_tickets_mine_and_loads(db: Database, clock: FixedClock, conversation: Conversation, agent: Agent) -> None:
    free, mine, done = (opened(db, clock, conversation, one) for one in ("甲", "乙", "丙"))
    with db.write() as session:
        for one in (mine, done):
            tickets.assign(session, one.number, agent.id, by=agent.actor, now=clock())
        tickets.resolve(session, done.number, solution="好了", by=agent.actor, now=clock())
    with db.read() as session:
        assert inbox.unassigned(session) == (free.number,)
        assert [(one.number, one.status) for one in inbox.held(session, agent.id)] == [(mine.number, "assigned")]
        assert inbox.loads(session) == {agent.id: 1}
        assert inbox.last_event(session, mine.id) > 0
        assert inbox.last_event(session, 999) == 0


def test_what_was_done_last_comes_first_page_by_page(
    db: Database, clock: FixedClock, conversation: Conversation, agent: Agent
) -> None:
    made = [opened(db, clock, conversation, one) for one in ("甲", "乙", "丙")]
    for one in (made[1], made[0], made[2]):
        clock.advance(timedelta(minutes=1))
        with db.write() as session:
            tickets.resolve(session, one.number, solution="好了", by=agent.actor, now=clock())
    with db.read() as session:
        where, search = Filter(open=False), Search()
        pages = [
            finding.found(session, where, search, done_last_first=True, limit=2, offset=offset) for offset in (0, 2)
        ]
        assert [[one.number for one in page] for page in pages] == [
            [made[2].number, made[0].number], [made[1].number],
        ]  # fmt: skip
        assert finding.count(session, where, search) == 3
        assert finding.count(session, where, Search(channel="none")) == 0
        assert finding.count(session, where, Search(channel=conversation.channel)) == 3


def test_the_thumb_of_an_answer_is_read_beside_it(db: Database, clock: FixedClock, conversation: Conversation) -> None:
    with db.write() as session:
        answer = messages.add(session, conversation.id, "bot", "请这样做", now=clock())
        feedback.rate(session, answer.id, conversation_id=conversation.id, helpful=False, reason="没用", now=clock())
    with db.read() as session:
        (thumb,) = thumbs.of(session, conversation.id).items()
        assert (thumb[0], thumb[1].helpful, thumb[1].reason) == (answer.id, False, "没用")
        assert thumbs.of(session, 999) == {}
