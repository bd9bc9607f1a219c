"""What stands between followers and the bot, put together: reception, remarks, pressed options, hand-overs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from desk.clock import Clock
from desk.database import Database
from gateway.channels.wechat.hearing.options import MenuChoices
from gateway.channels.wechat.hearing.reception import Reception
from gateway.channels.wechat.hearing.remarks import Remarks
from gateway.channels.wechat.hearing.transfer import Transfers, Working
from gateway.channels.wechat.rules import WeChatRules
from gateway.wording import Wording
from zhtext.contacts import AllowList


@dataclass(frozen=True)
class Front:
    """The parts, over one desk."""

    reception: Reception
    remarks: Remarks
    choices: MenuChoices
    transfers: Transfers

    @classmethod
    def of(
        cls,
        database: Database,
        clock: Clock,
        wording: Wording,
        *,
        rules: WeChatRules | None = None,
        contacts: AllowList | None = None,
        working: Working | None = None,
        notify: Callable[[int], None] | None = None,
    ) -> Front:
        """`contacts` are the ones that titles may name; `working` tells working time; `notify` wakes open consoles."""
        known = rules or WeChatRules()
        return cls(
            reception=Reception(database, clock, wording, known, contacts or AllowList(), notify),
            remarks=Remarks(database, clock, wording),
            choices=MenuChoices(database),
            transfers=Transfers(database, clock, wording, known, working),
        )
