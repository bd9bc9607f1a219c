"""Telling people without being asked that their question has an answer now; the worker calls this every so often.

Who cannot be reached hears it with the next turn: see `gateway.care.news`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from desk import conversations, messages, notices, publications
from desk.clock import Clock
from desk.conversations import Change, Conversation
from desk.database import Database
from desk.errors import StoreError
from desk.messages import Message
from desk.notices import Notice
from desk.session import Session
from gateway.care.news import News
from gateway.channels.wechat import delivery as wechat
from gateway.channels.wechat.phrases import Phrases
from gateway.channels.wechat.reading import CHANNEL as WECHAT
from gateway.channels.wechat.text import render as as_text
from gateway.hub import Hub
from gateway.render import Voice
from gateway.wording import Wording
from zhtext.contacts import AllowList

log = logging.getLogger(__name__)

WEB = "web"
WINDOW = timedelta(hours=48)  # since the follower's last message; later WeChat refuses customer-service messages
_NOBODY = AllowList()
_LOOKED_AT = 500  # notices; more than are told at once, so that some that fail every time do not fill the queue

Channels = Mapping[str, datetime | None]  # that can be reached, if the person has written since


def reachable(*, pushes: bool, now: datetime) -> Channels:
    """The widget always: it looks by itself. WeChat only for accounts that may push, and within its window."""
    return {WEB: None, WECHAT: now - WINDOW} if pushes else {WEB: None}


def tell(session: Session, notice: Notice, news: News, channels: Channels, *, now: datetime) -> bool:
    """Record what is said, and its delivery, once; False when it cannot be told now or was told already.

    The conversation must be the bot's: with a human in it, or waiting for one, the notice waits too.
    """
    conversation = conversations.update(session, notice.conversation_id, {}, now=now)  # locks; turns lock it first, too
    if not notices.due(session, channels, notice_id=notice.id):
        return False
    voice = Voice(conversation.script, conversation.region)
    replies = news.claim(session, notice, conversation, voice, now=now)
    said = [
        messages.add(
            session,
            conversation.id,
            "bot",
            reply.text,
            kind=reply.kind,
            payload=reply.payload,
            external_id=f"notice:{notice.id}:{number}",
            now=now,
        )
        for number, reply in enumerate(replies, 1)
    ]
    if not said:
        return False
    # 还是不行 and 转人工 are about this from now on.
    conversations.update(session, conversation.id, Change(last_question=notice.question), now=now)
    _deliver(session, conversation, notice, said, news.wording, now)
    return True


def tell_due(
    db: Database,
    clock: Clock,
    wording: Wording,
    *,
    pushes: bool,
    contacts: AllowList = _NOBODY,
    hub: Hub | None = None,
    limit: int = 50,
) -> int:
    """Tell whoever can be told now, `limit` at most, each in a short transaction; how many were.

    One that fails is logged, stays as it was and is tried again at the next look; those behind it are told.

    `pushes`: the WeChat account may send customer-service messages. `contacts` are the ones that answers may
    name, the policy's; without them every sentence with a contact is left out. Open widgets of another process
    than the hub's find the messages when they look next, within 3 s.
    Raises StoreError; what was told until then stays told.
    """
    channels = reachable(pushes=pushes, now=clock())
    with db.read() as session:
        last = publications.latest(session)
        live = last is not None and last.kind == "publish"  # after a rollback nothing new is live
        waiting = notices.due(session, channels, limit=max(limit, _LOOKED_AT)) if live else ()
    told, news = 0, News(wording, contacts)
    for notice in waiting:
        if told >= limit:
            break
        try:
            with db.write() as session:
                done = tell(session, notice, news, channels, now=clock())
        except StoreError:
            raise  # the store's trouble is everybody's
        except Exception:
            log.exception("notice %d could not be told", notice.id)
            continue
        if done and hub is not None:
            hub.notify(notice.conversation_id)
        told += done
    return told


def _deliver(
    session: Session,
    conversation: Conversation,
    notice: Notice,
    said: list[Message],
    wording: Wording,
    now: datetime,
) -> None:
    """Where the channel does not come and look, the text is pushed; elsewhere the messages themselves are enough."""
    if conversation.channel != WECHAT:
        return
    drafts = wechat.drafts(
        as_text(said, Phrases(wording, conversation.script, conversation.region)),
        openid=conversation.external_id,
        conversation_id=conversation.id,
        key=f"notice:{notice.id}",
        message_id=str(said[0].id),
    )
    wechat.queue(session, drafts, pushes=True, now=now)
