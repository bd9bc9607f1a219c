from __future__ import annotations

from pathlib import Path

import pytest

from desk import conversations, outbox
from desk.clock import system_clock
from desk.database import Database
from desk.outbox import DeliveryDraft
from gongda.doctor import examine
from gongda.settings import Settings, load_settings


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("GONGDA_DATA", str(tmp_path))
    monkeypatch.setenv("GONGDA_PORT", "9")  # nobody listens there
    return load_settings()


def line(settings: Settings) -> tuple[bool, str]:
    found = {check.name: check for check in examine(settings)}["outbox"]
    return found.ok, found.message


def test_before_the_first_start_there_is_nothing_to_say(settings: Settings) -> None:
    assert line(settings) == (True, "发件箱还没有内容")


def test_what_waits_for_customers_is_counted_and_is_no_fault(settings: Settings) -> None:
    now = system_clock()
    database = Database(settings.database).open()
    database.migrate()
    with database.write() as session:
        talk = conversations.open_for(session, "wechat", "oA", now=now)
        waits = DeliveryDraft("wechat_text", "wechat", {}, "a", talk.id)
        outbox.enqueue_parked(session, waits, "48 h over", now=now)
        outbox.enqueue(session, DeliveryDraft("wechat_text", "wechat", {}, "b", talk.id), now=now)
    assert line(settings) == (True, "发件箱：待发 1 条，等客户下次发消息 1 条，失败 0 条")
    with database.write() as session:
        [row] = outbox.lease(session, now=now)
        outbox.mark_failed(session, row, "40003", permanent=True, perhaps_sent=True, now=now)
    database.close()
    ok, told = line(settings)
    assert not ok
    assert told.startswith("发件箱：待发 0 条，等客户下次发消息 1 条，失败 1 条，可能重复发送 1 次；1 条要人处理")
