"""Settings -> what the worker does: deliveries and timers."""

from __future__ import annotations

from desk.calendar import LiveHours
from desk.clock import Clock
from desk.database import Database
from gateway.attachments.files import Files
from gateway.care.pictures import PictureReader
from gateway.channels.channel import Channels
from gateway.channels.known import all_channels
from gateway.channels.wechat.adapter import WeChatSender
from gateway.channels.wechat.calls.api import connect
from gateway.channels.wechat.calls.client import WeChatClient
from gateway.channels.wechat.delivering.media import Keeping
from gateway.timers.timed_desk import TimedDesk
from gateway.wording import Wording
from gongda.assembly import service_rules
from gongda.clocks import clock_of
from gongda.deliveries import Deliveries, Send
from gongda.desk_timers import desk_timers
from gongda.knowledge.jobs import Jobs
from gongda.notifying import has_webhook, notifying, public_url
from gongda.policy import Policy, load_policy
from gongda.product.showing import wording
from gongda.secrets import Secrets
from gongda.settings import Settings
from gongda.timers import timers
from gongda.wechat import pushes, wechat_settings
from gongda.worker import Timer


def deliveries(settings: Settings) -> Deliveries:
    """What the worker sends, over the real senders."""
    database, clock, said = Database(settings.database).open(), clock_of(settings), wording(settings)
    team = notifying(settings, database, clock, said)
    wechat = wechat_settings(settings)
    if wechat is None:
        return Deliveries(database, clock, team.senders, team.http.aclose)
    http = connect(wechat)
    policy = load_policy(settings.root / settings.support)
    reader = _reader(settings, policy, database, clock, said)
    keeping = Keeping(reader.files, limits=policy.service.attachments, look=reader.look)
    sender = WeChatSender(WeChatClient(wechat, http, clock), database, clock, said, keeping)

    async def close() -> None:
        await http.aclose()
        await team.http.aclose()

    senders: dict[str, Send] = {**team.senders, **dict.fromkeys(sender.kinds, sender.send)}
    return Deliveries(database, clock, senders, close)


def _reader(settings: Settings, policy: Policy, database: Database, clock: Clock, said: Wording) -> PictureReader:
    """Of what followers send; the gateway has its own for the widget."""
    return PictureReader(
        db=database,
        clock=clock,
        wording=said,
        channels=_channels(settings, policy, said),
        files=Files(settings.files),
        index=settings.index,
        command=policy.service.attachments.ocr_command,
    )


def _channels(settings: Settings, policy: Policy, said: Wording) -> Channels:
    return all_channels(said, pushes=pushes(wechat_settings(settings)), msgmenu=policy.service.wechat.msgmenu)


def all_timers(settings: Settings) -> tuple[tuple[Timer, ...], Jobs]:
    """What the worker looks after, and the jobs that are to be stopped with it."""
    policy, clock, said = load_policy(settings.root / settings.support), clock_of(settings), wording(settings)
    database = Database(settings.database).open()
    channels = _channels(settings, policy, said)
    knowledge, work = timers(database, clock, said, policy.contacts, channels)
    desk = TimedDesk(
        db=database,
        clock=clock,
        hours=policy.hours,
        wording=said,
        rules=service_rules(settings, policy),
        secret=Secrets(settings.var / "secrets").get("session_secret"),
        channels=channels,
        public_url=public_url(settings),
        webhook=has_webhook(settings),
        files=Files(settings.files),
    )
    return (*knowledge, *desk_timers(desk, LiveHours(database, policy.hours, clock))), work
