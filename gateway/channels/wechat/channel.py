"""One message from WeChat: store it, wait for its turn as long as WeChat waits, answer it once."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import timedelta

from desk.clock import Clock
from desk.errors import ConflictingRepeat, DeskError, StoreError
from desk.outbox import Delivery
from gateway.channels.splitting import cut, size
from gateway.channels.wechat.delivering.late import Promised
from gateway.channels.wechat.delivering.ledger import Ledger, Recipient, Standing
from gateway.channels.wechat.errors import NotStored
from gateway.channels.wechat.exchanges import Exchanges
from gateway.channels.wechat.hearing.front import Front
from gateway.channels.wechat.hearing.reading import CLICK, Reading, read
from gateway.channels.wechat.hearing.reception import Received
from gateway.channels.wechat.passive import Arrangement, Framing, PassiveReply, arrange
from gateway.channels.wechat.phrases import Phrases
from gateway.channels.wechat.settings import TEXT_LIMIT, WeChatSettings
from gateway.channels.wechat.wire.xml import EventXml, InboundXml
from gateway.channels.words import render
from gateway.errors import GatewayError
from gateway.turns.flow import Accepted, Inbox, Incoming, Outcome
from gateway.wording import Wording

log = logging.getLogger(__name__)

_DELIVERIES, _MARGIN = 3, 5.0  # WeChat's tries, each until its cut; seconds on top


@dataclass(frozen=True)
class _Asked:
    """A stored message, and when its answer is due on the event loop's clock."""

    inbound: InboundXml
    reading: Reading
    accepted: Accepted
    to: Recipient
    due: float


class WeChatChannel:
    """The channel's interface: `resume` at the start, `answer` for each delivery, `delivered` once its HTTP answer is
    out, `aclose`."""

    def __init__(
        self,
        settings: WeChatSettings,
        flow: Inbox,
        ledger: Ledger,
        wording: Wording,
        clock: Clock,
        front: Front | None = None,
    ) -> None:
        self._settings = settings
        self._flow = flow
        self._ledger = ledger
        self._wording = wording
        self._front = front or Front.of(ledger.database, clock, wording)
        self._exchanges: Exchanges[PassiveReply] = Exchanges(clock, keep=timedelta(seconds=settings.remember))
        self._following: set[asyncio.Task[None]] = set()
        self._tried_within = timedelta(seconds=_DELIVERIES * settings.cut + _MARGIN)

    async def answer(self, inbound: InboundXml) -> PassiveReply:
        """The same for every delivery of a message, computed once; never raises for what the flow or the desk does."""
        try:
            key = f"{inbound.openid} {inbound.message_id}"  # an answer is for nobody else, whatever a body claims
            return await self._exchanges.share(key, lambda: self._answer(inbound))
        except NotStored as error:
            log.error("微信消息未能保存，已请用户重发：%s", error)
            return PassiveReply(Phrases.to(self._wording, inbound).text("not_stored"))

    async def delivered(self, reply: PassiveReply) -> None:
        """The reply went out while WeChat was listening; without this call its rows go back to the outbox."""
        if not reply.brought and reply.answers is None:
            return
        try:
            await self._ledger.brought(reply.brought, reply.answers)
        except StoreError:
            log.exception("回复已送出，但没能记下；到时会再发一次")

    async def resume(self) -> None:
        """At the start: nobody follows what the process before this one was to answer late. Raises StoreError."""
        left = await self._ledger.released()
        if left:
            log.info("%d 条承诺过的微信答复交给后台进程", left)

    async def idle(self) -> None:
        """Wait until no late answer is being waited for."""
        await asyncio.gather(*self._following)

    async def aclose(self) -> None:
        """Stop waiting for late answers; the worker keeps their promises."""
        await self._exchanges.cancel()  # before the others: each of them may still become late
        for task in tuple(self._following):
            task.cancel()
        await asyncio.gather(*self._following, return_exceptions=True)
        await self._ledger.idle()  # a promise written later would be held by nobody
        try:
            await self._ledger.released()
        except StoreError:
            log.exception("承诺没能交出，下次启动时交给后台进程")

    async def _answer(self, inbound: InboundXml) -> PassiveReply:
        due = asyncio.get_running_loop().time() + self._settings.passive_deadline
        if isinstance(inbound, EventXml) and inbound.event != CLICK:
            return await self._happened(inbound)
        reading = await self._picked(await self._wish_for_more(read(inbound)))
        if reading.incoming is None:
            return PassiveReply()
        if (listed := await self._listed(inbound, reading.incoming)) is not None:
            return listed
        try:
            accepted = await self._receive(reading.incoming)
        except ConflictingRepeat as error:
            log.warning("%s", error)
            return PassiveReply()
        except GatewayError as error:
            return PassiveReply(Phrases.to(self._wording, inbound).refusal(error.key, **error.values))
        to = Recipient(accepted.conversation_id, inbound.openid, inbound.message_id)
        asked = _Asked(inbound, reading, accepted, to, due)
        try:
            return await self._react(asked, by_event=isinstance(inbound, EventXml))
        except Exception:
            # The message is stored; nothing that goes wrong from here on may make WeChat tell of a broken service.
            log.exception("微信消息 %s 已保存，但回复时出错", accepted.message_id)
            return PassiveReply()

    async def _happened(self, inbound: EventXml) -> PassiveReply:
        """Somebody follows, scans or leaves. What cannot be kept is greeted all the same."""
        try:
            received = await self._front.reception.event(inbound)
        except Exception:
            log.exception("微信事件 %s 没能记下", inbound.event)
            greeting = {"subscribe": "subscribe", "SCAN": "scan"}.get(inbound.event)
            return PassiveReply(self._phrases().text(greeting) if greeting else "")
        return await self._told(inbound, received) if received else PassiveReply()

    async def _listed(self, inbound: InboundXml, incoming: Incoming) -> PassiveReply | None:
        """常见问题 needs no turn, unless a human or a form is there to hear it."""
        if incoming.kind != "text" or incoming.text.strip().casefold() not in self._phrases().words("faq_words"):
            return None
        try:
            received = await self._front.reception.questions(inbound, incoming.text)
        except Exception:
            log.exception("常见问题没能列出，当作一般的消息处理")
            return None
        return await self._told(inbound, received) if received else None

    async def _told(self, inbound: InboundXml, received: Received) -> PassiveReply:
        """What is owed comes first, then what is said to this."""
        to = Recipient(received.conversation_id, inbound.openid, inbound.message_id)
        try:
            standing = await self._ledger.standing(received.conversation_id, inbound.message_id)
            text = render(received.said, self._phrases(standing))
            return await self._reply(to, standing, f"event:{inbound.message_id}", text)
        except Exception:
            log.exception("微信事件 %s 已保存，但回复时出错", inbound.message_id)
            return PassiveReply("\n".join(one.text for one in received.said))

    async def _picked(self, reading: Reading) -> Reading:
        """A line of a msgmenu is a button: it says which option it is, whatever was offered since."""
        if not reading.pressed or reading.incoming is None:
            return reading
        try:
            choice = await self._front.choices.pressed(reading.incoming.external_user, reading.pressed)
        except StoreError as error:
            raise NotStored(str(error)) from error
        return replace(reading, incoming=replace(reading.incoming, choice=choice))

    async def _wish_for_more(self, reading: Reading) -> Reading:
        """继续 asks for what is owed or being looked for, if anything is; the bot would not know what to make of it."""
        incoming = reading.incoming
        if incoming is None or incoming.text.strip() not in self._phrases().words("continue_words"):
            return reading
        try:
            standing = await self._ledger.known(incoming.external_user, incoming.message_id)
            if standing is None or not (standing.owed or await self._ledger.underway(standing.conversation.id)):
                return reading
        except StoreError as error:
            raise NotStored(str(error)) from error
        return Reading(replace(incoming, kind="event"), remark="")

    async def _receive(self, incoming: Incoming) -> Accepted:
        if incoming.kind == "text":
            incoming = replace(incoming, also=Promised(incoming.also, incoming.external_user, self._tried_within))
        try:
            return await self._flow.receive(incoming)
        except (GatewayError, ConflictingRepeat):
            raise
        except DeskError as error:
            raise NotStored(str(error)) from error
        except Exception as error:
            log.exception("接收微信消息时出错")
            raise NotStored(f"{type(error).__name__} while storing") from error

    async def _react(self, asked: _Asked, *, by_event: bool) -> PassiveReply:
        if asked.reading.remark is not None:
            return await self._remarked(asked, asked.reading.remark)
        outcome = await self._outcome(asked)
        if outcome is None:
            return self._late(asked)
        standing = await self._ledger.standing(asked.accepted.conversation_id, asked.to.message_id)
        kept = not asked.accepted.fresh and await self._ledger.kept(asked.accepted, asked.to.openid, self._tried_within)
        text = "" if kept else await self._said(asked, outcome, standing)
        if outcome.replies and not text:  # another message of the burst carries them; perhaps it is too late for that
            standing, _ = await self._once_owed(asked, too_late=True)
        if text and not by_event:  # WeChat hands nobody over for an event
            account = await self._handed_over(outcome)
            if account:
                pushed = Arrangement("", rest=text)
                await self._ledger.settle(asked.to, outcome.turn_id, lambda owed: pushed)
                return PassiveReply(kf_account=account, answers=asked.accepted.message_id)
        return await self._reply(
            asked.to, standing, outcome.turn_id if text else "", text, answers=asked.accepted.message_id
        )

    async def _remarked(self, asked: _Asked, key: str) -> PassiveReply:
        """Things that are not words are acknowledged; a wish for what is owed (no key) brings that alone."""
        message_id = asked.accepted.message_id
        if not key:
            return await self._wished(asked)
        said = await self._front.remarks.to(message_id, key)
        standing = await self._ledger.standing(asked.accepted.conversation_id, asked.to.message_id)
        return await self._reply(asked.to, standing, f"message:{message_id}", render(said, self._phrases(standing)))

    async def _wished(self, asked: _Asked) -> PassiveReply:
        """What is owed; where that is still being looked for, and cannot be pushed, the same words as before."""
        standing, underway = await self._once_owed(asked)
        if underway and not standing.owed and not self._settings.customer_service:
            return PassiveReply(self._phrases(standing).text("waiting"))
        return await self._reply(asked.to, standing, f"message:{asked.accepted.message_id}", "")

    async def _once_owed(self, asked: _Asked, *, too_late: bool = False) -> tuple[Standing, bool]:
        left = asked.due - asyncio.get_running_loop().time()
        talk = asked.accepted.conversation_id
        return await self._ledger.once_owed(talk, asked.to.message_id, left, too_late=too_late)

    async def _handed_over(self, outcome: Outcome) -> str:
        """The account in WeChat's own desk that takes the conversation from here on; empty for none."""
        if not self._settings.customer_service:  # the ticket's number could not be told
            return ""
        try:
            return await self._front.transfers.account(outcome)
        except Exception:
            log.exception("没能转到微信客服，照常回复")
            return ""

    async def _outcome(self, asked: _Asked) -> Outcome | None:
        left = asked.due - asyncio.get_running_loop().time()
        try:
            return await self._flow.outcome(asked.accepted, max(0.0, left))
        except Exception:
            log.exception("微信消息 %s 的处理结果取不到，稍后补发", asked.accepted.message_id)
            return None

    async def _reply(
        self, to: Recipient, standing: Standing, key: str, text: str, *, answers: int | None = None
    ) -> PassiveReply:
        whole = size(text) <= TEXT_LIMIT
        if not standing.owed and whole:
            return PassiveReply(text, answers=answers)
        framing = Framing.of(self._phrases(standing), pushes=self._settings.customer_service)
        try:
            made, brought = await self._ledger.settle(to, key, lambda owed: arrange(owed, text, framing))
        except DeskError:
            log.exception("微信回复的后半部分没能排队，答复到时会整段补发")
            return PassiveReply(cut(text)[0], answers=answers if whole else None)  # a part of it keeps no promise
        return PassiveReply(made, brought, answers=answers)

    def _late(self, asked: _Asked) -> PassiveReply:
        """`success` and a push; an account that cannot push says that it is still looking. Nothing is waited for any
        more: the promise that was made with the message holds until there is one of ours."""
        task = asyncio.create_task(self._follow(asked))
        self._following.add(task)
        task.add_done_callback(self._following.discard)
        if self._settings.customer_service:
            return PassiveReply()
        return PassiveReply(Phrases.to(self._wording, asked.inbound).text("waiting"))

    async def _follow(self, asked: _Asked) -> None:
        promise: tuple[Delivery, ...] = ()
        try:
            promise = await self._ledger.promise(asked.accepted, asked.to.openid, self._settings.late_patience)
        except StoreError:
            log.exception("迟到的答复没能登记，只能由本进程补发")
        try:
            outcome = await self._flow.outcome(asked.accepted, self._settings.late_patience)
            if outcome is not None:
                standing = await self._ledger.standing(asked.accepted.conversation_id)
                text = await self._said(asked, outcome, standing)
                await self._ledger.keep(promise, asked.to, outcome.turn_id, text)
                return
            log.warning("微信消息 %s 仍没有处理结果，留给后台进程补发", asked.accepted.message_id)
        except Exception:
            log.exception("微信消息 %s 的迟到答复没能排队，留给后台进程补发", asked.accepted.message_id)
        await self._let_go(promise)

    async def _let_go(self, promise: tuple[Delivery, ...]) -> None:
        try:
            await self._ledger.let_go(promise)
        except StoreError:
            log.exception("承诺没能交出，%g 秒后由后台进程补发", self._settings.late_patience)

    async def _said(self, asked: _Asked, outcome: Outcome, standing: Standing) -> str:
        """The turn's replies, for the first of its messages that asks: a burst is answered once."""
        if not outcome.replies or not await self._ledger.tells(outcome.turn_id, asked.accepted.message_id):
            return ""
        return render(outcome.replies, self._phrases(standing))

    def _phrases(self, standing: Standing | None = None) -> Phrases:
        if standing is None:
            return Phrases(self._wording)
        return Phrases(self._wording, standing.conversation.script, standing.conversation.region)
