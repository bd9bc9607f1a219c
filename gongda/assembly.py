"""Settings -> the processes' applications. Each factory is what uvicorn's `--factory` calls."""

from __future__ import annotations

from fastapi import FastAPI

from actions.app import create_app as create_actions
from actions.live import LiveKnowledge
from actions.settings import ActionsSettings
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
from gongda.clocks import clock_of
from gongda.deliveries import Deliveries, Send
from gongda.knowledge.jobs import Jobs
from gongda.logs import configure_logs
from gongda.policy import KnowledgeRules, load_policy
from gongda.product.showing import shown, wording
from gongda.retrieving import live
from gongda.secrets import Secrets
from gongda.settings import Settings, load_settings, share_product
from gongda.timers import timers
from gongda.wechat import wechat_settings
from gongda.worker import Timer


def gateway() -> FastAPI:
    """The gateway's process."""
    configure_logs("gateway")
    settings = load_settings()
    share_product(settings)
    secrets = Secrets(settings.var / "secrets")
    return create_gateway(services(settings, secrets), secrets.get("api_key"))


def actions() -> FastAPI:
    """The action server's process."""
    configure_logs("actions")
    settings = load_settings()
    share_product(settings)
    token = Secrets(settings.var / "secrets").get("actions_token")
    wanted = ActionsSettings(index=settings.index, token=token, encoder=settings.encoder)
    return create_actions(wanted, LiveKnowledge(live(settings)))


def services(settings: Settings, secrets: Secrets) -> Services:
    """The gateway's parts over the real neighbours."""
    policy = load_policy(settings.root / settings.support)
    wanted = gateway_settings(settings, secrets, policy.knowledge)
    return Services(
        db=Database(settings.database).open(),
        clock=clock_of(settings),
        engine=HttpEngine(wanted.engine_url, wanted.engine_deadline),
        answers=HttpAnswers(wanted.actions_url, wanted.actions_token, wanted.answer_deadline),
        hub=Hub(),
        hours=policy.hours,
        wording=wording(settings),
        settings=wanted,
        contacts=policy.contacts,
        shown=shown(settings),
    )


def gateway_settings(settings: Settings, secrets: Secrets, rules: KnowledgeRules) -> GatewaySettings:
    """What of settings and policy concerns the gateway."""
    return GatewaySettings(
        engine_url=settings.engine_url,
        actions_url=settings.actions_url,
        actions_token=secrets.get("actions_token"),
        secret=secrets.get("session_secret"),
        secure_cookies=settings.secure_cookies,
        allowed_origins=settings.origins,
        wechat=wechat_settings(settings),
        four_eyes=rules.four_eyes,
        review_days=rules.review_days,
        index=settings.index,
        uploads=settings.uploads,
    )


def deliveries(settings: Settings) -> Deliveries:
    """What the worker sends, over the real senders."""
    database, clock = Database(settings.database).open(), clock_of(settings)
    wechat = wechat_settings(settings)
    if wechat is None:
        return Deliveries(database, clock, {}, _nothing_to_close)
    http = connect(wechat)
    client = WeChatClient(wechat, http, clock)

    said = wording(settings)

    async def send(delivery: Delivery) -> object:
        return await delivery_to_wechat(delivery, client, database, clock)

    async def keep_promise(delivery: Delivery) -> object:
        return await fulfil(delivery, database, said, clock, pushes=wechat.customer_service)

    senders: dict[str, Send] = {WECHAT_TEXT: send, WECHAT_LATE: keep_promise}
    return Deliveries(database, clock, senders, http.aclose)


def knowledge_timers(settings: Settings) -> tuple[tuple[Timer, ...], Jobs]:
    """What the worker looks after for the knowledge base."""
    wechat = wechat_settings(settings)
    pushes = wechat is not None and wechat.customer_service
    contacts = load_policy(settings.root / settings.support).contacts
    clock = clock_of(settings)
    return timers(Database(settings.database).open(), clock, wording(settings), contacts, pushes=pushes)


async def _nothing_to_close() -> None:
    """No account, no connections."""
