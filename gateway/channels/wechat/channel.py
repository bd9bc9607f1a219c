"""One message from WeChat: store it, wait for its turn as long as WeChat waits, answer it once."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from desk.clock import Clock
from desk.errors import ConflictingRepeat, DeskError, StoreError
from desk.outbox import Delivery
from gateway.channels.wechat.errors import NotStored
from gateway.channels.wechat.exchanges import Exchanges
from gateway.channels.wechat.ledger import Ledger, Recipient, Standing
from gateway.channels.wechat.passive import Framing, arrange
from gateway.channels.wechat.phrases import Phrases
from gateway.channels.wechat.reading import Reading, read
from gateway.channels.wechat.settings import TEXT_LIMIT, WeChatSettings
from gateway.channels.wechat.splitting import cut, size
from gateway.channels.wechat.text import render
from gateway.channels.wechat.xml import InboundXml
from gateway.errors import GatewayError
from gateway.turns.flow import Accepted, Inbox, Incoming, Outcome
from gateway.wording import Wording

log = logging.getLogger(__name__)

_TURNS_REMEMBERED = 10_000


@dataclass(frozen=True)
class PassiveReply:
    """What the HTTP answer says; empty is `success`. `brought` are outbox rows that it settles."""

    text: str = ""
    brought: tuple[Delivery, ...] = ()


@dataclass(frozen=True)
class _Asked:
    """A stored message, and when its answer is due on the event loop's clock."""

    reading: Reading
    accepted: Accepted
    to: Recipient
    due: float


class WeChatChannel:
    """The channel's interface: `answer` for each delivery, `delivered` once its HTTP answer is out, `aclose`."""

    def __init__(self, settings: WeChatSettings, flow: Inbox, ledger: Ledger, wording: Wording, clock: Clock) -> None:
        self._settings = settings
        self._flow = flow
        self._ledger = ledger
        self._wording = wording
        self._exchanges: Exchanges[PassiveReply] = Exchanges(clock, keep=timedelta(seconds=settings.remember))
        self._told: OrderedDict[str, str] = OrderedDict()  # turn id -> the message whose delivery carries its replies
        self._following: set[asyncio.Task[None]] = set()

    async def answer(self, inbound: InboundXml) -> PassiveReply:
        """The same for every delivery of a message, computed once; never raises for what the flow or the desk does."""
        try:
            return await self._exchanges.share(inbound.message_id, lambda: self._answer(inbound))
        except NotStored as error:
            log.error("微信消息未能保存，已请用户重发：%s", error)
            return PassiveReply(self._phrases().text("not_stored"))

    async def delivered(self, reply: PassiveReply) -> None:
        """The reply went out while WeChat was listening; without this call its rows go back to the outbox."""
        if not reply.brought:
            return
        try:
            await self._ledger.brought(reply.brought)
        except StoreError:
            log.exception("补发的消息已送出，但没能记下；租约到期后会再发一次")

    async def idle(self) -> None:
        """Wait until no late answer is being waited for."""
        await asyncio.gather(*self._following)

    async def aclose(self) -> None:
        """Stop waiting for late answers; the worker keeps their promises."""
        for task in tuple(self._following):
            task.cancel()
        await asyncio.gather(*self._following, return_exceptions=True)
        await self._exchanges.cancel()

    async def _answer(self, inbound: InboundXml) -> PassiveReply:
        due = asyncio.get_running_loop().time() + self._settings.passive_deadline
        reading = await self._wish_for_more(read(inbound))
        if reading.incoming is None:
            return PassiveReply(self._phrases().text(reading.remark) if reading.remark else "")
        try:
            accepted = await self._receive(reading.incoming)
        except ConflictingRepeat as error:
            log.warning("%s", error)
            return PassiveReply()
        except GatewayError as error:
            return PassiveReply(self._phrases().refusal(error.key, **error.values))
        asked = _Asked(reading, accepted, Recipient(accepted.conversation_id, inbound.openid, inbound.message_id), due)
        try:
            return await self._react(asked)
        except Exception:
            # The message is stored; nothing that goes wrong from here on may make WeChat tell of a broken service.
            log.exception("微信消息 %s 已保存，但回复时出错", accepted.message_id)
            return PassiveReply()

    async def _wish_for_more(self, reading: Reading) -> Reading:
        """继续 asks for what is owed, if anything is; the bot would not know what to make of it."""
        incoming = reading.incoming
        if incoming is None or incoming.text.strip() not in self._phrases().words("continue_words"):
            return reading
        try:
            standing = await self._ledger.known(incoming.external_user)
        except StoreError as error:
            raise NotStored(str(error)) from error
        if standing is None or not standing.owed:
            return reading
        return Reading(replace(incoming, kind="event"), remark="")

    async def _receive(self, incoming: Incoming) -> Accepted:
        try:
            return await self._flow.receive(incoming)
        except (GatewayError, ConflictingRepeat):
            raise
        except DeskError as error:
            raise NotStored(str(error)) from error
        except Exception as error:
            log.exception("接收微信消息时出错")
            raise NotStored(f"{type(error).__name__} while storing") from error

    async def _react(self, asked: _Asked) -> PassiveReply:
        if asked.reading.remark is not None:
            standing = await self._ledger.standing(asked.accepted.conversation_id)
            text = "" if _with_humans(standing) else self._remark(asked.reading.remark, standing)
            return await self._reply(asked, standing, f"message:{asked.accepted.message_id}", text)
        outcome = await self._outcome(asked)
        if outcome is None:
            return await self._late(asked)
        standing = await self._ledger.standing(asked.accepted.conversation_id)
        return await self._reply(asked, standing, outcome.turn_id, self._said(asked, outcome, standing))

    async def _outcome(self, asked: _Asked) -> Outcome | None:
        left = asked.due - asyncio.get_running_loop().time()
        try:
            return await self._flow.outcome(asked.accepted, max(0.0, left))
        except Exception:
            log.exception("微信消息 %s 的处理结果取不到，稍后补发", asked.accepted.message_id)
            return None

    async def _reply(self, asked: _Asked, standing: Standing, key: str, text: str) -> PassiveReply:
        if not standing.owed and size(text) <= TEXT_LIMIT:
            return PassiveReply(text)
        framing = self._framing(standing)
        try:
            made, brought = await self._ledger.settle(asked.to, key, lambda owed: arrange(owed, text, framing))
        except DeskError:
            log.exception("微信回复的后半部分没能排队")
            return PassiveReply(cut(text)[0])
        return PassiveReply(made, brought)

    async def _late(self, asked: _Asked) -> PassiveReply:
        """`success` and a push; an account that cannot push says that it is still looking."""
        promise: tuple[Delivery, ...] = ()
        try:
            promise = await self._ledger.promise(asked.accepted, asked.to.openid, self._settings.late_patience)
        except StoreError:
            log.exception("迟到的答复没能登记，只能由本进程补发")
        task = asyncio.create_task(self._follow(asked, promise))
        self._following.add(task)
        task.add_done_callback(self._following.discard)
        return PassiveReply("" if self._settings.customer_service else self._phrases().text("waiting"))

    async def _follow(self, asked: _Asked, promise: Sequence[Delivery]) -> None:
        try:
            outcome = await self._flow.outcome(asked.accepted, self._settings.late_patience)
            if outcome is None:
                log.warning("微信消息 %s 仍没有处理结果，留给后台进程补发", asked.accepted.message_id)
                return
            standing = await self._ledger.standing(asked.accepted.conversation_id)
            text = self._said(asked, outcome, standing)
            await self._ledger.keep(promise, asked.to, outcome.turn_id, text)
        except Exception:
            log.exception("微信消息 %s 的迟到答复没能排队，留给后台进程补发", asked.accepted.message_id)

    def _said(self, asked: _Asked, outcome: Outcome, standing: Standing) -> str:
        """The turn's replies, for the first of its messages that asks: a burst is answered once."""
        if not outcome.replies or not self._first_to_tell(outcome.turn_id, asked.to.message_id):
            return ""
        return render(outcome.replies, self._phrases(standing))

    def _first_to_tell(self, turn_id: str, message_id: str) -> bool:
        while len(self._told) >= _TURNS_REMEMBERED:
            self._told.popitem(last=False)
        return self._told.setdefault(turn_id, message_id) == message_id

    def _remark(self, key: str, standing: Standing) -> str:
        return self._phrases(standing).text(key) if key else ""

    def _framing(self, standing: Standing) -> Framing:
        phrases = self._phrases(standing)
        more = "continued_pushed" if self._settings.customer_service else "continued_asked"
        return Framing(phrases.text("earlier"), phrases.text(more))

    def _phrases(self, standing: Standing | None = None) -> Phrases:
        if standing is None:
            return Phrases(self._wording)
        return Phrases(self._wording, standing.conversation.script, standing.conversation.region)


def _with_humans(standing: Standing) -> bool:
    return standing.conversation.state in ("waiting", "human")
