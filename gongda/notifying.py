"""Settings -> who is told what happens: robots, e-mail, the operator's own system.

Addresses of robots contain their keys, so no error here repeats a value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx2
from pydantic import SecretStr

from desk.clock import Clock, system_clock
from desk.database import Database
from desk.outbox import Delivery
from gateway.notifications.dingtalk import DingTalkRobot
from gateway.notifications.feishu import FeishuRobot
from gateway.notifications.mail import Mailbox, Mailer, SmtpServer
from gateway.notifications.posting import connect
from gateway.notifications.routes import TARGETS
from gateway.notifications.sending import PER_MINUTE, Notifier, Sender
from gateway.notifications.staff import KINDS
from gateway.notifications.webhook import KIND as WEBHOOK
from gateway.notifications.webhook import Webhook, key_of
from gateway.notifications.wecom import WeComRobot
from gateway.wording import Wording
from gongda.deliveries import Send
from gongda.errors import BadSetting
from gongda.settings import Settings

VARIABLES: Mapping[str, str] = {
    "wecom": "GONGDA_WECOM_ROBOT",
    "dingtalk": "GONGDA_DINGTALK_ROBOT",
    "feishu": "GONGDA_FEISHU_ROBOT",
    "email": "GONGDA_SMTP_URL",
}
_SHORTEST_SECRET = 16  # characters


@dataclass(frozen=True)
class Notifying:
    """What the worker sends besides customers' messages; `http` is to be closed by whoever asked for this."""

    senders: Mapping[str, Send]
    http: httpx2.AsyncClient


def notifying(settings: Settings, database: Database, clock: Clock, wording: Wording) -> Notifying:
    """A sender for every kind there may be: rows for a target that was taken out fail visibly. Raises BadSetting."""
    http = connect()
    reached, webhook = senders(settings, http, clock), _webhook(settings, http, clock)
    notifier = Notifier(database, clock, wording, public_url(settings))
    kinds: dict[str, Send] = {KINDS[target]: _telling(notifier, reached.get(target)) for target in TARGETS}

    async def call(delivery: Delivery) -> object:
        return await (notifier.call(delivery, webhook) if webhook else notifier.refuse(delivery))

    return Notifying({**kinds, WEBHOOK: call}, http)


def targets(settings: Settings) -> tuple[str, ...]:
    """The targets that are set up, for `Routes.default`."""
    return tuple(target for target, variable in VARIABLES.items() if _value(settings, variable))


def senders(settings: Settings, http: httpx2.AsyncClient, clock: Clock) -> Mapping[str, Sender]:
    """By target. Raises BadSetting."""
    makers: Mapping[str, Callable[[str], Sender]] = {
        "wecom": lambda url: WeComRobot(_address(url, "GONGDA_WECOM_ROBOT"), http),
        "dingtalk": lambda url: DingTalkRobot(
            _address(url, "GONGDA_DINGTALK_ROBOT"), _plain(settings.dingtalk_secret), http, clock
        ),
        "feishu": lambda url: FeishuRobot(
            _address(url, "GONGDA_FEISHU_ROBOT"), _plain(settings.feishu_secret), http, clock
        ),
        "email": lambda url: Mailer(_server(url), _mailbox(settings), clock),
    }
    return {target: makers[target](_value(settings, VARIABLES[target])) for target in targets(settings)}


def public_url(settings: Settings) -> str:
    """Without a slash at its end; empty where nobody said. Raises BadSetting."""
    given = settings.public_url.strip().rstrip("/")
    return _address(given, "GONGDA_PUBLIC_URL") if given else ""


def has_webhook(settings: Settings) -> bool:
    """Whether tickets' events are to be recorded for the operator's own system."""
    return bool(_plain(settings.webhook_url))


def check(settings: Settings) -> None:
    """Raises BadSetting for the first thing about notifications that is wrong, before anything starts."""
    unused = connect()  # it opens nothing before its first request
    public_url(settings)
    senders(settings, unused, system_clock)
    _webhook(settings, unused, system_clock)


def _telling(notifier: Notifier, sender: Sender | None) -> Send:
    async def send(delivery: Delivery) -> object:
        if sender is None:
            return await notifier.refuse(delivery)
        return await notifier.tell(delivery, sender, per_minute=None if sender.target == "email" else PER_MINUTE)

    return send


def _webhook(settings: Settings, http: httpx2.AsyncClient, clock: Clock) -> Webhook | None:
    url, secret = _plain(settings.webhook_url), _plain(settings.webhook_secret)
    if not url:
        return None
    if len(secret) < _SHORTEST_SECRET:
        raise BadSetting(
            f"设置了 GONGDA_WEBHOOK_URL，还要设置 GONGDA_WEBHOOK_SECRET（至少 {_SHORTEST_SECRET} 个字符），用来签名"
        )
    try:
        key_of(secret)
    except ValueError as error:
        raise BadSetting("GONGDA_WEBHOOK_SECRET 以 whsec_ 开头时，后面必须是 Base64") from error
    return Webhook(_address(url, "GONGDA_WEBHOOK_URL"), secret, http, clock)


def _server(url: str) -> SmtpServer:
    try:
        return SmtpServer.parse(url)
    except ValueError:
        raise BadSetting(
            "GONGDA_SMTP_URL 应写成 smtp://用户名:密码@主机:587 或 smtps://用户名:密码@主机:465；"
            "用户名、密码里的 @ : / 要写成 %40 %3A %2F"
        ) from None


def _mailbox(settings: Settings) -> Mailbox:
    recipients = tuple(one.strip() for one in settings.mail_to.replace("，", ",").split(",") if one.strip())
    if not settings.mail_from.strip() or not recipients:
        raise BadSetting(
            "设置了 GONGDA_SMTP_URL，还要设置 GONGDA_MAIL_FROM（发件人）和 GONGDA_MAIL_TO（收件人，逗号分隔）"
        )
    try:
        return Mailbox(settings.mail_from.strip(), recipients)
    except (ValueError, IndexError) as error:
        raise BadSetting("GONGDA_MAIL_FROM、GONGDA_MAIL_TO 里只能写邮箱地址，例如 support@jiangheng.example") from error


def _address(url: str, variable: str) -> str:
    """Raises BadSetting, without the value."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not url.isascii() or any(char.isspace() for char in url):
        raise BadSetting(f"{variable} 应是完整的网址，以 https:// 或 http:// 开头")
    return url


def _value(settings: Settings, variable: str) -> str:
    return _plain(getattr(settings, variable.removeprefix("GONGDA_").lower()))


def _plain(secret: SecretStr | None) -> str:
    return secret.get_secret_value().strip() if secret else ""
