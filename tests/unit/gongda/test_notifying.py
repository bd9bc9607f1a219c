from __future__ import annotations

import logging

import pytest

from desk.clock import system_clock
from desk.database import Database
from gateway.notifications.errors import NotDelivered
from gateway.notifications.message import Message
from gateway.notifications.posting import connect
from gateway.wording import Wording
from gongda.errors import BadSetting
from gongda.notifying import check, has_webhook, notifying, public_url, senders, targets
from gongda.settings import Settings, load_settings

WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=very-secret"
MAIL = {"GONGDA_SMTP_URL": "smtps://u:very-secret@mail.example", "GONGDA_MAIL_FROM": "bot@a.example"}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"GONGDA_{name.upper()}", raising=False)
    return monkeypatch


def settings(environment: pytest.MonkeyPatch, values: dict[str, str]) -> Settings:
    for name, value in values.items():
        environment.setenv(name, value)
    return load_settings()


def test_without_settings_nobody_is_told(environment: pytest.MonkeyPatch) -> None:
    given = settings(environment, {})

    assert (targets(given), has_webhook(given), public_url(given)) == ((), False, "")
    check(given)


def test_everything_set_up_is_reached(environment: pytest.MonkeyPatch) -> None:
    given = settings(
        environment,
        {
            "GONGDA_WECOM_ROBOT": WECOM,
            "GONGDA_DINGTALK_ROBOT": "https://oapi.dingtalk.com/robot/send?access_token=x",
            "GONGDA_FEISHU_ROBOT": "https://open.feishu.cn/open-apis/bot/v2/hook/x",
            **MAIL,
            "GONGDA_MAIL_TO": "a@a.example，b@a.example",
            "GONGDA_WEBHOOK_URL": "http://10.0.0.8/hook",
            "GONGDA_WEBHOOK_SECRET": "0123456789abcdef",
            "GONGDA_PUBLIC_URL": "https://kf.example/",
        },
    )

    assert tuple(senders(given, connect(), system_clock)) == ("wecom", "dingtalk", "feishu", "email")
    assert (has_webhook(given), public_url(given)) == (True, "https://kf.example")
    check(given)


def test_there_is_a_sender_for_every_kind_even_for_what_was_taken_out(environment: pytest.MonkeyPatch) -> None:
    made = notifying(settings(environment, {}), Database("sqlite://"), system_clock, Wording.load())

    assert set(made.senders) == {"staff_wecom", "staff_dingtalk", "staff_feishu", "staff_email", "webhook"}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"GONGDA_WECOM_ROBOT": "very-secret"}, "GONGDA_WECOM_ROBOT"),
        ({"GONGDA_FEISHU_ROBOT": "ftp://x/very-secret"}, "GONGDA_FEISHU_ROBOT"),
        ({"GONGDA_DINGTALK_ROBOT": "https://x/ very-secret"}, "GONGDA_DINGTALK_ROBOT"),
        ({"GONGDA_SMTP_URL": "mail.example:very-secret"}, "GONGDA_SMTP_URL"),
        (MAIL, "GONGDA_MAIL_TO"),
        ({**MAIL, "GONGDA_MAIL_TO": "张敏"}, "邮箱地址"),
        ({"GONGDA_WEBHOOK_URL": "https://x/very-secret"}, "GONGDA_WEBHOOK_SECRET"),
        ({"GONGDA_WEBHOOK_URL": "https://x", "GONGDA_WEBHOOK_SECRET": "whsec_very-secret-not-b64"}, "Base64"),
        ({"GONGDA_WEBHOOK_URL": "https://x:port", "GONGDA_WEBHOOK_SECRET": "0123456789abcdef"}, "GONGDA_WEBHOOK_URL"),
        ({"GONGDA_PUBLIC_URL": "kf.example"}, "GONGDA_PUBLIC_URL"),
    ],
)
def test_a_mistake_is_told_by_name_and_never_by_value(
    environment: pytest.MonkeyPatch, values: dict[str, str], said: str
) -> None:
    given = settings(environment, values)

    with pytest.raises(BadSetting, match=said) as caught:
        check(given)

    assert "very-secret" not in str(caught.value)
    assert "very-secret" not in repr(given)


async def test_no_log_shows_the_key(environment: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    given = settings(environment, {"GONGDA_WECOM_ROBOT": "http://127.0.0.1:1/send?key=very-secret"})
    async with connect() as http:
        with pytest.raises(NotDelivered) as caught:
            await senders(given, http, system_clock)["wecom"].send(Message("a"))

    assert "very-secret" not in f"{caught.value!r} {caught.value} {caplog.text}"
