"""Settings -> what the worker does: deliveries and timers."""

from __future__ import annotations

from desk.calendar import LiveHours
from desk.database import Database
from desk.outbox import Delivery
from gateway.channels.wechat.api import connect
from gateway.channels.wechat.client import WeChatClient
from gateway.channels.wechat.delivery import KIND as WECHAT_TEXT
from gateway.channels.wechat.delivery import deliver as delivery_to_wechat
from gateway.channels.wechat.late import KIND as WECHAT_LATE
from gateway.channels.wechat.late import fulfil
from gateway.timers.timed_desk import TimedDesk
from gongda.assembly import service_rules
from gongda.clocks import clock_of
from gongda.deliveries import Deliveries, Send
from gongda.desk_timers import desk_timers
from gongda.knowledge.jobs import Jobs
from gongda.notifying import has_webhook, notifying, public_url
from gongda.policy import load_policy
from gongda.product.showing import wording
from gongda.secrets import Secrets
from gongda.settings import Settings
from gongda.timers import timers
from gongda.wechat import wechat_settings
from gongda.worker import Timer


def deliveries(settings: Settings) -> Deliveries:
    """What the worker sends, over the real senders."""
    database, clock, said = Database(settings.database).open(), clock_of(settings), wording(settings)
    team = notifying(settings, database, clock, said)
    wechat = wechat_settings(settings)
    if wechat is None:
        return Deliveries(database, clock, team.senders, team.http.aclose)
    http = connect(wechat)
    client = WeChatClient(wechat, http, clock)

    async def send(delivery: Delivery) -> object:
        return await delivery_to_wechat(delivery, client, database, clock)

    async def keep_promise(delivery: Delivery) -> object:
        return await fulfil(delivery, database, said, clock, pushes=wechat.customer_service)

    async def close() -> None:
        await http.aclose()
        await team.http.aclose()

    senders: dict[str, Send] = {**team.senders, WECHAT_TEXT: send, WECHAT_LATE: keep_promise}
    return Deliveries(database, clock, senders, close)


def all_timers(settings: Settings) -> tuple[tuple[Timer, ...], Jobs]:
    """What the worker looks after, and the jobs that are to be stopped with it."""
    policy, clock, said = load_policy(settings.root / settings.support), clock_of(settings), wording(settings)
    database, wechat = Database(settings.database).open(), wechat_settings(settings)
    pushes = wechat is not None and wechat.customer_service
    knowledge, work = timers(database, clock, said, policy.contacts, pushes=pushes)
    desk = TimedDesk(
        db=database,
        clock=clock,
        hours=policy.hours,
        wording=said,
        rules=service_rules(settings, policy),
        secret=Secrets(settings.var / "secrets").get("session_secret"),
        pushes=pushes,
        public_url=public_url(settings),
        webhook=has_webhook(settings),
    )
    return (*knowledge, *desk_timers(desk, LiveHours(database, policy.hours, clock))), work
