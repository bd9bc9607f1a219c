"""Who asked in vain is told once, where they can hear it, that there is an answer now."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Barrier

import pytest

from contract.decisions import Asking, Feedback
from desk import conversations, entries, gaps, messages, notices, outbox, publications
from desk.conversations import Conversation
from desk.database import Database
from desk.errors import StoreBusy
from desk.messages import Message
from desk.outbox import Delivery
from gateway.care.notices import tell_due
from gateway.channels.known import all_channels
from gateway.channels.web import events, thumbs
from gateway.errors import NoReply
from gateway.turns.flow import Incoming, Outcome
from retrieval.knowledge.entry import Entry
from tests.integration.gateway.turn_world import ANSWER, DECLINE, HANDOFF, WORDING, World, kinds, texts
from zhtext.contacts import AllowList

AUTHOR, REVIEWER = "agent:1", "agent:2"
ENTRY = Entry("faq-rebar", "faq", "怎么导出翻样单", "怎么导出翻样单", "打开【资源管理】，点【导出】。", source="手册")
HEADING = "您 11月23日 问的“翻样怎么导出”，现在有答案了："
DAY = timedelta(days=1)


NO_PUSHES = all_channels(WORDING, pushes=False)


@dataclass
class Office:
    """The people behind the knowledge base, and the worker."""

    world: World

    def answers(self, entry: Entry = ENTRY, *, limit: int = 100) -> None:
        """An entry for the questions that have none is written, approved and published."""
        with self.world.db.write() as session:
            ids = [each.id for each in gaps.unclustered(session, limit=limit)]
            gap = gaps.attach(session, None, ids, entry.title, now=self.world.clock())
        self.approves(entry, gap.id)
        self.publishes()

    def approves(self, entry: Entry, gap_id: int | None = None) -> None:
        now = self.world.clock()
        with self.world.db.write() as session:
            saved = entries.save_draft(session, entry.id, entry.content, entry.version, author=AUTHOR, now=now)
            if gap_id is not None:
                gaps.draft(session, gap_id, entry.id, by=AUTHOR, now=now)
            entries.submit(session, entry.id, saved.number, by=AUTHOR, now=now)
            entries.approve(session, entry.id, saved.number, by=REVIEWER, now=now)

    def publishes(self, kind: publications.Kind = "publish") -> None:
        now = self.world.clock.advance(timedelta(minutes=1))
        with self.world.db.write() as session:
            publications.record(session, kind, "build-9", by=AUTHOR, state="published", now=now)
            if kind == "publish":
                gaps.answered(session, {each.entry_id: each.fingerprint for each in entries.in_force(session)}, now=now)

    def tells(self, *, pushes: bool = False) -> int:
        """What the worker does every few seconds."""
        return tell_due(self.world.db, self.world.clock, WORDING, channels=all_channels(WORDING, pushes=pushes))


@pytest.fixture
async def office(turns_world: World) -> Office:
    """A visitor has asked in vain."""
    turns_world.says(DECLINE)
    await turns_world.say("翻样怎么导出")
    return Office(turns_world)


def last(world: World, count: int = 2) -> list[Message]:
    return list(world.messages()[-count:])


def pending(world: World) -> int:
    with world.db.read() as session:
        return len(notices.pending_for(session, world.conversation().contact_id))


def spoil(world: World) -> int:
    """The oldest notice cannot be told any more: its place is taken by another message. Its id."""
    with world.db.write() as session:
        (notice,) = notices.pending_for(session, world.conversation().contact_id)
        taken = f"notice:{notice.id}:1"
        messages.add(session, notice.conversation_id, "bot", "别的话", external_id=taken, now=world.clock())
    return notice.id


# -- by itself -----------------------------------------------------------------------------------


async def test_a_visitor_is_told_once_with_the_answer(office: Office, turns_world: World) -> None:
    assert office.tells() == 0
    office.answers()

    assert [office.tells(), office.tells()] == [1, 0]

    heading, answer = last(turns_world)
    assert (heading.author, heading.kind, heading.text) == ("bot", "notice", HEADING)
    assert (answer.kind, answer.text) == ("answer", "怎么导出翻样单")
    card = answer.payload["card"]
    assert (card["blocks"], card["source"]) == (["打开【资源管理】，点【导出】。"], "手册")
    assert (card["build_id"], card["trace_id"], card["feedback"]) == ("build-9", "notice:1", True)


async def test_the_news_is_in_the_askers_script_and_the_question_in_their_words(turns_world: World) -> None:
    turns_world.says(DECLINE)
    await turns_world.say("鋼筋翻樣怎麼匯出")
    office = Office(turns_world)
    office.answers()
    office.tells()

    heading, answer = last(turns_world)
    assert heading.text == "您 11月23日 問的“鋼筋翻樣怎麼匯出”，現在有答案了："
    assert answer.text == "怎麼匯出翻樣單"
    assert "【资源管理】" in answer.payload["card"]["blocks"][0]  # a label of the screen stays


async def test_a_long_question_is_cut_in_the_heading_only(turns_world: World) -> None:
    turns_world.says(DECLINE)
    await turns_world.say("翻样" * 80)
    office = Office(turns_world)
    office.answers()
    office.tells()

    heading, answer = last(turns_world)
    assert "翻样翻…”" in heading.text
    assert len(heading.text) < 100
    assert answer.payload["question"] == "翻样" * 80


@pytest.mark.parametrize("ringing", [True, False])
async def test_an_open_widget_shows_the_news_soon_even_from_another_process(
    office: Office, turns_world: World, ringing: bool
) -> None:
    office.answers()
    seen = turns_world.conversation().last_seq
    hub = turns_world.services.hub if ringing else None
    async with aclosing(events.stream(turns_world.services, "visitor", seen)) as stream:
        assert "hello" in await anext(stream)
        assert "event: state" in await anext(stream)
        following = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0.05)
        await asyncio.to_thread(tell_due, turns_world.db, turns_world.clock, WORDING, channels=NO_PUSHES, hub=hub)
        async with asyncio.timeout(events.POLL / 2 if ringing else events.POLL * 2):
            assert "现在有答案了" in await following


async def test_eight_workers_tell_once(office: Office, turns_world: World) -> None:
    office.answers()
    before, barrier = len(turns_world.messages()), Barrier(8)

    def work(_: int) -> int:
        barrier.wait()
        return office.tells()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(8))) == 1
    assert len(turns_world.messages()) == before + 2


@pytest.mark.parametrize("limit", [1, 50])
async def test_news_that_cannot_be_told_hold_nobody_up_and_stay(
    office: Office, turns_world: World, caplog: pytest.LogCaptureFixture, limit: int
) -> None:
    office.answers()
    broken = spoil(turns_world)
    turns_world.says(DECLINE)
    other = await turns_world.flow.receive(Incoming("web", "somebody-else", "other-1", "翻样怎么导出"))
    await turns_world.flow.outcome(other, 5.0)
    office.answers(replace(ENTRY, id="faq-other"))

    told = [tell_due(turns_world.db, turns_world.clock, WORDING, channels=NO_PUSHES, limit=limit) for _ in range(2)]

    assert told == [1, 0]
    assert pending(turns_world) == 1
    assert f"notice {broken} could not be told" in caplog.text
    assert "ConflictingRepeat" in caplog.text


async def test_trouble_of_the_store_is_not_taken_for_one_of_a_notice(office: Office, turns_world: World) -> None:
    office.answers()
    impatient = Database(turns_world.db.url, busy_timeout=0.05).open()
    with turns_world.db.write() as session:
        notices.pending_for(session, 1)  # the first statement takes the write lock
        with pytest.raises(StoreBusy):
            tell_due(impatient, turns_world.clock, WORDING, channels=NO_PUSHES)
    impatient.close()

    assert office.tells() == 1


async def test_what_follows_is_about_the_question_that_was_told(office: Office, turns_world: World) -> None:
    turns_world.says(ANSWER)
    await turns_world.say("怎么导出报表")
    office.answers()
    office.tells()

    assert turns_world.conversation().last_question == "翻样怎么导出"
    thumbs.rate(turns_world.services, "visitor", last(turns_world)[1].seq, helpful=False)
    with turns_world.db.read() as session:
        (rejected,) = gaps.unclustered(session)
    assert (rejected.source, rejected.question, rejected.reason) == ("rejected", "翻样怎么导出", "faq-rebar")


async def test_while_a_human_is_responsible_nobody_is_told(office: Office, turns_world: World) -> None:
    turns_world.says(HANDOFF)
    await turns_world.say("转人工")
    office.answers()
    assert office.tells() == 0
    turns_world.taken()
    assert office.tells() == 0

    turns_world.released()
    assert office.tells() == 1


async def test_news_do_not_break_into_a_form(office: Office, turns_world: World) -> None:
    turns_world.says(Asking("ticket_form", "phone"))
    await turns_world.say("转人工")
    office.answers()

    assert office.tells() == 0


async def test_after_a_rollback_it_waits_for_the_next_publication(office: Office, turns_world: World) -> None:
    office.answers()
    office.publishes("rollback")
    assert office.tells() == 0
    turns_world.says(ANSWER)
    assert kinds(await turns_world.say("怎么导出报表")) == ["answer"]

    office.publishes()
    assert office.tells() == 1


async def test_a_withdrawn_entry_is_never_told(office: Office, turns_world: World) -> None:
    office.answers()
    with turns_world.db.write() as session:
        entries.retire(session, ENTRY.id, by=AUTHOR, reason="写错了", now=turns_world.clock())

    assert office.tells() == 0
    assert pending(turns_world) == 0


async def test_what_is_told_is_what_was_published(office: Office, turns_world: World) -> None:
    office.answers()
    turns_world.clock.advance(timedelta(minutes=1))
    office.approves(replace(ENTRY, answer="还没发布的写法。"))
    office.tells()

    assert last(turns_world)[1].payload["card"]["blocks"] == ["打开【资源管理】，点【导出】。"]


@pytest.mark.parametrize("known", [True, False])
async def test_only_the_vendor_is_named(office: Office, turns_world: World, known: bool) -> None:
    office.answers(replace(ENTRY, answer="打开【资源管理】，点【导出】。急用请拨打 13912345678。"))
    contacts = AllowList(frozenset({"13912345678"} if known else ()))
    tell_due(turns_world.db, turns_world.clock, WORDING, channels=NO_PUSHES, contacts=contacts)

    assert ("13912345678" in "".join(last(turns_world)[1].payload["card"]["blocks"])) is known


async def test_the_answer_is_the_one_for_the_persons_version(turns_world: World) -> None:
    turns_world.says(DECLINE)
    await turns_world.say("我用的是 6.2 版，翻样怎么导出")
    office = Office(turns_world)
    variants = [
        {"versions": "<6.0", "label": "6.0 之前", "answer": "旧版在【报表】里导出。"},
        {"versions": ">=6.0", "label": "6.0 起", "answer": "新版在【资源管理】里导出。"},
    ]
    office.answers(Entry.from_json({**ENTRY.to_json(), "variants": variants}))
    office.tells()

    card = last(turns_world)[1].payload["card"]
    assert (card["title"], card["blocks"]) == ("怎么导出翻样单（6.0 起）", ["新版在【资源管理】里导出。"])


# -- with the next turn --------------------------------------------------------------------------


async def test_who_comes_back_first_is_told_after_the_answer(office: Office, turns_world: World) -> None:
    office.answers()
    turns_world.says(ANSWER)

    outcome = await turns_world.say("怎么导出报表")

    assert kinds(outcome) == ["answer", "notice", "answer"]
    assert texts(outcome)[1:] == [HEADING, "怎么导出翻样单"]
    assert office.tells() == 0
    assert kinds(await turns_world.say("怎么导出报表")) == ["answer"]


async def test_who_asks_again_and_gets_it_is_not_told_twice(office: Office, turns_world: World) -> None:
    office.answers()
    turns_world.says(replace(ANSWER, entry_id=ENTRY.id))

    assert kinds(await turns_world.say("翻样怎么导出")) == ["answer"]
    assert (pending(turns_world), office.tells()) == (0, 0)


async def test_a_turn_that_calls_a_human_or_asks_for_a_form_has_no_news(office: Office, turns_world: World) -> None:
    office.answers()
    turns_world.says(Asking("ticket_form", "phone"))
    assert "notice" not in kinds(await turns_world.say("转人工"))
    turns_world.says(HANDOFF)
    assert HEADING not in texts(await turns_world.say("13800001111"))

    assert pending(turns_world) == 1


async def test_an_apology_has_no_news(office: Office, turns_world: World) -> None:
    office.answers()
    turns_world.fails(NoReply("engine_silent"))

    assert HEADING not in texts(await turns_world.say("怎么导出报表"))
    assert pending(turns_world) == 1


async def test_a_word_of_no_use_is_about_the_turns_own_answer(office: Office, turns_world: World) -> None:
    office.answers()
    turns_world.says(ANSWER)
    await turns_world.say("怎么导出报表")
    turns_world.says(Feedback(helpful=False))
    await turns_world.say("没用")

    with turns_world.db.read() as session:
        assert [each.question for each in gaps.unclustered(session)] == ["怎么导出报表"]


async def test_much_news_comes_in_portions(turns_world: World) -> None:
    turns_world.says(DECLINE)
    office = Office(turns_world)
    for number in range(4):
        await turns_world.say(f"第 {number} 个问题怎么办")
    for number in range(4):
        office.answers(replace(ENTRY, id=f"faq-{number}"), limit=1)
    turns_world.says(ANSWER)

    assert kinds(await turns_world.say("怎么导出报表")) == ["answer"] + ["notice", "answer"] * 3
    assert kinds(await turns_world.say("怎么导出报表")) == ["answer", "notice", "answer"]


# -- WeChat --------------------------------------------------------------------------------------


@dataclass
class Follower:
    """Somebody on WeChat."""

    world: World

    async def say(self, text: str) -> Outcome:
        number = len(self.messages()) if self.known() else 0
        accepted = await self.world.flow.receive(Incoming("wechat", "oFollower", f"wx-{number}", text))
        outcome = await self.world.flow.outcome(accepted, 5.0)
        assert outcome is not None
        return outcome

    def known(self) -> Conversation | None:
        with self.world.db.read() as session:
            return conversations.find(session, "wechat", "oFollower")

    def messages(self) -> tuple[Message, ...]:
        known = self.known()
        assert known is not None
        with self.world.db.read() as session:
            return messages.after(session, known.id)


@pytest.fixture
async def follower(turns_world: World) -> Follower:
    """A follower has asked in vain, and there is an answer by now."""
    turns_world.says(DECLINE)
    made = Follower(turns_world)
    await made.say("翻样怎么导出")
    Office(turns_world).answers()
    return made


def queued(world: World) -> list[Delivery]:
    with world.db.write() as session:
        return list(outbox.lease(session, now=world.clock()))


async def test_a_follower_is_pushed_the_news_within_the_window(follower: Follower, turns_world: World) -> None:
    assert [Office(turns_world).tells(pushes=True) for _ in range(2)] == [1, 0]

    (delivery,) = queued(turns_world)
    text = str(delivery.payload["text"])
    assert (delivery.kind, delivery.payload["openid"]) == ("wechat_text", "oFollower")
    assert text.startswith(f"{HEADING}\n\n怎么导出翻样单\n打开【资源管理】，点【导出】。")
    assert [message.kind for message in follower.messages()[-2:]] == ["notice", "answer"]


@pytest.mark.parametrize(("pushes", "later"), [(False, timedelta(0)), (True, 2 * DAY)])
async def test_a_follower_who_cannot_be_reached_hears_it_with_the_next_answer(
    follower: Follower, turns_world: World, pushes: bool, later: timedelta
) -> None:
    turns_world.clock.advance(later)
    assert Office(turns_world).tells(pushes=pushes) == 0
    turns_world.says(ANSWER)

    outcome = await follower.say("怎么导出报表")

    assert texts(outcome)[1:] == [HEADING, "怎么导出翻样单"]
    assert Office(turns_world).tells(pushes=True) == 0
    assert queued(turns_world) == []


async def test_a_follower_out_of_reach_holds_nobody_up(follower: Follower, turns_world: World) -> None:
    turns_world.says(DECLINE)
    await turns_world.say("翻样怎么导出")
    Office(turns_world).answers(replace(ENTRY, id="faq-other"))

    told = tell_due(turns_world.db, turns_world.clock, WORDING, channels=NO_PUSHES, limit=1)

    assert told == 1
    assert last(turns_world)[0].text == HEADING
