"""Errors of the action server.

ActionsError
└── RequestRefused       the caller is not let in: wrong token, body too large or compressed
"""


class ActionsError(Exception):
    """Something in the action server is not as it should be."""


class RequestRefused(ActionsError):
    """The request is answered with `status` and nothing of its content."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
