"""What the other side may say.

PullError
├── NotNow        the allowance is used up, or its time is over: waits for the person's next message
├── Refused       this text to this person will never be taken
└── Unavailable   perhaps later; a text may have been taken all the same
"""

from __future__ import annotations


class PullError(Exception):
    """Base of all."""


class NotNow(PullError):
    """The allowance is used up, or its time is over."""


class Refused(PullError):
    """It will never be taken."""


class Unavailable(PullError):
    """Perhaps later."""
