"""Errors of the WeChat channel.

WeChatError
├── BadSignature           not signed with our token, or too old
├── OddBody                signed, but of no use
│   ├── BodyTooLarge       over 64 KiB
│   ├── NotXml             broken, with a DTD or entities, or JSON
│   ├── Encrypted          the account is in 安全模式, which this version cannot read
│   └── UnknownShape       XML, but not a message as documented
├── NotStored              the message could not be stored; the follower has to be told so
└── ApiError               WeChat's answer to a call of ours, with its errcode
    ├── WeChatUnavailable  no answer in time, a broken answer, or busy (-1, 45009, 45011)
    ├── TokenRejected      40001, 40014, 41001, 42001: the access token is not the valid one
    ├── NotPermitted       48001: the account has no customer-service messages
    ├── OutOfWindow        45015: 48 hours since the follower's last message are over
    ├── QuotaUsed          45047: five messages since the follower's last one have been sent
    ├── RecipientGone      40003, 43004: no such follower, or not any more
    └── TextRefused        45002: the text is too long
"""

from __future__ import annotations


class WeChatError(Exception):
    """Something about the WeChat channel went wrong."""


class BadSignature(WeChatError):
    """Not from WeChat, as far as we can tell."""


class OddBody(WeChatError):
    """Signed, but of no use."""


class BodyTooLarge(OddBody):
    """More bytes than any message of WeChat's has."""


class NotXml(OddBody):
    """Not well-formed XML without DTD."""


class Encrypted(OddBody):
    """The readable fields are missing; there is only `Encrypt`."""


class UnknownShape(OddBody):
    """A required field is missing, doubled or of the wrong form."""


class NotStored(WeChatError):
    """Nothing was acknowledged: the follower has to send it again."""


class ApiError(WeChatError):
    """A call to WeChat did not do what it should."""

    def __init__(self, message: str, errcode: int | None = None) -> None:
        super().__init__(message)
        self.errcode = errcode


class WeChatUnavailable(ApiError):
    """Try again later; after a lost answer the call may have had its effect."""


class TokenRejected(ApiError):
    """The access token is not the valid one."""


class NotPermitted(ApiError):
    """The account may not do this."""


class OutOfWindow(ApiError):
    """The follower has been silent for more than 48 hours."""


class QuotaUsed(ApiError):
    """The follower has to write first."""


class RecipientGone(ApiError):
    """No such follower, or not any more."""


class TextRefused(ApiError):
    """The text itself is refused; the same text will be refused again."""


# Global return codes (全局返回码) of the official documentation.
_BY_CODE: dict[int, type[ApiError]] = {
    -1: WeChatUnavailable,
    45009: WeChatUnavailable,
    45011: WeChatUnavailable,
    40001: TokenRejected,
    40014: TokenRejected,
    41001: TokenRejected,
    42001: TokenRejected,
    48001: NotPermitted,
    45015: OutOfWindow,
    45047: QuotaUsed,
    40003: RecipientGone,
    43004: RecipientGone,
    45002: TextRefused,
}


def from_code(errcode: int, errmsg: str) -> ApiError:
    """The error for an `errcode` other than 0; an unknown one is a plain ApiError."""
    kind = _BY_CODE.get(errcode, ApiError)
    return kind(f"WeChat answered errcode {errcode}: {errmsg[:200]}", errcode)
