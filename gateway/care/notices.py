"""Telling people without being asked that their question has an answer now; the worker calls this every so often.

Who cannot be reached hears it with the next turn: see `gateway.care.news`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from desk import conversations, messages, notices, publications
from desk.clock import Clock
from desk.conversations import Change
from desk.database import Database
from desk.errors import StoreError
from desk.notices import Notice
from desk.session import Session
from gateway.care.news import News
from gateway.channels.channel import Channels
from gateway.hub import Hub
from gateway.render import Voice
from gateway.wording import Wording
from zhtext.contacts import AllowList

log = logging.getLogger(__name__)

_NOBODY = AllowList()
_LOOKED_AT = 500  # notices; more than are told at once, so that some that fail every time do not fill the queue

Reachable = Mapping[str, datetime | None]  # channels that can speak first, where the person has written since


def tell(
    session: Session, notice: Notice, news: News, reachable: Reachable, channels: Channels, *, now: datetime
) -> bool:
    """Record what is said, and its delivery, once; False when it cannot be told now or was told already.

    The conversation must be the bot's: with a human in it, or waiting for one, the notice waits too.
    """
    conversation = conversations.update(session, notice.conversation_id, {}, now=now)  # locks; turns lock it first, too
    if not notices.due(session, reachable, notice_id=notice.id):
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
    channels.record(session, conversation, said, key=f"notice:{notice.id}", now=now)
    return True


def tell_due(
    db: Database,
    clock: Clock,
    wording: Wording,
    *,
    channels: Channels,
    contacts: AllowList = _NOBODY,
    hub: Hub | None = None,
    limit: int = 50,
) -> int:
    """Tell whoever can be told now, `limit` at most, each in a short transaction; how many were.

    One that fails is logged, stays as it was and is tried again at the next look; those behind it are told.

    `contacts` are the ones that answers may
    name, the policy's; without them every sentence with a contact is left out. Open widgets of another process
    than the hub's find the messages when they look next, within 3 s.
    Raises StoreError; what was told until then stays told.
    """
    reachable = channels.reachable(clock())
    with db.read() as session:
        last = publications.latest(session)
        live = last is not None and last.kind == "publish"  # after a rollback nothing new is live
        waiting = notices.due(session, reachable, limit=max(limit, _LOOKED_AT)) if live else ()
    told, news = 0, News(wording, contacts)
    for notice in waiting:
        if told >= limit:
            break
        try:
            with db.write() as session:
                done = tell(session, notice, news, reachable, channels, now=clock())
        except StoreError:
            raise  # the store's trouble is everybody's
        except Exception:
            log.exception("notice %d could not be told", notice.id)
            continue
        if done and hub is not None:
            hub.notify(notice.conversation_id)
        told += done
    return told
