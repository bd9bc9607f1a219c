"""A hand-off to WeChat's own desk (转发消息到客服): `transfer_customer_service` with the agent's KfAccount.

From then on the follower's messages go there and not to us, until the session is closed there or nobody has said
anything for 30 minutes. https://developers.weixin.qq.com/doc/service/guide/product/kf/forwarding.html
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from desk import agents, tickets
from desk.clock import Clock
from desk.database import Database
from desk.errors import NotFound
from desk.session import Session
from desk.tickets import Ticket
from gateway.channels.wechat.rules import WeChatRules
from gateway.turns.flow import Outcome
from gateway.wording import Wording

Working = Callable[[datetime], bool]


class Transfers:
    """Decides who is handed over. `working` None: there is no working time, and nobody is."""

    def __init__(
        self, database: Database, clock: Clock, wording: Wording, rules: WeChatRules, working: Working | None
    ) -> None:
        self._database = database
        self._clock = clock
        self._wording = wording
        self._rules = rules
        self._working = working

    async def account(self, outcome: Outcome) -> str:
        """The account that takes over with this turn, noted on its ticket once; empty when nobody does.

        Raises StoreError.
        """
        number = _number(outcome)
        if not number or self._rules.transfer != "agent":
            return ""
        return await asyncio.to_thread(self._account, number, outcome.turn_id)

    def _account(self, number: str, turn_id: str) -> str:
        now = self._clock()
        if self._working is None or not self._working(now):
            return ""
        with self._database.write() as session:
            try:
                ticket = tickets.get(session, number)
            except NotFound:
                return ""
            account = _kf_account(session, ticket)
            if account and tickets.once(session, number, f"wechat:transfer:{turn_id}", {"to": account}, now=now):
                note = self._wording.text("wechat.transferred_note", account=account)
                tickets.note(session, number, note, by="bot", now=now)
            return account


def _number(outcome: Outcome) -> str:
    """Of the ticket that this turn tells of, when it is told that a human answers here."""
    cards = [reply.payload.get("card") or {} for reply in outcome.replies if reply.kind == "ticket"]
    handed = any(reply.kind == "notice" for reply in outcome.replies)
    return str(cards[-1].get("number") or "") if cards and handed else ""


def _kf_account(session: Session, ticket: Ticket) -> str:
    """Of the agent who has the ticket; empty when it is closed, nobody's, or not a hand-off of the conversation."""
    if ticket.assignee_id is None or not ticket.open or not ticket.handoff:
        return ""
    agent = agents.get(session, ticket.assignee_id)
    return (agent.wechat_kf or "") if agent.active else ""
