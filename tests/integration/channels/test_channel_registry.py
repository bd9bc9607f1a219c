from __future__ import annotations

from datetime import timedelta

from desk import conversations, messages, outbox
from desk.conversations import Conversation
from gateway.channels.channel import Channels
from gateway.channels.known import all_channels
from gateway.channels.terminal.channel import SITS
from gateway.channels.web.channel import Web
from tests.integration.channels.stage import Stage
from tests.integration.gateway.turn_world import NOW, WORDING


def tell(stage: Stage, channels: Channels, channel: str, text: str = "您好") -> Conversation:
    with stage.db.write() as session:
        talk = conversations.open_for(session, channel, "somebody", now=NOW)
        said = messages.add(session, talk.id, "system", text, external_id="once", now=NOW)
        channels.record(session, talk, [said], key="once", now=NOW)
    return talk


def test_the_widget_can_be_told_whenever_and_others_for_a_while() -> None:
    reachable = all_channels(WORDING, pushes=True).reachable(NOW)

    assert reachable == {"web": None, "terminal": NOW - SITS, "wechat": NOW - timedelta(hours=48)}


def test_an_account_that_may_not_push_is_not_reached() -> None:
    assert "wechat" not in all_channels(WORDING, pushes=False).reachable(NOW)


def test_nothing_is_sent_where_people_come_and_look(stage: Stage) -> None:
    tell(stage, all_channels(WORDING, pushes=True), "web")

    assert stage.counts() == outbox.Counts(0, 0, 0, 0, 0, 0)


def test_what_is_said_on_a_channel_that_is_gone_fails_where_the_team_sees_it(stage: Stage) -> None:
    channels = Channels([Web(WORDING)])
    for _ in range(2):  # the same once
        tell(stage, channels, "pager")
    assert stage.counts().pending == 1


async def test_the_worker_marks_it_as_failed(stage: Stage) -> None:
    talk = tell(stage, Channels([Web(WORDING)]), "pager")

    await stage.work()

    assert stage.counts().failed == 1
    assert talk.channel == "pager"


def test_an_account_that_may_not_push_keeps_it_for_the_next_message(stage: Stage) -> None:
    talk = tell(stage, all_channels(WORDING, pushes=False), "wechat")

    with stage.db.read() as session:
        (row,) = outbox.parked(session, talk.id)
    assert row.payload["text"] == "您好"
