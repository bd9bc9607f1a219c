from __future__ import annotations

import pytest

from gateway.channels.wechat.errors import BadSignature, NotXml
from gateway.channels.wechat.wire.refusals import Refusals


def test_a_flood_is_a_line_a_minute_for_each_kind(caplog: pytest.LogCaptureFixture) -> None:
    now = 0.0
    refusals = Refusals(lambda: now, every=60.0)
    for _ in range(1000):
        refusals.note(BadSignature("签名不对"))
    refusals.note(NotXml("收到 JSON"))
    now = 61.0
    refusals.note(BadSignature("签名不对"))
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 3
    assert "JSON" in lines[1]
    assert "999 次" in lines[2]
