"""Files of followers, fetched by the worker: outbox rows of kind `wechat_media`.

By media id, from the API's host, and from nowhere else: the addresses in a callback (PicUrl) are anybody's. What comes
is checked by its content before it is kept. WeChat keeps files for three days; as long as there is hope it is tried.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from desk import attachments, outbox
from desk.attachments import Attachment
from desk.clock import Clock
from desk.database import Database
from desk.errors import NotFound
from desk.outbox import Delivery
from desk.session import Session
from gateway.attachments.checker import Checker
from gateway.attachments.checking import Checked
from gateway.attachments.errors import AttachmentError, NotKept
from gateway.attachments.files import Files
from gateway.attachments.limits import AttachmentLimits
from gateway.attachments.telling import sentence
from gateway.channels.channel import Verdict
from gateway.channels.wechat.calls.client import WeChatClient
from gateway.channels.wechat.errors import ApiError, MediaGone, MediaRefused, NotPermitted, NotSetUp
from gateway.channels.wechat.hearing.contact import FETCH
from gateway.wording import Wording

__all__ = ["FETCH", "Keeping", "fetch"]

log = logging.getLogger(__name__)

_HOPE = timedelta(days=3)  # WeChat's own limit for temporary files
_HOURLY = timedelta(hours=1)  # once the outbox's own pauses are used up


@dataclass(frozen=True)
class Keeping:
    """Where files go, who looks at them first, and what is taken.

    `look` is told the key of each picture once it is kept: whoever reads pictures does it there, in a thread.
    """

    files: Files = field(default_factory=lambda: Files(None))
    checker: Checker = field(default_factory=Checker)
    limits: AttachmentLimits = field(default_factory=AttachmentLimits)
    look: Callable[[str], object] = lambda _: None


async def fetch(
    delivery: Delivery, client: WeChatClient, database: Database, clock: Clock, wording: Wording, keeping: Keeping
) -> Verdict:
    """Fetch the file of a leased row and keep it. `sent` says that there is nothing more to do: it is kept, or the
    attachment says for good why not. Raises StoreError."""
    return await _Fetching(client, database, clock, wording, keeping).fetch(delivery)


class _Fetching:
    def __init__(
        self, client: WeChatClient, database: Database, clock: Clock, wording: Wording, keeping: Keeping
    ) -> None:
        self._client = client
        self._database = database
        self._clock = clock
        self._wording = wording
        self._keeping = keeping

    async def fetch(self, delivery: Delivery) -> Verdict:
        file = await asyncio.to_thread(self._wanted, delivery)
        if file is None:
            return await asyncio.to_thread(self._done, delivery)
        limits = self._keeping.limits
        try:
            came = await self._client.download(str(delivery.payload["media_id"]), limit=limits.largest)
            checked, digest = await asyncio.to_thread(self._keep, came.data, file)
        except MediaGone:
            return await self._never(delivery, file, self._say("expired"))
        except MediaRefused as error:
            log.warning("微信文件 %s 没有收下：%s", file.id, error)
            return await self._never(delivery, file, self._say("not_file", limit=limits.megabytes))
        except NotKept as error:
            return await self._later(delivery, file, sentence(error, self._wording, limits))
        except AttachmentError as error:
            refused = self._say("refused", reason=sentence(error, self._wording, limits))
            return await self._never(delivery, file, refused)
        except ApiError as error:
            if isinstance(error, (NotPermitted, NotSetUp)):
                log.error("微信拒绝了取文件：%s", error)
            return await self._later(delivery, file, str(error))
        verdict = await asyncio.to_thread(self._stored, delivery, file, checked, digest)
        if checked.width is not None:
            await asyncio.to_thread(self._look, file.key)
        return verdict

    def _wanted(self, delivery: Delivery) -> Attachment | None:
        """None for one that is here already, was given up or erased, or never was."""
        try:
            with self._database.read() as session:
                file = attachments.get(session, str(delivery.payload.get("attachment", "")))
        except NotFound:
            return None
        return file if file.status == "expected" and delivery.payload.get("media_id") else None

    def _keep(self, data: bytes, file: Attachment) -> tuple[Checked, str]:
        """Raises AttachmentError."""
        voice = file.media_type.startswith("audio/")
        checked = self._keeping.checker.check(data, file.name, self._keeping.limits, voice=voice)
        return checked, self._keeping.files.put(checked.data)

    def _stored(self, delivery: Delivery, file: Attachment, checked: Checked, digest: str) -> Verdict:
        with self._database.write() as session:
            attachments.stored(session, file.id, checked, digest, name=checked.name)
            return self._sent(session, delivery)

    def _look(self, key: str) -> None:
        """The picture is kept, whatever comes of it."""
        try:
            self._keeping.look(key)
        except Exception:
            log.exception("a picture from WeChat could not be read; it is kept, and people can look at it")

    def _done(self, delivery: Delivery) -> Verdict:
        with self._database.write() as session:
            return self._sent(session, delivery)

    def _sent(self, session: Session, delivery: Delivery) -> Verdict:
        return "sent" if outbox.mark_sent(session, delivery, now=self._clock()) else "lost"

    async def _never(self, delivery: Delivery, file: Attachment, reason: str) -> Verdict:
        return await asyncio.to_thread(self._given_up, delivery, file, reason)

    def _given_up(self, delivery: Delivery, file: Attachment, reason: str) -> Verdict:
        with self._database.write() as session:
            attachments.failed(session, file.id, reason)
            return self._sent(session, delivery)

    async def _later(self, delivery: Delivery, file: Attachment, reason: str) -> Verdict:
        return await asyncio.to_thread(self._again, delivery, file, reason)

    def _again(self, delivery: Delivery, file: Attachment, reason: str) -> Verdict:
        """After the outbox's pauses, then every hour, until WeChat cannot have it any more."""
        now = self._clock()
        if now - file.created_at >= _HOPE:
            return self._given_up(delivery, file, self._say("unfetched", reason=reason))
        with self._database.write() as session:
            if delivery.attempts >= outbox.MAX_ATTEMPTS - 1:
                return "again" if outbox.postpone(session, delivery, now + _HOURLY, reason) else "lost"
            return "again" if outbox.mark_failed(session, delivery, reason, now=now) else "lost"

    def _say(self, key: str, **values: object) -> str:
        return self._wording.text(f"wechat_media.{key}", **values)
