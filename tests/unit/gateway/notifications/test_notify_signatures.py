from __future__ import annotations

import base64
from datetime import datetime, timezone
from hashlib import sha256

import pytest

from gateway.notifications import dingtalk, feishu, webhook

NOW = datetime(2026, 11, 23, 2, 0, 0, 123000, tzinfo=timezone.utc)
SECONDS, MILLISECONDS = "1795399200", "1795399200123"


def by_hand(key: bytes, text: bytes) -> str:
    """HMAC-SHA256 as RFC 2104 defines it, in base64."""
    block = (sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    inner = sha256(bytes(byte ^ 0x36 for byte in block) + text).digest()
    return base64.b64encode(sha256(bytes(byte ^ 0x5C for byte in block) + inner).digest()).decode()


def test_dingtalk_signs_milliseconds_and_the_secret_under_the_secret() -> None:
    assert dingtalk.signature("SEC123", NOW) == {
        "timestamp": MILLISECONDS,
        "sign": by_hand(b"SEC123", f"{MILLISECONDS}\nSEC123".encode()),
    }


def test_feishu_signs_nothing_under_seconds_and_the_secret() -> None:
    assert feishu.signature("s3cr3t", NOW) == {
        "timestamp": SECONDS,
        "sign": by_hand(f"{SECONDS}\ns3cr3t".encode(), b""),
    }


def test_a_webhook_signs_id_time_and_body() -> None:
    body = webhook.encoded({"event": "ticket.created", "b": 1, "a": "中文"})

    headers = webhook.signed(b"key", "evt_7", NOW, body)

    assert body == '{"a":"中文","b":1,"event":"ticket.created"}'.encode()
    assert headers == {
        "webhook-id": "evt_7",
        "webhook-timestamp": SECONDS,
        "webhook-signature": "v1," + by_hand(b"key", b"evt_7." + SECONDS.encode() + b"." + body),
    }


def test_a_secret_with_the_usual_beginning_is_base64_and_any_other_is_itself() -> None:
    assert webhook.key_of("whsec_" + base64.b64encode(b"key").decode()) == b"key"
    assert webhook.key_of("plain secret") == b"plain secret"
    with pytest.raises(ValueError, match="base64"):
        webhook.key_of("whsec_no base64!")
