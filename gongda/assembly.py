"""Settings -> the processes' applications. Each factory is what uvicorn's `--factory` calls."""

from __future__ import annotations

from fastapi import FastAPI

from actions.app import create_app as create_actions
from actions.live import LiveKnowledge
from actions.settings import ActionsSettings
from desk.clock import system_clock
from desk.database import Database
from desk.outbox import Delivery
from gateway.answers import HttpAnswers
from gateway.app import create_app as create_gateway
from gateway.channels.wechat.api import connect
from gateway.channels.wechat.client import WeChatClient
from gateway.channels.wechat.delivery import KIND as WECHAT_TEXT
from gateway.channels.wechat.delivery import deliver as delivery_to_wechat
from gateway.channels.wechat.late import KIND as WECHAT_LATE
from gateway.channels.wechat.late import fulfil
from gateway.engine import HttpEngine
from gateway.hub import Hub
from gateway.services import Services
from gateway.settings import GatewaySettings
from gateway.wording import Wording
from gongda.deliveries import Deliveries, Send
from gongda.logs import configure_logs
from gongda.policy import load_policy
from gongda.retrieving import live
from gongda.secrets import Secrets
from gongda.settings import Settings, load_settings
from gongda.wechat import wechat_settings


def gateway() -> FastAPI:
    """The gateway's process."""
    configure_logs("gateway")
    settings = load_settings()
    secrets = Secrets(settings.var / "secrets")
    return create_gateway(services(settings, secrets), secrets.get("api_key"))


def actions() -> FastAPI:
    """The action server's process."""
    configure_logs("actions")
    settings = load_settings()
    token = Secrets(settings.var / "secrets").get("actions_token")
    wanted = ActionsSettings(index=settings.index, token=token, encoder=settings.encoder)
    return create_actions(wanted, LiveKnowledge(live(settings)))


def services(settings: Settings, secrets: Secrets) -> Services:
    """The gateway's parts over the real neighbours."""
    wanted = gateway_settings(settings, secrets)
    return Services(
        db=Database(settings.database).open(),
        clock=system_clock,
        engine=HttpEngine(wanted.engine_url, wanted.engine_deadline),
        answers=HttpAnswers(wanted.actions_url, wanted.actions_token, wanted.answer_deadline),
        hub=Hub(),
        hours=load_policy(settings.root / settings.support).hours,
        wording=Wording.load(),
        settings=wanted,
    )


def gateway_settings(settings: Settings, secrets: Secrets) -> GatewaySettings:
    """What of the settings concerns the gateway."""
    return GatewaySettings(
        engine_url=settings.engine_url,
        actions_url=settings.actions_url,
        actions_token=secrets.get("actions_token"),
        secret=secrets.get("session_secret"),
        secure_cookies=settings.secure_cookies,
        allowed_origins=settings.origins,
        wechat=wechat_settings(settings),
    )


def deliveries(settings: Settings) -> Deliveries:
    """What the worker sends, over the real senders."""
    database = Database(settings.database).open()
    wechat = wechat_settings(settings)
    if wechat is None:
        return Deliveries(database, system_clock, {}, _nothing_to_close)
    http = connect(wechat)
    client = WeChatClient(wechat, http, system_clock)

    wording = Wording.load()

    async def send(delivery: Delivery) -> object:
        return await delivery_to_wechat(delivery, client, database, system_clock)

    async def keep_promise(delivery: Delivery) -> object:
        return await fulfil(delivery, database, wording, system_clock, pushes=wechat.customer_service)

    senders: dict[str, Send] = {WECHAT_TEXT: send, WECHAT_LATE: keep_promise}
    return Deliveries(database, system_clock, senders, http.aclose)


async def _nothing_to_close() -> None:
    """No account, no connections."""
