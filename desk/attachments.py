"""Files of conversations and tickets. Here is what is known of them; their bytes lie beside the database.

A file is added with the message it came with, in one transaction; one that a channel keeps for us elsewhere is
`expected` until the worker has fetched it. Erasing takes the bytes and leaves the line that there was something.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol, cast

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk.errors import ConflictingRepeat, NotFound
from desk.racing import racing
from desk.tables import AttachmentRow, ConversationRow, TicketRow
from desk.tables.base import storable
from desk.tickets import Ticket, ticket

Source = Literal["user", "agent", "api"]
Status = Literal["expected", "stored", "failed", "erased"]
LONGEST_TEXT = 4_000  # characters of what was read off a picture or heard in a voice
LONGEST_ERROR = 300


@dataclass(frozen=True)
class Attachment:
    """A file as it stands. `key` is what addresses name; knowing it gives nobody the right to read."""

    id: int
    key: str
    conversation_id: int | None
    message_id: int | None
    ticket_id: int | None
    source: Source
    status: Status
    origin: str | None  # what it is fetched by, such as wechat:<media id>
    name: str
    media_type: str
    size: int  # bytes
    sha256: str | None
    width: int | None  # pixels, of pictures
    height: int | None
    text: str
    error: str | None
    created_at: datetime

    @property
    def picture(self) -> bool:
        return self.media_type.startswith("image/")


@dataclass(frozen=True)
class NewAttachment:
    """A file that has been checked and kept already. `key` are 128 bits nobody can guess."""

    key: str
    name: str
    media_type: str
    size: int
    sha256: str
    width: int | None = None
    height: int | None = None
    source: Source = "user"
    conversation_id: int | None = None
    message_id: int | None = None
    ticket_id: int | None = None
    origin: str | None = None
    text: str = ""


class Content(Protocol):
    """What checking tells of a file's bytes."""

    @property
    def media_type(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def width(self) -> int | None: ...
    @property
    def height(self) -> int | None: ...


@dataclass(frozen=True)
class Spent:
    """What came in from one side within a time."""

    files: int
    size: int  # bytes


def new_key() -> str:
    """128 random bits."""
    return secrets.token_hex(16)


def shown(one: Attachment | NewAttachment) -> dict[str, Any]:
    """A file as the payload of its message names it."""
    return {
        "key": one.key,
        "name": one.name,
        "media_type": one.media_type,
        "size": one.size,
        "width": one.width,
        "height": one.height,
    }


def add(session: Session, new: NewAttachment, *, now: datetime) -> Attachment:
    """A file whose bytes are kept, once for each key. Raises ConflictingRepeat for the key with other bytes."""
    known = _by(session, AttachmentRow.key == new.key)
    if known is None:
        row = AttachmentRow(
            key=new.key,
            conversation_id=new.conversation_id,
            message_id=new.message_id,
            ticket_id=new.ticket_id,
            source=new.source,
            status="stored",
            origin=new.origin,
            name=storable(new.name),
            media_type=new.media_type,
            size=new.size,
            sha256=new.sha256,
            width=new.width,
            height=new.height,
            text=storable(new.text)[:LONGEST_TEXT],
            error=None,
            created_at=now,
        )
        try:
            with racing(session):
                session.add(row)
            return attachment(row)
        except IntegrityError:
            known = _by(session, AttachmentRow.key == new.key)
            if known is None:
                raise
    if (known.sha256, known.conversation_id, known.source) != (new.sha256, new.conversation_id, new.source):
        raise ConflictingRepeat("this key was used for another file")
    return attachment(known)


def expect(
    session: Session,
    origin: str,
    conversation_id: int,
    message_id: int | None,
    name: str,
    media_type: str,
    now: datetime,
) -> Attachment:
    """A file that is still to be fetched from where `origin` says; once for each origin."""
    known = _by(session, AttachmentRow.origin == origin)
    if known is None:
        row = AttachmentRow(
            key=new_key(),
            conversation_id=conversation_id,
            message_id=message_id,
            ticket_id=None,
            source="user",
            status="expected",
            origin=origin,
            name=storable(name),
            media_type=media_type,
            size=0,
            sha256=None,
            width=None,
            height=None,
            text="",
            error=None,
            created_at=now,
        )
        try:
            with racing(session):
                session.add(row)
            return attachment(row)
        except IntegrityError:
            known = _by(session, AttachmentRow.origin == origin)
            if known is None:
                raise
    return attachment(known)


def due_to_fetch(session: Session, limit: int = 20) -> tuple[Attachment, ...]:
    """What is still expected, oldest first."""
    return _listing(session, AttachmentRow.status == "expected", limit=limit)


def stored(session: Session, attachment_id: int, content: Content, sha256: str, *, name: str = "") -> Attachment:
    """An expected file has come and is kept; once more changes nothing. Raises NotFound."""
    row = _row(session, attachment_id)
    if row.status in ("expected", "failed"):
        row.status, row.sha256, row.error = "stored", sha256, None
        row.media_type, row.size = content.media_type, content.size
        row.width, row.height = content.width, content.height
        row.name = storable(name) or row.name
        session.flush()
    return attachment(row)


def failed(session: Session, attachment_id: int, error: str) -> Attachment:
    """An expected file will not come; `error` is for the team. Raises NotFound."""
    row = _row(session, attachment_id)
    if row.status == "expected":
        row.status, row.error = "failed", storable(error)[:LONGEST_ERROR]
        session.flush()
    return attachment(row)


def read(session: Session, attachment_id: int, text: str) -> Attachment:
    """Keep what was read off a picture or heard in a voice. Raises NotFound."""
    row = _row(session, attachment_id)
    row.text = storable(text)[:LONGEST_TEXT]
    session.flush()
    return attachment(row)


def get(session: Session, key: str) -> Attachment:
    """Raises NotFound."""
    row = _by(session, AttachmentRow.key == key)
    if row is None:
        raise NotFound("there is no such file")
    return attachment(row)


def find(session: Session, keys: Collection[str]) -> tuple[Attachment, ...]:
    """Those of the keys there are, oldest first."""
    return _listing(session, AttachmentRow.key.in_(list(keys))) if keys else ()


def of_conversation(session: Session, conversation_id: int, *, limit: int = 200) -> tuple[Attachment, ...]:
    """The latest ones of a conversation, oldest first."""
    query = select(AttachmentRow).where(AttachmentRow.conversation_id == conversation_id)
    rows = session.scalars(query.order_by(AttachmentRow.id.desc()).limit(limit)).all()
    return tuple(attachment(row) for row in reversed(rows))


def of_messages(session: Session, message_ids: Iterable[int]) -> Mapping[int, tuple[Attachment, ...]]:
    """By message, oldest first; messages without any are left out."""
    wanted = list(message_ids)
    found: dict[int, list[Attachment]] = {}
    for one in _listing(session, AttachmentRow.message_id.in_(wanted)) if wanted else ():
        if one.message_id is not None:
            found.setdefault(one.message_id, []).append(one)
    return {message_id: tuple(several) for message_id, several in found.items()}


def of_ticket(session: Session, ticket_id: int) -> tuple[Attachment, ...]:
    """Those linked to a ticket itself, oldest first; those of its conversation are asked for by that."""
    return _listing(session, AttachmentRow.ticket_id == ticket_id)


def ticket_of(session: Session, one: Attachment) -> Ticket | None:
    """The ticket by which the team may see a file: its own, or the latest of its conversation."""
    query = select(TicketRow).where(TicketRow.id == one.ticket_id)
    if one.ticket_id is None:
        query = select(TicketRow).where(TicketRow.conversation_id == one.conversation_id)
    row = session.scalar(query.order_by(TicketRow.id.desc()).limit(1))
    return ticket(row) if row else None


def link(session: Session, keys: Collection[str], ticket_id: int, *, conversation_id: int | None) -> int:
    """Put files of a conversation on a ticket; how many. What belongs to somebody else is left alone."""
    if not keys:
        return 0
    mine = AttachmentRow.conversation_id == conversation_id
    query = update(AttachmentRow).where(AttachmentRow.key.in_(list(keys)), mine, AttachmentRow.ticket_id.is_(None))
    linked = query.values(ticket_id=ticket_id).returning(AttachmentRow.id)
    return len(session.scalars(linked.execution_options(synchronize_session=False)).all())


def spent(session: Session, conversation_id: int, since: datetime) -> Spent:
    """What a customer has sent in this conversation since then."""
    query = select(func.count(), func.coalesce(func.sum(AttachmentRow.size), 0)).where(
        AttachmentRow.conversation_id == conversation_id,
        AttachmentRow.source == "user",
        AttachmentRow.created_at > since,
    )
    files, size = session.execute(query).one()
    return Spent(int(files), int(size))


def in_use(session: Session, hashes: Collection[str]) -> frozenset[str]:
    """Those of the SHA-256 sums whose bytes somebody still needs."""
    wanted = AttachmentRow.sha256.in_(list(hashes)), AttachmentRow.status == "stored"
    return frozenset(one for one in session.scalars(select(AttachmentRow.sha256).where(*wanted)) if one)


def older(session: Session, before: datetime) -> bool:
    """Whether anything came before then that is not erased yet."""
    where = AttachmentRow.created_at < before, AttachmentRow.status != "erased"
    return session.scalar(select(AttachmentRow.id).where(*where).limit(1)) is not None


def erase_older(session: Session, before: datetime, *, limit: int = 500) -> int:
    """Erase what came before then, oldest first; how many. Their bytes go with the next sweep."""
    old = select(AttachmentRow.id).where(AttachmentRow.created_at < before, AttachmentRow.status != "erased")
    ids = session.scalars(old.order_by(AttachmentRow.id).limit(limit)).all()
    return _erase(session, AttachmentRow.id.in_(ids)) if ids else 0


def erase_conversation(session: Session, conversation_id: int) -> int:
    """Erase everything of a conversation; how many."""
    return _erase(session, AttachmentRow.conversation_id == conversation_id)


def erase_contact(session: Session, contact_id: int) -> int:
    """Erase everything of all of a person's conversations; how many."""
    theirs = select(ConversationRow.id).where(ConversationRow.contact_id == contact_id)
    return _erase(session, AttachmentRow.conversation_id.in_(theirs))


def _erase(session: Session, where: ColumnElement[bool]) -> int:
    """Nothing that identifies the content stays: no sum, no name, no text."""
    values = {"status": "erased", "sha256": None, "text": "", "name": "", "error": None}
    query = update(AttachmentRow).where(where, AttachmentRow.status != "erased").values(**values)
    erased = query.returning(AttachmentRow.id).execution_options(synchronize_session=False)
    gone = len(session.scalars(erased).all())
    session.expire_all()
    return gone


def _listing(session: Session, where: ColumnElement[bool], *, limit: int = 1_000) -> tuple[Attachment, ...]:
    rows = session.scalars(select(AttachmentRow).where(where).order_by(AttachmentRow.id).limit(limit))
    return tuple(map(attachment, rows))


def _by(session: Session, where: ColumnElement[bool]) -> AttachmentRow | None:
    return session.scalar(select(AttachmentRow).where(where))


def _row(session: Session, attachment_id: int) -> AttachmentRow:
    row = session.get(AttachmentRow, attachment_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(f"there is no file {attachment_id}")
    return row


def attachment(row: AttachmentRow) -> Attachment:
    """What a row says."""
    return Attachment(
        id=row.id,
        key=row.key,
        conversation_id=row.conversation_id,
        message_id=row.message_id,
        ticket_id=row.ticket_id,
        source=cast(Source, row.source),
        status=cast(Status, row.status),
        origin=row.origin,
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
        width=row.width,
        height=row.height,
        text=row.text,
        error=row.error,
        created_at=row.created_at,
    )
