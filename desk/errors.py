"""Errors of the service desk.

DeskError
├── NotFound              no such thing, or not yours (the two are never told apart)
├── AlreadyExists         the name is taken
├── NotAllowed            this person may not do that
│   ├── BadLogin          unknown login or wrong password (never told apart)
│   └── LockedOut         too many wrong passwords; `until` says when it ends
├── IllegalMove           that state does not lead to this one
│   └── Overtaken         the conversation changed hands while the bot was thinking
├── BadValue              over its limit or no option; also a ValueError, says which field and the limit
├── ConflictingRepeat     the same key again, with another body
├── EditConflict          somebody else saved the entry meanwhile; says who and when
├── MalformedNumber       not a ticket number, or its check digit says it was mistyped
├── NoWorkingTime         the working hours never open
└── StoreError            the database could not do it; nothing of the transaction was kept
    ├── StoreBusy         locked for longer than the waiting time; try again
    ├── StoreFull         no space left on the disk
    └── StoreUnavailable  unreachable, read-only or failing; after a lost connection a commit may have
                          happened: repeat with the same key
"""

from __future__ import annotations

from datetime import datetime


class DeskError(Exception):
    """Something the service desk refuses or cannot do."""


class NotFound(DeskError):
    """There is no such thing, or it belongs to somebody else."""


class AlreadyExists(DeskError):
    """The name is taken."""


class NotAllowed(DeskError):
    """This person may not do that."""


class BadLogin(NotAllowed):
    """Unknown login or wrong password."""


class LockedOut(NotAllowed):
    """Too many wrong passwords."""

    def __init__(self, message: str, until: datetime) -> None:
        super().__init__(message)
        self.until = until


class IllegalMove(DeskError):
    """The present state does not lead to the wanted one."""


class Overtaken(IllegalMove):
    """The conversation is no longer in the state in which the turn began."""


class BadValue(DeskError, ValueError):
    """A value over its limit; `field` names it, `values` are the numbers and names of the sentence about it."""

    def __init__(self, message: str, field: str, **values: object) -> None:
        super().__init__(message)
        self.field = field
        self.values = values


class ConflictingRepeat(DeskError):
    """The same key again, with another body."""


class EditConflict(DeskError):
    """Somebody saved the entry after the version that was edited here; saving would bury their work."""

    def __init__(self, entry_id: str, number: int, author: str, saved_at: datetime) -> None:
        when = f"{saved_at:%Y-%m-%d %H:%M} UTC"
        super().__init__(
            f"entry {entry_id}: {author} saved version {number} at {when}; read that version and edit on top of it"
        )
        self.entry_id = entry_id
        self.number = number
        self.author = author
        self.saved_at = saved_at


class MalformedNumber(DeskError):
    """Not a ticket number."""


class NoWorkingTime(DeskError):
    """The working hours never open again."""


class StoreError(DeskError):
    """The database could not do it; nothing of the transaction was kept."""


class StoreBusy(StoreError):
    """Locked for longer than the waiting time."""


class StoreFull(StoreError):
    """No space left."""


class StoreUnavailable(StoreError):
    """Unreachable, read-only or failing."""
