"""Errors of files; each names a sentence in `wording/attachments.yml` that says what is allowed, and how large.

AttachmentError
├── NotAccepted    415: this kind of file is not taken (programs, pages, SVG, unknown)
├── TooBig         413: bytes, pixels, pages or unpacked size over the limit
├── Damaged        422: empty, cut off, locked with a password or not what it begins as
├── TooManyFiles   429: over what one conversation may send in a day
├── TicketFull     409: over what one ticket holds
├── NotKept        503: no space on the disk, or no place for files set up
└── Crowded        503: too many others send files at this moment
"""

from __future__ import annotations

from gateway.errors import GatewayError


class AttachmentError(GatewayError):
    """A file that is not taken. Nothing of it is kept."""

    status = 422
    key = "damaged"

    @property
    def sentence(self) -> str:
        """The key of what the sender is told."""
        return f"attachments.{self.key}"


class NotAccepted(AttachmentError):
    status = 415
    key = "not_accepted"


class TooBig(AttachmentError):
    status = 413
    key = "too_big"


class Damaged(AttachmentError):
    status = 422
    key = "damaged"


class TooManyFiles(AttachmentError):
    status = 429
    key = "too_many"
    retry_after = 3600  # the day that counts is always the last 24 hours


class TicketFull(AttachmentError):
    status = 409
    key = "ticket_full"


class NotKept(AttachmentError):
    status = 503
    key = "not_kept"
    retry_after = 60


class Crowded(AttachmentError):
    status = 503
    key = "crowded"
    retry_after = 10
