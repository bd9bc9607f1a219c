"""Errors of telling the team and other systems.

NotificationError
├── NotSetUp           nothing is known of this target: its environment variables are missing
└── NotDelivered       the other side did not take it; `reason` and `values` make the sentence that is shown
    ├── Refused        it would say the same again: a wrong key, a wrong signature, a text it does not want
    ├── Throttled      too many at once; it does not count as a try
    └── Unavailable    later perhaps: no connection, an unknown error code, a broken answer
        └── NoAnswer   the request went out, and the answer got lost: the other side may have it
"""

from __future__ import annotations

from datetime import timedelta


class NotificationError(Exception):
    """Telling did not work."""


class NotSetUp(NotificationError):
    """Nobody has said how to reach this target."""


class NotDelivered(NotificationError):
    """`reason` is a key of `notifications.error` in the wording; nothing in `values` may be a secret."""

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(f"{reason} {values}" if values else reason)
        self.reason = reason
        self.values = values


class Refused(NotDelivered):
    """The same again would be refused again."""


class Throttled(NotDelivered):
    """`pause` is how long to wait."""

    def __init__(self, reason: str, pause: timedelta, **values: object) -> None:
        super().__init__(reason, **values)
        self.pause = pause


class Unavailable(NotDelivered):
    """Try again later."""


class NoAnswer(Unavailable):
    """Sent, perhaps."""
