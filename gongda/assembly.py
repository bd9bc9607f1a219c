"""Settings -> the processes' applications. Each factory is what uvicorn's `--factory` calls."""

from __future__ import annotations

from dataclasses import replace

from fastapi import FastAPI

from actions.app import create_app as create_actions
from actions.live import LiveKnowledge
from actions.settings import ActionsSettings
from desk.calendar import LiveHours
from desk.database import Database
from gateway.answers import HttpAnswers
from gateway.app import create_app as create_gateway
from gateway.channels.known import all_channels
from gateway.engine import HttpEngine
from gateway.hub import Hub
from gateway.rules import ServiceRules
from gateway.services import Services
from gateway.settings import GatewaySettings
from gongda.clocks import clock_of
from gongda.logs import configure_logs
from gongda.notifying import public_url, targets
from gongda.policy import KnowledgeRules, Policy, load_policy
from gongda.product.showing import shown, wording
from gongda.retrieving import live
from gongda.secrets import Secrets
from gongda.settings import Settings, load_settings, share_product
from gongda.wechat import pushes, wechat_settings


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
    database, clock, said = Database(settings.database).open(), clock_of(settings), wording(settings)
    return Services(
        db=database,
        clock=clock,
        engine=HttpEngine(wanted.engine_url, wanted.engine_deadline),
        answers=HttpAnswers(wanted.actions_url, wanted.actions_token, wanted.answer_deadline),
        hub=Hub(),
        calendar=LiveHours(database, policy.hours, clock),
        wording=said,
        settings=wanted,
        contacts=policy.contacts,
        channels=all_channels(said, pushes=pushes(wanted.wechat), msgmenu=policy.service.wechat.msgmenu),
        shown=shown(settings),
        rules=service_rules(settings, policy),
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
        files=settings.files,
        identity_secret=settings.identity_secret.get_secret_value() if settings.identity_secret else "",
        public_url=public_url(settings),
    )


def service_rules(settings: Settings, policy: Policy) -> ServiceRules:
    """The operator's rules, told only to the targets that are set up."""
    return replace(policy.service, routes=policy.service.routes.among(targets(settings)))
