"""Errors of the WeChat channel.

WeChatError
├── Refused                not taken, and WeChat is told so: either forged, or the account is not set up rightly
│   ├── BadSignature       not signed with one of our tokens, or the body is not the one that was signed
│   ├── Stale              signed, but not within five minutes of our clock
│   ├── Replayed           a known signature with another body
│   ├── Downgraded         readable, although the account is set to 安全模式
│   ├── NoKey              encrypted, and there is no key here
│   ├── Undecryptable      WeChat's, but no key of ours opens it
│   └── OtherAccount       of another appid
├── OddBody                signed, but of no use
│   ├── BodyTooLarge       over 64 KiB
│   ├── NotXml             broken, with a DTD or entities, or JSON
│   ├── UnknownShape       XML, but not a message as documented
│   └── Unfinished         the connection broke off or was too slow
├── NotStored              the message could not be stored; the follower has to be told so
└── ApiError               WeChat's answer to a call of ours, with its errcode
    ├── WeChatUnavailable  no answer in time, a broken answer, or busy (-1, 45011)
    │   ├── PerhapsSent    a message went out and no answer came back: it may have arrived
    │   └── DayLimit       45009: the calls of today are used up, until midnight in Beijing
    ├── TokenRejected      40001, 40014, 41001, 42001: the access token is not the valid one
    ├── NotSetUp           40013, 40125, 40164, 89503 …: AppID, AppSecret or the IP white list; the operator's to mend
    ├── NotPermitted       48001, 48004, 50001, 50002: the account may not do this
    ├── OutOfWindow        45015: 48 hours since the follower's last message are over
    ├── QuotaUsed          45047: five messages since the follower's last one have been sent
    ├── RecipientGone      40003: no such follower
    │   └── NotFollowing   43004: not any more
    ├── TextRefused        45002, 44004: the text is too long, or empty
    ├── MediaRefused       40004 … 40009, 45001, 41005: a picture of a kind or size that WeChat does not take
    └── MediaGone          40007: no such file, or older than three days
"""

from __future__ import annotations


class WeChatError(Exception):
    """Something about the WeChat channel went wrong."""


class Refused(WeChatError):
    """Nothing of it was taken; the sentence is for the operator and says what to do."""


class BadSignature(Refused):
    """Not from WeChat, as far as we can tell."""


class Stale(Refused):
    """An old recording, or a clock that is wrong."""


class Replayed(Refused):
    """The signature was seen with another body."""


class Downgraded(Refused):
    """Somebody has taken the encryption off."""


class NoKey(Refused):
    """There is only `Encrypt`, and no key is set."""


class Undecryptable(Refused):
    """Encrypted with a key that we do not have."""


class OtherAccount(Refused):
    """Encrypted for another appid."""


class OddBody(WeChatError):
    """Signed, but of no use."""


class BodyTooLarge(OddBody):
    """More bytes than any message of WeChat's has."""


class NotXml(OddBody):
    """Not well-formed XML without DTD."""


class UnknownShape(OddBody):
    """A required field is missing, doubled or of the wrong form."""


class Unfinished(OddBody):
    """Only a part of it has come."""


class NotStored(WeChatError):
    """Nothing was acknowledged: the follower has to send it again."""


class ApiError(WeChatError):
    """A call to WeChat did not do what it should."""

    def __init__(self, message: str, errcode: int | None = None) -> None:
        super().__init__(message)
        self.errcode = errcode


class WeChatUnavailable(ApiError):
    """Try again later. `went_out`: the answer is what got lost, and the call may have had its effect."""

    def __init__(self, message: str, errcode: int | None = None, *, went_out: bool = False) -> None:
        super().__init__(message, errcode)
        self.went_out = went_out


class PerhapsSent(WeChatUnavailable):
    """A message is on the follower's phone, or not: nobody knows."""


class DayLimit(WeChatUnavailable):
    """Nothing more today."""


class TokenRejected(ApiError):
    """The access token is not the valid one."""


class NotSetUp(ApiError):
    """Nothing works before the operator has mended the account's settings."""


class NotPermitted(ApiError):
    """The account may not do this."""


class OutOfWindow(ApiError):
    """The follower has been silent for more than 48 hours."""


class QuotaUsed(ApiError):
    """The follower has to write first."""


class RecipientGone(ApiError):
    """No such follower, or not any more."""


class NotFollowing(RecipientGone):
    """Unsubscribed; they may come back."""


class TextRefused(ApiError):
    """The text itself is refused; the same text will be refused again."""


class MediaRefused(ApiError):
    """The file itself is refused; the same file will be refused again."""


class MediaGone(ApiError):
    """WeChat has no such file any more."""


# Global return codes (全局返回码) of the official documentation:
# https://developers.weixin.qq.com/doc/offiaccount/Getting_Started/Global_Return_Code.html
_BY_CODE: dict[int, type[ApiError]] = {
    -1: WeChatUnavailable,
    45011: WeChatUnavailable,
    45009: DayLimit,
    40001: TokenRejected,
    40014: TokenRejected,
    41001: TokenRejected,
    42001: TokenRejected,
    40013: NotSetUp,
    40125: NotSetUp,
    40164: NotSetUp,
    40243: NotSetUp,
    41002: NotSetUp,
    41004: NotSetUp,
    89501: NotSetUp,
    89503: NotSetUp,
    89506: NotSetUp,
    89507: NotSetUp,
    48001: NotPermitted,
    48004: NotPermitted,
    50001: NotPermitted,
    50002: NotPermitted,
    45015: OutOfWindow,
    45047: QuotaUsed,
    40003: RecipientGone,
    43004: NotFollowing,
    45002: TextRefused,
    44004: TextRefused,
    40004: MediaRefused,
    40005: MediaRefused,
    40006: MediaRefused,
    40009: MediaRefused,
    41005: MediaRefused,
    45001: MediaRefused,
    40007: MediaGone,
}
_CREDENTIALS = "AppID 或 AppSecret 不对：请核对 GONGDA_WECHAT_APP_ID 与 GONGDA_WECHAT_APP_SECRET"
_WHITE_LIST = "本机的出口 IP 不在白名单：请在公众号后台“基本配置”的 IP 白名单里加上它"
_CONFIRM = "这个 IP 的调用要由公众号管理员确认：请管理员在手机上同意"
ADVICE: dict[int, str] = {
    40001: _CREDENTIALS,  # also for a token, which is renewed; for a secret it is the last word
    40013: _CREDENTIALS,
    40125: _CREDENTIALS,
    41002: _CREDENTIALS,
    41004: _CREDENTIALS,
    40243: "AppSecret 已被冻结：请在公众号后台解冻，或重新生成",
    40164: _WHITE_LIST,
    89501: _CONFIRM,
    89503: _CONFIRM,
    89506: _CONFIRM,
    89507: _CONFIRM,
    45009: "今天的调用次数用完了：北京时间零点恢复，或在公众号后台清零",
    48001: "账号没有客服消息权限：通常要认证的服务号；没有时请把 GONGDA_WECHAT_CUSTOMER_SERVICE 设为 false",
    48004: "这个接口被微信封禁了：请看公众号后台的通知",
    50001: "账号没有客服消息权限：请在公众号后台“接口权限”里查看",
    50002: "账号受限：可能违规或被冻结，请看公众号后台的通知",
}
"""What the operator can do about it, by errcode; log lines and the outbox page say it."""


def from_code(errcode: int, errmsg: str) -> ApiError:
    """The error for an `errcode` other than 0; an unknown one is a plain ApiError."""
    kind = _BY_CODE.get(errcode, ApiError)
    advice = ADVICE.get(errcode, "") if kind is not TokenRejected else ""
    said = f"WeChat answered errcode {errcode}: {errmsg[:200]}"
    return kind(f"{said}。{advice}" if advice else said, errcode)
