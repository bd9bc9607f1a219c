"""From bytes to a kept file: checked, written, and ready to be added to the desk in its message's transaction."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Protocol

from desk import attachments
from desk.attachments import NewAttachment, Source
from desk.session import Session
from gateway.attachments.checker import Checker
from gateway.attachments.errors import NotAccepted, TooManyFiles
from gateway.attachments.files import Files
from gateway.attachments.limits import AttachmentLimits
from gateway.rules import ServiceRules

DAY = timedelta(days=1)
_KEY = 32  # hex digits, 128 bits


def key_of(secret: str, *parts: str) -> str:
    """The key of a file that somebody sends under an id of their own: the same for a repeat, and not to be guessed."""
    told = "\0".join(("attachment", *parts)).encode()
    return hmac.new(secret.encode(), told, hashlib.sha256).hexdigest()[:_KEY]


class Keeper(Protocol):
    """What of a process's parts is needed."""

    @property
    def files(self) -> Files: ...
    @property
    def checker(self) -> Checker: ...
    @property
    def rules(self) -> ServiceRules: ...


def keep(services: Keeper, data: bytes, name: str, *, key: str, source: Source) -> NewAttachment:
    """Check and write; blocks. Raises AttachmentError. Bytes that no transaction follows are swept later."""
    if not services.files.usable or not services.rules.attachments.kinds:
        raise NotAccepted("no_place")
    checked = services.checker.check(data, name, services.rules.attachments)
    return NewAttachment(
        key=key,
        name=checked.name,
        media_type=checked.media_type,
        size=checked.size,
        sha256=services.files.put(checked.data),
        width=checked.width,
        height=checked.height,
        source=source,
    )


def check_spent(session: Session, conversation_id: int, size: int, limits: AttachmentLimits, now: datetime) -> None:
    """Raises TooManyFiles when one more of `size` bytes is too much for this day."""
    spent = attachments.spent(session, conversation_id, now - DAY)
    if spent.files >= limits.per_day or spent.size + size > limits.bytes_per_day:
        raise TooManyFiles


def message_kind(media_type: str) -> str:
    """What a message that brings such a file is called."""
    kind = media_type.partition("/")[0]
    return {"image": "image", "audio": "voice"}.get(kind, "file")
