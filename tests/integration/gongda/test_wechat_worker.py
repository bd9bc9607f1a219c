from __future__ import annotations

from pathlib import Path

import pytest

from desk import attachments, conversations, messages, outbox
from desk.clock import system_clock
from desk.database import Database
from gateway.channels.wechat.hearing.contact import Material, expect
from gongda.settings import load_settings
from gongda.working import deliveries

UNREACHABLE = "http://127.0.0.1:9"


async def test_a_worker_with_an_account_tries_to_fetch_what_followers_send(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (
        ("DATA", str(tmp_path)), ("WECHAT_TOKEN", "gongda2026"), ("WECHAT_APP_ID", "wx1"), ("WECHAT_APP_SECRET", "s3"),
        ("WECHAT_API_BASE", UNREACHABLE),
    ):  # fmt: skip
        monkeypatch.setenv(f"GONGDA_{name}", value)
    settings, now = load_settings(), system_clock()
    database = Database(settings.database).open()
    database.migrate()
    with database.write() as session:
        talk = conversations.open_for(session, "wechat", "oA", now=now)
        stored = messages.record_inbound(session, talk.id, "1", "", kind="image", now=now)
        expect(session, Material("m1", "image/jpeg"), stored.message, now=now)

    made = deliveries(settings)
    assert await made.tick() == 1
    await made.idle()
    await made.close()

    with database.read() as session:
        [file] = attachments.of_conversation(session, talk.id)
        assert (file.status, outbox.counts(session).pending) == ("expected", 1)
    database.close()
