"""Every reason, event and target has words; and what the documentation tells others to do works."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from gateway.console.labels import console_text
from gateway.notifications import webhook
from gateway.notifications.routes import EVENTS, TARGETS
from gateway.notifications.sending import explain
from gateway.notifications.staff import KINDS
from gateway.wording import Wording

ROOT = Path(__file__).parents[4]
WORDING = Wording.load()
SOURCES = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "gateway" / "notifications").glob("*.py"))
RAISED = set(re.findall(r"(?:Refused|Unavailable|NoAnswer|Throttled)\)?\(\s*\"(\w+)\"", SOURCES))
VALUES = {"code": 93000, "said": "no", "status": 500, "kind": "E", "addresses": "a@b.example", "limit": 20}


def test_every_reason_has_a_sentence() -> None:
    assert len(RAISED) > 10
    for reason in RAISED:
        assert explain(WORDING, "email", reason, **VALUES)


@pytest.mark.parametrize("event", EVENTS)
def test_every_event_has_a_name_in_the_console(event: str) -> None:
    assert console_text(WORDING, f"outbox_event.{event}")


@pytest.mark.parametrize("kind", [*KINDS.values(), webhook.KIND, "wechat_text", "wechat_late"])
def test_every_kind_has_a_name_in_the_console(kind: str) -> None:
    assert console_text(WORDING, f"outbox_kind.{kind}")


@pytest.mark.parametrize("target", TARGETS)
def test_a_code_without_a_remedy_is_a_sentence_all_the_same(target: str) -> None:
    assert "错误码 -5（odd）" in explain(WORDING, target, "code", code=-5, said="odd")


def documented() -> Callable[[str, dict[str, str], bytes], bool]:
    page = (ROOT / "docs" / "notifications.md").read_text(encoding="utf-8")
    (sample,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    space: dict[str, Any] = {}
    exec(sample, space)  # our own page
    return space["verify"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("secret", ["a plain secret", "whsec_c2VjcmV0IGJ5dGVz"])
def test_the_documented_check_accepts_what_we_sign_and_nothing_else(secret: str) -> None:
    verify, now, body = documented(), datetime.now(timezone.utc), '{"a":"中文"}'.encode()
    signed = dict(webhook.signed(webhook.key_of(secret), "evt_1", now, body))
    old = dict(webhook.signed(webhook.key_of(secret), "evt_1", now - timedelta(minutes=10), body))

    assert verify(secret, signed, body)
    assert not verify(secret, signed, body + b" ")
    assert not verify(secret, {**signed, "webhook-id": "evt_2"}, body)
    assert not verify("another", signed, body)
    assert not verify(secret, old, body)
