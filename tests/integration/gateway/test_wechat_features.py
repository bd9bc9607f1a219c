from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from desk import agents, attachments, conversations, messages, tickets, turns, windows
from desk.conversations import Conversation
from desk.messages import Message
from desk.tickets import TicketDraft
from desk.turns import Content, Reply, TurnDraft
from gateway.channels.wechat.adapter import WeChat
from gateway.channels.wechat.calls.client import WeChatClient
from gateway.channels.wechat.errors import from_code
from gateway.channels.wechat.hearing.options import msgmenu
from gateway.channels.wechat.hearing.scenes import Scene
from gateway.channels.wechat.phrases import Phrases
from gateway.channels.wechat.rules import WeChatRules
from gateway.console.desk.transcript import bubbles
from gateway.turns.flow import Incoming
from gateway.wording import Wording
from tests.integration.gateway.wechat_world import World, world

WORDING = Wording.load()
SITE = Scene({"site": "三号工地", "version": "6.1", "module": "数据导入"})
RULES = WeChatRules(
    faq=("怎么导出报表", "导入报错怎么办"),
    scenes={"site-3": SITE, "hall": Scene({}, "欢迎来到展厅，请直接提问。")},
    transfer="agent",
)


def said(key: str, **values: str) -> str:
    return Phrases(WORDING).text(key, **values)


@pytest.fixture
async def wechat(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path, rules=RULES) as made:
        yield made


def conversation(wechat: World, openid: str = "oA") -> Conversation:
    with wechat.database.read() as session:
        found = conversations.find(session, "wechat", openid)
    assert found is not None
    return found


def talk(wechat: World, openid: str = "oA") -> tuple[Message, ...]:
    with wechat.database.read() as session:
        return messages.latest(session, conversation(wechat, openid).id)


def hand_off(wechat: World, openid: str = "oA", *, kf: str | None = None) -> str:
    """A ticket of the conversation that an agent has; its number."""
    found, now = conversation(wechat, openid), wechat.clock()
    agent = agents.create(wechat.database, f"a{now.timestamp():.0f}", "correct horse battery", name="张敏", now=now)
    with wechat.database.write() as session:
        agents.profile(session, agent.id, wechat_kf=kf)
        stored = messages.record_inbound(session, found.id, f"handoff:{now}", "转人工", now=now)
        draft = TurnDraft(
            "turn-handoff",
            found.id,
            (stored.message_id,),
            expects=None,
            ticket=TicketDraft("other", "P3", "导入失败", {}, "request"),
        )
        turns.record_turn(session, draft, Content(replies=(Reply("好的"),)), now=now)
        [ticket] = tickets.listing(session, tickets.Filter(conversation_id=found.id))
        tickets.assign(session, ticket.number, agent.id, by="bot", now=now)
        conversations.update(session, found.id, {"state": "waiting"}, now=now)
    return ticket.number


def notes(wechat: World, number: str) -> list[str]:
    with wechat.database.read() as session:
        return [str(event.detail.get("text")) for event in tickets.events(session, number) if event.kind == "noted"]


# ---- following and leaving


async def test_a_new_follower_is_greeted_and_the_greeting_stands_in_the_conversation(wechat: World) -> None:
    assert await wechat.follower("oA").subscribe() == said("subscribe")
    assert [(one.author, one.kind) for one in talk(wechat)] == [("user", "event"), ("bot", "text")]
    assert wechat.flow.received == []


async def test_a_returning_follower_is_greeted_as_such_after_what_is_owed(wechat: World) -> None:
    follower = wechat.follower("oA")
    wechat.flow.script = lambda incoming: (Reply("先备份数据库，再继续下一步。" * 60),)
    await follower.say("怎么备份")
    await follower.unsubscribe()
    assert await wechat.work() == ["parked"]
    wechat.clock.advance(timedelta(hours=1))
    back = await follower.subscribe()
    assert back is not None
    assert back.startswith(f"{said('earlier')}\n\n（2/2）")
    assert back.endswith(said("returning"))
    assert wechat.server.texts_to("oA") == []
    assert wechat.counts().parked == 0


async def test_a_redelivered_subscription_is_greeted_with_the_same_words_after_a_restart(wechat: World) -> None:
    follower = wechat.follower("oA")
    body = follower.body({"MsgType": "event", "Event": "subscribe", "EventKey": "qrscene_site-3"})
    first = (await follower.deliver(body)).text
    await wechat.restart()
    assert (await follower.deliver(body)).text == first
    assert len(talk(wechat)) == 2


async def test_who_leaves_gets_nothing_pushed_and_the_agent_reads_it_on_the_ticket(wechat: World) -> None:
    follower = wechat.follower("oA")
    await follower.say("导入报错")
    number = hand_off(wechat)
    assert await follower.unsubscribe() is None
    with wechat.database.read() as session:
        assert windows.left(session, "wechat", "oA", now=wechat.clock()).gone
        assert tickets.get(session, number).open
    assert notes(wechat, number) == [WORDING.text("wechat.left_note")]
    wechat.clock.advance(timedelta(minutes=1))
    assert await follower.subscribe() == said("returning_human")
    assert notes(wechat, number)[-1] == WORDING.text("wechat.returned_note")


async def test_who_leaves_without_ever_having_written_leaves_no_conversation_behind(wechat: World) -> None:
    assert await wechat.follower("oNew").unsubscribe() is None
    with wechat.database.read() as session:
        assert conversations.find(session, "wechat", "oNew") is None
        assert windows.left(session, "wechat", "oNew", now=wechat.clock()).gone


async def test_leaving_does_not_wake_a_ticket_that_waits_for_the_customer(wechat: World) -> None:
    follower = wechat.follower("oA")
    await follower.say("导入报错")
    number = hand_off(wechat)
    with wechat.database.write() as session:
        tickets.move(session, number, "in_progress", by="bot", now=wechat.clock())
        tickets.move(session, number, "waiting", by="bot", now=wechat.clock())
    await follower.unsubscribe()
    with wechat.database.read() as session:
        assert tickets.get(session, number).status == "waiting"


# ---- codes with a scene


@pytest.mark.parametrize("how", ["subscribe", "scan"])
async def test_a_known_scene_fills_in_slots_and_says_what_it_has_noted(wechat: World, how: str) -> None:
    follower = wechat.follower("oA")
    shown = await (follower.subscribe("site-3") if how == "subscribe" else follower.scan("site-3"))
    assert shown is not None
    assert shown.endswith(said("scene", places="6.1 · 数据导入 · 三号工地"))
    assert conversation(wechat).slots == {**SITE.slots, "scene": "site-3"}


async def test_a_scene_may_have_a_greeting_of_its_own(wechat: World) -> None:
    assert await wechat.follower().scan("hall") == "欢迎来到展厅，请直接提问。"


async def test_a_scene_never_overrules_what_the_person_said(wechat: World) -> None:
    follower = wechat.follower("oA")
    await follower.say("我们用的是 5.2")
    with wechat.database.write() as session:
        known = conversation(wechat)
        conversations.update(session, known.id, {"slots": {"version": "5.2"}}, now=wechat.clock())
    await follower.scan("site-3")
    assert conversation(wechat).slots["version"] == "5.2"
    assert conversation(wechat).slots["site"] == "三号工地"


async def test_an_unknown_scene_is_kept_as_cleaned_text(wechat: World) -> None:
    follower = wechat.follower("oA")
    assert await follower.scan("<b>展会\u202e2026</b>") == said("scan")
    assert conversation(wechat).slots["scene"] == "<b>展会 2026</b>"


async def test_a_scan_beside_a_human_is_noted_and_not_commented_on(wechat: World) -> None:
    follower = wechat.follower("oA")
    await follower.say("导入报错")
    hand_off(wechat)
    assert await follower.scan("site-3") is None
    assert conversation(wechat).slots["site"] == "三号工地"


# ---- 常见问题


async def test_the_menu_lists_the_operators_questions_and_a_number_picks_one(wechat: World) -> None:
    follower = wechat.follower("oA")
    listed = await follower.press("常见问题")
    assert listed == f"{said('faq')}\n1. 怎么导出报表\n2. 导入报错怎么办\n{said('choose_hint')}"
    assert [choice.id for choice in conversation(wechat).choices] == ["say:怎么导出报表", "say:导入报错怎么办"]
    assert wechat.flow.received == []


async def test_the_words_are_as_good_as_the_button_in_either_script(wechat: World) -> None:
    assert await wechat.follower("oA").say("常见问题") == await wechat.follower("oB").say(" 常見問題 ")


async def test_without_a_list_and_without_knowledge_the_menu_asks_for_the_question(tmp_path: Path) -> None:
    async with world(tmp_path) as made:
        assert await made.follower().press("常见问题") == said("faq_empty")


async def test_beside_a_human_the_menu_is_heard_by_the_flow(wechat: World) -> None:
    follower = wechat.follower("oA")
    await follower.say("导入报错")
    hand_off(wechat)
    assert await follower.press("常见问题") == "答：常见问题"


async def test_a_menu_click_opens_the_short_window_only(wechat: World) -> None:
    await wechat.follower("oA").press("常见问题")
    with wechat.database.read() as session:
        assert windows.left(session, "wechat", "oA", now=wechat.clock()).left == 3
        assert windows.left(session, "wechat", "oA", now=wechat.clock() + timedelta(minutes=2)).left == 0


# ---- pictures, voices, places


async def test_five_pictures_in_a_row_get_one_acknowledgement_and_are_all_expected(wechat: World) -> None:
    follower = wechat.follower("oA")
    shown = [await follower.picture(f"{number}".encode()) for number in range(5)]
    assert shown == [said("image_received"), None, None, None, None]
    with wechat.database.read() as session:
        assert len(attachments.of_conversation(session, conversation(wechat).id)) == 5


async def test_pictures_at_the_same_moment_get_one_acknowledgement(wechat: World) -> None:
    follower = wechat.follower("oA")
    shown = await asyncio.gather(*(follower.picture(f"{number}".encode()) for number in range(4)))
    assert sorted(filter(None, shown)) == [said("image_received")]


async def test_a_picture_after_words_is_acknowledged_again(wechat: World) -> None:
    follower = wechat.follower()
    await follower.picture(b"1")
    await follower.say("就是这个")
    assert await follower.picture(b"2") == said("image_received")


async def test_a_picture_long_after_the_last_is_acknowledged_again(wechat: World) -> None:
    follower = wechat.follower()
    await follower.picture(b"1")
    wechat.clock.advance(timedelta(minutes=3))
    assert await follower.picture(b"2") == said("image_received")


async def test_recognised_speech_is_a_question_whose_recording_is_kept(wechat: World) -> None:
    assert await wechat.follower("oA").voice("项目打不开") == "答：项目打不开"
    [spoken, _] = talk(wechat)
    assert bubbles([spoken], {})[0].kind == "voice"
    with wechat.database.read() as session:
        assert len(attachments.of_messages(session, [spoken.id])[spoken.id]) == 1


async def test_a_place_becomes_the_site_of_what_is_reported_next(wechat: World) -> None:
    assert await wechat.follower("oA").place(23.13, 113.35, "三号工地 北门") == said("location_received")
    assert conversation(wechat).slots["site"] == "三号工地 北门"


# ---- options that are pressed


async def test_a_line_of_a_menu_is_the_option_it_named_however_much_was_said_since(wechat: World) -> None:
    follower = wechat.follower("oA")
    await follower.say("在吗")
    options = [{"id": "ask:7:yes", "label": "已解决"}, {"id": "ask:7:no", "label": "没解决"}]
    with wechat.database.write() as session:
        asked = messages.add(
            session, conversation(wechat).id, "bot", "解决了吗？", kind="choices", payload={"options": options},
            now=wechat.clock(),
        )  # fmt: skip
    menu = msgmenu([asked], Phrases(WORDING))
    assert menu is not None
    line = menu["list"][1]
    await follower.say("另外问一句")
    pressed = {"MsgType": "text", "Content": "没解决", "MsgId": "991", "bizmsgmenuid": line["id"]}
    await follower.send(pressed)
    heard: Incoming = wechat.flow.effects[-1]
    assert heard.choice is not None
    assert (heard.choice.id, heard.choice.label) == ("ask:7:no", "没解决")


def ask(wechat: World, *, msgmenu: bool) -> Message:
    """What the desk asks by itself."""
    options = [{"id": "ask:7:yes", "label": "已解决"}, {"id": "ask:7:no", "label": "没解决"}]
    found = conversation(wechat)
    with wechat.database.write() as session:
        asked = messages.add(
            session, found.id, "bot", "解决了吗？", kind="choices", payload={"options": options}, now=wechat.clock()
        )
        channel = WeChat(WORDING, pushes=wechat.settings.customer_service, msgmenu=msgmenu)
        channel.record(session, found, [asked], key="ask:7", now=wechat.clock())
    return asked


async def test_a_question_of_the_desk_is_pushed_as_a_menu_and_a_press_answers_it(wechat: World) -> None:
    follower = wechat.follower("oA")
    await follower.say("在吗")
    ask(wechat, msgmenu=True)
    assert await wechat.work() == ["sent"]
    [push] = wechat.server.pushes
    assert (push.kind, push.head) == ("msgmenu", "解决了吗？")
    assert [choice.content for choice in push.choices] == ["已解决", "没解决"]
    await follower.choose(push.choices[0])
    heard = wechat.flow.effects[-1]
    assert heard.choice is not None
    assert (heard.text, heard.choice.id) == ("已解决", "ask:7:yes")


async def test_pressing_a_menu_opens_no_window(wechat: World) -> None:
    follower = wechat.follower("oA")
    await follower.say("在吗")
    ask(wechat, msgmenu=True)
    await wechat.work()
    [push] = wechat.server.pushes
    await follower.choose(push.choices[0])
    with wechat.database.read() as session:
        assert windows.left(session, "wechat", "oA", now=wechat.clock()).left == 4


class Unverified(WeChatClient):
    """Of an account that may push words and no menus."""

    async def send(self, message: Mapping[str, Any]) -> None:
        if message["msgtype"] == "msgmenu":
            raise from_code(40008, "invalid message type")
        await super().send(message)


async def test_where_wechat_takes_no_menu_the_same_question_goes_out_in_words(wechat: World) -> None:
    await wechat.follower("oA").say("在吗")
    ask(wechat, msgmenu=True)
    transport = httpx2.ASGITransport(wechat.server.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://wechat") as http:
        wechat.client = Unverified(wechat.settings, http, wechat.clock)
        assert await wechat.work() == ["sent"]
    assert wechat.server.texts_to("oA") == [f"解决了吗？\n1. 已解决\n2. 没解决\n{said('choose_hint')}"]


async def test_without_msgmenu_the_question_has_numbers(wechat: World) -> None:
    await wechat.follower("oA").say("在吗")
    ask(wechat, msgmenu=False)
    await wechat.work()
    assert wechat.server.texts_to("oA") == [f"解决了吗？\n1. 已解决\n2. 没解决\n{said('choose_hint')}"]


async def test_a_line_of_somebody_elses_menu_is_only_words(wechat: World) -> None:
    await wechat.follower("oA").say("在吗")
    with wechat.database.write() as session:
        asked = messages.add(
            session, conversation(wechat).id, "bot", "解决了吗？", kind="choices",
            payload={"options": [{"id": "ask:7:yes", "label": "已解决"}]}, now=wechat.clock(),
        )  # fmt: skip
    for number, line in enumerate((f"{asked.id}01", f"{asked.id}99", "0", "9" * 18), 1):
        await wechat.follower("oB").send(
            {"MsgType": "text", "Content": "已解决", "MsgId": f"55{number}", "bizmsgmenuid": line}
        )
        assert wechat.flow.effects[-1].choice is None


# ---- WeChat's own desk


def _handed(number: str) -> tuple[Reply, ...]:
    return (Reply(f"已建立工单 {number}", "ticket", {"card": {"number": number}}), Reply("答复会到这里", "notice"))


async def test_a_hand_off_goes_to_the_agents_own_account_and_the_number_is_pushed(wechat: World) -> None:
    follower = wechat.follower("oA")
    await follower.say("导入报错")
    number = hand_off(wechat, kf="kf2001@gh_fake")
    wechat.flow.script = lambda incoming: _handed(number)
    body = follower.body({"MsgType": "text", "Content": "转人工", "MsgId": "771"})
    first, again = (await follower.deliver(body)).text, (await follower.deliver(body)).text
    assert "transfer_customer_service" in first
    assert "<KfAccount><![CDATA[kf2001@gh_fake]]></KfAccount>" in first
    assert "transfer_customer_service" in again
    assert await wechat.work() == ["sent"]
    assert wechat.server.texts_to("oA") == [f"已建立工单 {number}\n\n答复会到这里"]
    assert notes(wechat, number) == [WORDING.text("wechat.transferred_note", account="kf2001@gh_fake")]


async def test_an_agent_without_an_account_keeps_the_conversation_here(wechat: World) -> None:
    follower = wechat.follower("oA")
    await follower.say("导入报错")
    number = hand_off(wechat)
    wechat.flow.script = lambda incoming: _handed(number)
    assert await follower.say("转人工") == f"已建立工单 {number}\n\n答复会到这里"


async def test_a_click_never_transfers(wechat: World) -> None:
    follower = wechat.follower("oA")
    await follower.say("导入报错")
    number = hand_off(wechat, kf="kf2001@gh_fake")
    wechat.flow.script = lambda incoming: _handed(number)
    assert await follower.press("转人工") == f"已建立工单 {number}\n\n答复会到这里"


async def test_an_account_that_may_not_push_never_transfers(tmp_path: Path) -> None:
    async with world(tmp_path, rules=RULES, pushes=False) as made:
        follower = made.follower("oA")
        await follower.say("导入报错")
        number = hand_off(made, kf="kf2001@gh_fake")
        made.flow.script = lambda incoming: _handed(number)
        assert await follower.say("转人工") == f"已建立工单 {number}\n\n答复会到这里"


async def test_the_end_in_wechats_own_desk_is_noted(wechat: World) -> None:
    follower = wechat.follower("oA")
    await follower.say("导入报错")
    number = hand_off(wechat)
    assert await follower.event("kf_close_session") is None
    assert notes(wechat, number) == [WORDING.text("wechat.closed_note")]
