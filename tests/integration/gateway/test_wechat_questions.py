"""常见问题 and the hand-over to WeChat's own desk, through the real flow."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import httpx2
import pytest
from fastapi import FastAPI

from desk import agents, asked, conversations, entries, feedback, messages, pins, publications, tickets
from desk.agents import Agent
from gateway.channels.wechat.channel import WeChatChannel
from gateway.channels.wechat.delivering.ledger import Ledger
from gateway.channels.wechat.fakes.follower import FakeFollower
from gateway.channels.wechat.hearing.front import Front
from gateway.channels.wechat.phrases import Phrases
from gateway.channels.wechat.routes import router
from gateway.channels.wechat.rules import WeChatRules
from gateway.channels.wechat.settings import WeChatSettings
from retrieval.knowledge.entry import Entry
from tests.integration.gateway.turn_world import ANSWER, HANDOFF, WORDING, World
from zhtext.contacts import AllowList

AUTHOR, REVIEWER = "agent:1", "agent:2"
TOKEN = "gongda2026"
SETTINGS = WeChatSettings(token=TOKEN, app_id="wx1", app_secret="s3", customer_service=True)


def said(key: str) -> str:
    return Phrases(WORDING).text(key)


@dataclass
class Account:
    """The official account over a real gateway."""

    world: World
    http: httpx2.AsyncClient

    def follower(self, openid: str = "oA") -> FakeFollower:
        return FakeFollower(self.http, TOKEN, self.world.clock, openid)

    def publishes(self, *given: Entry) -> None:
        now = self.world.clock()
        with self.world.db.write() as session:
            for entry in given:
                saved = entries.save_draft(session, entry.id, entry.content, entry.version, author=AUTHOR, now=now)
                entries.submit(session, entry.id, saved.number, by=AUTHOR, now=now)
                entries.approve(session, entry.id, saved.number, by=REVIEWER, now=now)
            later = self.world.clock.advance(timedelta(minutes=1))
            publications.record(session, "publish", "build-9", by=AUTHOR, state="published", now=later)

    async def shows(self, entry_id: str, times: int) -> None:
        """Visitors of the web site are shown this entry."""
        self.world.says(replace(ANSWER, entry_id=entry_id))
        for number in range(times):
            await self.world.say(f"问 {entry_id} 第 {number} 次")

    def pins(self, entry_id: str) -> None:
        with self.world.db.write() as session:
            pins.add(session, f"问 {entry_id}", entry_id, author=AUTHOR, now=self.world.clock())


def entry(name: str, title: str, kind: str = "faq") -> Entry:
    return Entry(f"{kind}-{name}", kind, title, title, "打开【资源管理】，点【导出】。", source="手册")


@pytest.fixture
async def account(turns_world: World) -> AsyncIterator[Account]:
    world = turns_world
    front = Front.of(
        world.db,
        world.clock,
        WORDING,
        rules=WeChatRules(transfer="agent"),
        contacts=AllowList(),
        working=lambda now: world.services.hours.is_working(now),
    )
    ledger = Ledger(world.db, world.clock, pushes=True)
    channel = WeChatChannel(SETTINGS, world.flow, ledger, WORDING, world.clock, front)
    app = FastAPI()
    app.include_router(router(channel, SETTINGS, world.clock))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://us") as http:
        yield Account(world, http)
        await channel.aclose()
        await world.flow.idle()


async def test_the_most_asked_come_first_then_pinned_ones_and_nothing_else(account: Account) -> None:
    account.publishes(
        entry("a", "怎么导出报表"), entry("b", "怎么打印报表"), entry("c", "怎么备份"), entry("d", "没人问过的"),
        entry("crash", "软件闪退先别关", "runbook"),
    )  # fmt: skip
    await account.shows("faq-a", 1)
    await account.shows("faq-b", 3)
    await account.shows("runbook-crash", 5)
    account.pins("faq-c")
    account.pins("faq-b")

    listed = await account.follower().press("常见问题")

    assert listed == f"{said('faq')}\n1. 怎么打印报表\n2. 怎么导出报表\n3. 怎么备份\n{said('choose_hint')}"


@pytest.mark.parametrize("words", ["2", "２", "二", "第二个", "選2", "怎麼備份"])
async def test_a_question_of_the_list_is_picked_as_every_choice_is(account: Account, words: str) -> None:
    account.publishes(entry("a", "怎么导出报表"), entry("c", "怎么备份"))
    account.pins("faq-a")
    account.pins("faq-c")
    follower = account.follower()
    await follower.press("常见问题")
    account.world.says(ANSWER)

    assert "点【导出】。" in str(await follower.say(words)).replace("點", "点")

    assert account.world.context.choice == {"id": "entry:faq-c", "label": "怎么备份"}


async def test_an_entry_that_was_found_useless_or_names_strangers_is_not_offered(account: Account) -> None:
    account.publishes(entry("a", "怎么导出报表"), entry("b", "加QQ 12345678 咨询"), entry("c", "怎么备份"))
    await account.shows("faq-a", 1)
    with account.world.db.write() as session:
        found = account.world.conversation().id
        last = messages.latest(session, found, limit=1)[0]
        feedback.rate(session, last.id, conversation_id=found, helpful=False, now=account.world.clock())
        assert asked.usage(session, since=account.world.clock() - timedelta(days=1))["faq-a"].disliked == 1
    account.pins("faq-b")
    account.pins("faq-c")

    listed = str(await account.follower().press("常见问题"))

    assert "怎么备份" in listed
    assert "怎么导出报表" not in listed
    assert "QQ" not in listed


async def test_the_list_is_in_the_script_of_the_follower(account: Account) -> None:
    account.publishes(entry("a", "怎么导出报表"))
    account.pins("faq-a")
    follower = account.follower()
    await follower.say("請問怎麼匯出")

    listed = str(await follower.press("常见问题"))

    assert "怎麼" in listed
    assert "大家常問的有這些" in listed


async def test_two_lists_in_a_row_are_both_kept_and_the_last_one_counts(account: Account) -> None:
    account.publishes(entry("a", "怎么导出报表"))
    account.pins("faq-a")
    follower = account.follower()
    first = await follower.say("常见问题")
    account.world.clock.advance(timedelta(seconds=5))
    assert await follower.say("常见问题") == first
    with account.world.db.read() as session:
        found = conversations.find(session, "wechat", "oA")
        assert found is not None
        assert len(messages.latest(session, found.id)) == 4


# ---- the hand-over to WeChat's own desk


def agent(account: Account, kf: str | None) -> Agent:
    made = account.world.agent(online=True)
    with account.world.db.write() as session:
        return agents.profile(session, made.id, wechat_kf=kf)


async def test_a_wish_for_a_human_in_working_time_is_transferred(account: Account) -> None:
    agent(account, "kf2001@gh_fake")
    account.world.says(HANDOFF)
    follower = account.follower()

    assert await follower.say("转人工") is None

    assert follower.shown[-1].kind == "transfer"
    with account.world.db.read() as session:
        [ticket] = tickets.listing(session)
        noted = [event.detail.get("text") for event in tickets.events(session, ticket.number) if event.kind == "noted"]
    assert WORDING.text("wechat.transferred_note", account="kf2001@gh_fake") in noted


async def test_out_of_working_time_nobody_is_transferred(account: Account) -> None:
    agent(account, "kf2001@gh_fake")
    account.world.says(HANDOFF)
    account.world.clock.advance(timedelta(hours=12))

    assert "工单" in str(await account.follower().say("转人工"))


async def test_an_agent_without_an_account_answers_here(account: Account) -> None:
    agent(account, None)
    account.world.says(HANDOFF)

    assert "工单" in str(await account.follower().say("转人工"))
