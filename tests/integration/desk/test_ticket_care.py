from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from desk import conversations, tickets
from desk.agents import Agent
from desk.clock import FixedClock
from desk.database import Database
from desk.errors import IllegalMove, NotFound
from desk.tables import AccountRow, ContactRow, IncidentRow
from desk.tickets import Filter, Ticket, TicketDraft
from desk.tickets.model import KINDS

HOUR = timedelta(hours=1)


def make(db: Database, clock: FixedClock, customer: str, *, priority: str = "P3", **draft: str) -> Ticket:
    """A ticket of a customer of that name."""
    with db.write() as session:
        talk = conversations.open_for(session, "web", customer, now=clock())
        wanted = TicketDraft(
            **{"category": "crash", "summary": "打开就闪退", **draft}, priority=priority, handoff=False
        )
        return tickets.open_ticket(
            session,
            wanted,
            key=f"{customer}-{clock()}",
            contact_id=talk.contact_id,
            conversation_id=talk.id,
            now=clock(),
        ).ticket


@pytest.fixture
def one(db: Database, clock: FixedClock) -> Ticket:
    return make(db, clock, "zhao")


@pytest.fixture
def two(db: Database, clock: FixedClock, one: Ticket) -> Ticket:
    return make(db, clock, "qian")


@pytest.fixture
def three(db: Database, clock: FixedClock, two: Ticket) -> Ticket:
    return make(db, clock, "sun")


def vip(db: Database, customer: str, clock: FixedClock, *, company: bool) -> None:
    with db.write() as session:
        talk = conversations.open_for(session, "web", customer, now=clock())
        contact = session.get_one(ContactRow, talk.contact_id)
        account = AccountRow(name="中建某局", vip=company, created_at=clock())
        session.add(account)
        session.flush()
        contact.account_id, contact.vip = account.id, not company


def history(db: Database, number: str) -> list[tuple[str, object]]:
    with db.read() as session:
        return [(event.kind, dict(event.detail)) for event in tickets.events(session, number)]


# -- VIPs -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("company", [True, False], ids=["his company is one", "he is one"])
@pytest.mark.parametrize(("judged", "counts"), [("P4", "P3"), ("P3", "P2"), ("P2", "P1"), ("P1", "P1")])
def test_a_vips_trouble_counts_one_more(
    db: Database, clock: FixedClock, judged: str, counts: str, company: bool
) -> None:
    vip(db, "zhao", clock, company=company)
    ticket = make(db, clock, "zhao", priority=judged)
    assert (ticket.priority, ticket.vip) == (counts, True)
    _, opened = history(db, ticket.number)[0]
    assert opened == {
        "to": "new", "category": "crash", "tier": "L1", "reason": "", "priority": counts, "judged": judged,
        "vip": True, "account_id": ticket.account_id,
    }  # fmt: skip


def test_anybody_elses_trouble_counts_as_judged(db: Database, one: Ticket) -> None:
    assert (one.priority, one.vip, one.account_id) == ("P3", False, None)


def test_the_same_request_again_raises_nothing_twice(db: Database, clock: FixedClock) -> None:
    vip(db, "zhao", clock, company=True)
    assert make(db, clock, "zhao") == make(db, clock, "zhao")


# -- finding --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "found"),
    [
        (Filter(), 3),
        (Filter(tier="L2"), 1),
        (Filter(skill="BIM"), 1),
        (Filter(statuses=("new", "assigned")), 2),
        (Filter(statuses=()), 0),
        (Filter(priority=("P1", "P3")), 2),
        (Filter(priority="P2"), 1),
        (Filter(unassigned=True), 2),
        (Filter(unassigned=False), 1),
        (Filter(text="100%"), 1),
        (Filter(text="_"), 0),
        (Filter(text="％"), 0),
        (Filter(text="err-1042"), 1),
        (Filter(text="－0002－"), 1),
        (Filter(text=" gd-2026"), 3),
        (Filter(text="  "), 3),
        (Filter(account_id=1), 1),
        (Filter(incident_id=1), 1),
        (Filter(incident_id=2), 0),
        (Filter(since=datetime.fromisoformat("2026-11-23T11:00+08:00")), 2),
        (Filter(until=datetime.fromisoformat("2026-11-23T11:00+08:00")), 1),
        (Filter(changed_since=datetime.fromisoformat("2026-11-23T13:00+08:00")), 1),
        (Filter(open=True, priority="P3", unassigned=True), 0),
    ],
)
def test_tickets_are_found(db: Database, clock: FixedClock, agent: Agent, where: Filter, found: int) -> None:
    vip(db, "qian", clock, company=True)
    first = make(db, clock, "zhao", summary="进度到 100% 就卡住")
    clock.advance(HOUR)
    second = make(db, clock, "qian", priority="P3", tier="L2")
    clock.advance(HOUR)
    third = make(db, clock, "sun", priority="P1", summary="导入报 ERR-1042")
    clock.advance(HOUR)
    with db.write() as session:
        session.add(_incident(clock))
        session.flush()
        tickets.change(session, third.number, skill="BIM", by="system", now=first.created_at)
        tickets.set_incident(session, third.number, 1, by="system", now=first.created_at)
        tickets.assign(session, first.number, agent.id, by="system", now=clock())
        tickets.move(session, first.number, "waiting", by=agent.actor, now=clock())
    assert second.priority == "P2"
    with db.read() as session:
        assert tickets.count(session, where) == found
        assert len(tickets.listing(session, where)) == found


def test_pages_do_not_shift_while_tickets_come_and_change(
    db: Database, clock: FixedClock, one: Ticket, two: Ticket, three: Ticket
) -> None:
    with db.read() as session:
        first = tickets.page(session, limit=2)
    make(db, clock, "li")
    with db.write() as session:
        tickets.change(session, one.number, priority="P1", by="system", now=clock())
        second = tickets.page(session, after=first[-1].id, limit=2)
    assert [each.number for each in (*first, *second)] == [three.number, two.number, one.number]


# -- tiers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("way", "ends"), [(["L2"], "L2"), (["L2", "L3"], "L3"), (["L2", "L3", "L2", "L1"], "L1"), (["L2", "L1"], "L1")]
)
def test_tiers_are_climbed_step_by_step(
    db: Database, clock: FixedClock, one: Ticket, way: list[tickets.Tier], ends: str
) -> None:
    with db.write() as session:
        for to in way:
            tickets.move_tier(session, one.number, to, reason="要看代码", by="agent:1", now=clock())
        assert tickets.get(session, one.number).tier == ends
    assert history(db, one.number)[1] == (
        "changed", {"old": {"tier": "L1"}, "new": {"tier": "L2"}, "reason": "要看代码"},
    )  # fmt: skip


@pytest.mark.parametrize(("before", "to"), [("L1", "L3"), ("L1", "L1"), ("L3", "L1"), ("L2", "L2")])
def test_no_tier_is_left_out(db: Database, clock: FixedClock, before: str, to: tickets.Tier) -> None:
    ticket = make(db, clock, "zhao", tier=before)
    with pytest.raises(IllegalMove), db.write() as session:
        tickets.move_tier(session, ticket.number, to, reason="急", by="agent:1", now=clock())
    assert len(history(db, ticket.number)) == 1


def test_a_tier_changes_for_a_reason(db: Database, clock: FixedClock, one: Ticket) -> None:
    with pytest.raises(ValueError, match="reason"), db.write() as session:
        tickets.move_tier(session, one.number, "L2", reason=" ", by="agent:1", now=clock())


# -- what the customer says -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("before", "after"), [("waiting", "in_progress"), ("on_site", "on_site")])
def test_a_ticket_that_waits_goes_on_when_the_customer_writes(
    db: Database, clock: FixedClock, one: Ticket, before: tickets.Status, after: str
) -> None:
    with db.write() as session:
        tickets.move(session, one.number, before, by="agent:1", now=clock())
        assert tickets.heard(session, one.number, by="contact:1", now=clock()).status == after
    assert history(db, one.number)[-1] == ("customer_wrote", {"from": before, "to": after})


def test_writing_about_a_ticket_that_is_done_reopens_nothing(db: Database, clock: FixedClock, one: Ticket) -> None:
    with db.write() as session:
        tickets.close(session, one.number, by="agent:1", now=clock())
        assert tickets.heard(session, one.number, by="contact:1", now=clock()).status == "closed"


# -- plan and incident ----------------------------------------------------------------------------------------------


def test_a_plan_is_history(db: Database, clock: FixedClock, one: Ticket) -> None:
    with db.write() as session:
        tickets.plan(session, one.number, " 周三给补丁 ", by="agent:1", now=clock())
        with pytest.raises(ValueError, match="empty"):
            tickets.plan(session, one.number, " ", by="agent:1", now=clock())
    assert history(db, one.number)[-1] == ("planned", {"text": "周三给补丁"})


def _incident(clock: FixedClock) -> IncidentRow:
    return IncidentRow(
        title="登录不上", category="login", words=[], signature="login", proposed_at=clock(), updated_at=clock()
    )


def test_a_ticket_belongs_to_an_incident_or_to_none(db: Database, clock: FixedClock, one: Ticket) -> None:
    with db.write() as session:
        session.add(incident := _incident(clock))
        session.flush()
        tickets.set_incident(session, one.number, incident.id, by="system", now=clock())
        tickets.set_incident(session, one.number, incident.id, by="system", now=clock())
        assert tickets.set_incident(session, one.number, None, by="agent:1", now=clock()).incident_id is None
        with pytest.raises(NotFound):
            tickets.set_incident(session, one.number, incident.id + 1, by="system", now=clock())
    assert history(db, one.number)[1:] == [
        ("incident", {"before": None, "incident_id": 1}),
        ("incident", {"before": 1, "incident_id": None}),
    ]


# -- next contact ---------------------------------------------------------------------------------------------------


def test_the_next_contact_is_set_moved_and_cleared(db: Database, clock: FixedClock, one: Ticket) -> None:
    soon, later = clock() + HOUR, clock() + 2 * HOUR
    with db.write() as session:
        tickets.schedule(session, one.number, soon, "问问装好没有", by="agent:1", now=clock())
        tickets.schedule(session, one.number, soon, "问问装好没有", by="agent:1", now=clock())  # no difference
        tickets.schedule(session, one.number, later, by="agent:1", now=clock())
        cleared = tickets.schedule(session, one.number, None, "不用了", by="agent:1", now=clock())
    assert (cleared.next_contact_at, cleared.next_contact_note) == (None, "")
    said = history(db, one.number)[1:]
    assert [kind for kind, _ in said] == ["scheduled"] * 3
    assert said[1][1] == {
        "at": later.isoformat(), "note": "", "before": {"at": soon.isoformat(), "note": "问问装好没有"},
    }  # fmt: skip


@pytest.mark.parametrize("ahead", [-HOUR, timedelta(0)])
def test_nobody_is_written_to_in_the_past(db: Database, clock: FixedClock, one: Ticket, ahead: timedelta) -> None:
    with pytest.raises(ValueError, match="has passed"), db.write() as session:
        tickets.schedule(session, one.number, clock() + ahead, by="agent:1", now=clock())


def test_the_moment_of_the_next_contact_is_noted_once_for_each_time_set(
    db: Database, clock: FixedClock, one: Ticket
) -> None:
    def reached() -> int:
        with db.write() as session:
            due = tickets.contacts_due(session, now=clock())
            return sum(tickets.contact_reached(session, each.number, now=clock()) is not None for each in due)

    for _ in range(2):
        with db.write() as session:
            tickets.schedule(session, one.number, clock() + HOUR, by="agent:1", now=clock())
        assert reached() == 0
        clock.advance(3 * HOUR)  # the timer was down
        assert (reached(), reached()) == (1, 0)
    assert [kind for kind, _ in history(db, one.number)].count("next_contact") == 2


def test_nobody_is_reminded_of_a_ticket_that_is_done(db: Database, clock: FixedClock, one: Ticket) -> None:
    with db.write() as session:
        tickets.schedule(session, one.number, clock() + HOUR, by="agent:1", now=clock())
        tickets.resolve(session, one.number, solution="好了", by="agent:1", now=clock())
        clock.advance(2 * HOUR)
        assert tickets.contacts_due(session, now=clock()) == ()
        assert tickets.contact_reached(session, one.number, now=clock()) is None


# -- consent --------------------------------------------------------------------------------------------------------


def test_consent_lasts_until_its_time_or_until_it_is_taken_back(db: Database, clock: FixedClock, one: Ticket) -> None:
    customer = f"contact:{one.contact_id}"
    with db.write() as session:
        given = tickets.consent(session, one.number, clock() + 24 * HOUR, by=customer, now=clock())
        assert given.remote_allowed(clock())
        assert not given.remote_allowed(clock() + 24 * HOUR)
        back = tickets.consent(session, one.number, None, by=customer, now=clock())
        assert not back.remote_allowed(clock())


def test_nobody_looks_at_a_screen_after_the_ticket_is_done(db: Database, clock: FixedClock, one: Ticket) -> None:
    with db.write() as session:
        tickets.consent(session, one.number, clock() + HOUR, by="agent:1", now=clock())
        done = tickets.resolve(session, one.number, solution="好了", by="agent:1", now=clock())
        assert not done.remote_allowed(clock())
        with pytest.raises(IllegalMove):
            tickets.consent(session, one.number, clock() + HOUR, by="agent:1", now=clock())
        assert tickets.consent(session, one.number, None, by="agent:1", now=clock()).remote_until is None


@pytest.mark.parametrize(
    ("ahead", "by", "error"),
    [
        (timedelta(hours=24, seconds=1), "agent:1", ValueError),
        (timedelta(0), "agent:1", ValueError),
        (HOUR, "bot", ValueError),
        (HOUR, "system", ValueError),
        (HOUR, "contact:999", NotFound),
    ],
)
def test_consent_that_nobody_could_have_given_is_refused(
    db: Database, clock: FixedClock, one: Ticket, ahead: timedelta, by: str, error: type[Exception]
) -> None:
    with pytest.raises(error), db.write() as session:
        tickets.consent(session, one.number, clock() + ahead, by=by, now=clock())
    assert len(history(db, one.number)) == 1


def test_the_end_of_a_consent_is_noted_once(db: Database, clock: FixedClock, one: Ticket) -> None:
    with db.write() as session:
        tickets.consent(session, one.number, clock() + HOUR, by="agent:1", now=clock())
        assert not tickets.expire_consent(session, one.number, now=clock())
        until = clock.advance(HOUR)
        assert [each.number for each in tickets.consents_over(session, now=until)] == [one.number]
        assert tickets.expire_consent(session, one.number, now=until)
        assert not tickets.expire_consent(session, one.number, now=until)
        assert tickets.consents_over(session, now=until) == ()
    assert history(db, one.number)[-1] == (
        "consented", {"until": None, "before": until.isoformat(), "reason": "expired"},
    )  # fmt: skip


# -- the end --------------------------------------------------------------------------------------------------------


def test_what_was_resolved_long_ago_is_closed_once(
    db: Database, clock: FixedClock, one: Ticket, two: Ticket, three: Ticket
) -> None:
    with db.write() as session:
        tickets.resolve(session, one.number, solution="升级", by="agent:1", now=clock())
        resolved = clock()
        clock.advance(8 * 24 * HOUR)
        tickets.resolve(session, two.number, solution="升级", by="agent:1", now=clock())
        before = clock() - 7 * 24 * HOUR
        assert tickets.close_resolved(session, before=resolved, now=clock()) == ()
        closed = tickets.close_resolved(session, before=before, now=clock())
        assert [(each.number, each.status, each.closed_at) for each in closed] == [(one.number, "closed", clock())]
        assert tickets.close_resolved(session, before=before, now=clock()) == ()
    assert history(db, one.number)[-1] == ("closed", {"from": "resolved", "to": "closed", "reason": "settled"})


def test_coming_back_forgets_the_end(db: Database, clock: FixedClock, one: Ticket) -> None:
    with db.write() as session:
        tickets.resolve(session, one.number, solution="升级", by="agent:1", now=clock())
        assert tickets.close(session, one.number, by="system", now=clock()).closed_at == clock()
        back = tickets.reopen(session, one.number, by="bot", now=clock())
    assert (back.resolved_at, back.closed_at, back.status) == (None, None, "new")


# -- links ----------------------------------------------------------------------------------------------------------

Tie = Callable[[Session], object]


def ties(db: Database, number: str) -> list[tuple[str, str]]:
    with db.read() as session:
        return [(link.number, link.role) for link in tickets.links(session, number)]


def test_a_duplicate_is_closed_and_the_other_goes_on(db: Database, clock: FixedClock, one: Ticket, two: Ticket) -> None:
    with db.write() as session:
        tickets.link(session, two.number, one.number, "duplicate", by="agent:1", now=clock())
        tickets.link(session, two.number, one.number, "duplicate", by="agent:1", now=clock())  # no difference
    assert ties(db, two.number) == [(one.number, "original")]
    assert ties(db, one.number) == [(two.number, "duplicate")]
    assert history(db, two.number)[1:] == [
        ("linked", {"number": one.number, "role": "original"}),
        ("closed", {"from": "new", "to": "closed", "reason": "duplicate"}),
    ]
    assert history(db, one.number)[1:] == [("linked", {"number": two.number, "role": "duplicate"})]


def test_no_chain_begins_whichever_end_is_tied_first(
    db: Database, clock: FixedClock, one: Ticket, two: Ticket, three: Ticket
) -> None:
    with db.write() as session:
        tickets.link(session, one.number, two.number, "duplicate", by="agent:1", now=clock())
        tickets.link(session, two.number, three.number, "duplicate", by="agent:1", now=clock())
    assert ties(db, one.number) == ties(db, two.number) == [(three.number, "original")]
    four = make(db, clock, "li")
    with db.write() as session:  # to a duplicate: to its original
        tickets.link(session, four.number, one.number, "duplicate", by="agent:1", now=clock())
    assert ties(db, four.number) == [(three.number, "original")]
    assert [number for number, _ in ties(db, three.number)] == [one.number, two.number, four.number]


def test_nothing_duplicates_itself_even_by_a_detour(db: Database, clock: FixedClock, one: Ticket, two: Ticket) -> None:
    with db.write() as session:
        tickets.link(session, one.number, two.number, "duplicate", by="agent:1", now=clock())
    for number, other in ((one.number, one.number), (two.number, one.number)):
        with pytest.raises(IllegalMove), db.write() as session:
            tickets.link(session, number, other, "duplicate", by="agent:1", now=clock())
    assert ties(db, one.number) == [(two.number, "original")]


def test_nobody_is_referred_to_a_ticket_that_is_done(db: Database, clock: FixedClock, one: Ticket, two: Ticket) -> None:
    with db.write() as session:
        tickets.close(session, two.number, by="agent:1", now=clock())
    with pytest.raises(IllegalMove, match="reopen"), db.write() as session:
        tickets.link(session, one.number, two.number, "duplicate", by="agent:1", now=clock())


def test_related_tickets_stay_as_they_are(db: Database, clock: FixedClock, one: Ticket, two: Ticket) -> None:
    with db.write() as session:
        tickets.link(session, two.number, one.number, "related", by="agent:1", now=clock())
        tickets.link(session, one.number, two.number, "related", by="agent:1", now=clock())  # the same
        assert tickets.get(session, one.number).open
    assert (ties(db, one.number), ties(db, two.number)) == ([(two.number, "related")], [(one.number, "related")])
    with db.write() as session:  # it turned out to be the same trouble
        tickets.link(session, two.number, one.number, "duplicate", by="agent:1", now=clock())
    assert ties(db, two.number) == [(one.number, "original")]
    with pytest.raises(IllegalMove), db.write() as session:
        tickets.link(session, two.number, one.number, "related", by="agent:1", now=clock())


def test_unlinking_is_told_on_both(db: Database, clock: FixedClock, one: Ticket, two: Ticket) -> None:
    with db.write() as session:
        tickets.link(session, two.number, one.number, "duplicate", by="agent:1", now=clock())
        tickets.unlink(session, one.number, two.number, by="agent:1", now=clock())
        assert tickets.get(session, two.number).status == "closed"
        with pytest.raises(NotFound):
            tickets.unlink(session, one.number, two.number, by="agent:1", now=clock())
    assert ties(db, one.number) == ties(db, two.number) == []
    assert history(db, two.number)[-1] == ("unlinked", {"number": one.number, "role": "original"})
    assert history(db, one.number)[-1] == ("unlinked", {"number": two.number, "role": "duplicate"})


def test_a_reopened_duplicate_is_one_no_more(db: Database, clock: FixedClock, one: Ticket, two: Ticket) -> None:
    with db.write() as session:
        tickets.link(session, two.number, one.number, "duplicate", by="agent:1", now=clock())
        tickets.reopen(session, two.number, by="contact:2", now=clock())
    assert ties(db, two.number) == []
    assert history(db, one.number)[-1][0] == "unlinked"


def test_a_duplicate_of_one_becomes_no_duplicate_of_another_unasked(
    db: Database, clock: FixedClock, one: Ticket, two: Ticket, three: Ticket
) -> None:
    with db.write() as session:
        tickets.link(session, one.number, two.number, "duplicate", by="agent:1", now=clock())
    with pytest.raises(IllegalMove, match="unlink"), db.write() as session:
        tickets.link(session, one.number, three.number, "duplicate", by="agent:1", now=clock())


def test_every_kind_of_event_has_a_name(db: Database, clock: FixedClock, one: Ticket, two: Ticket) -> None:
    with db.write() as session:
        tickets.link(session, one.number, two.number, "related", by="agent:1", now=clock())
        tickets.unlink(session, one.number, two.number, by="agent:1", now=clock())
        tickets.schedule(session, one.number, clock() + HOUR, by="agent:1", now=clock())
        tickets.consent(session, one.number, clock() + HOUR, by="agent:1", now=clock())
    assert {kind for kind, _ in history(db, one.number)} <= set(KINDS)
