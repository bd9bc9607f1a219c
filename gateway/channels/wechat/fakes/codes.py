"""The return codes that the fake server gives, by 全局返回码 of the official documentation.

https://developers.weixin.qq.com/doc/offiaccount/Getting_Started/Global_Return_Code.html
"""

from __future__ import annotations

from typing import Any

OK = (0, "ok")
BUSY = (-1, "system error")
INVALID_CREDENTIAL = (40001, "invalid credential, access_token is invalid or not latest")
UNKNOWN_OPENID = (40003, "invalid openid")
BAD_MEDIA_TYPE = (40004, "invalid media type")
BAD_FILE_TYPE = (40005, "invalid file type")
BAD_FILE_SIZE = (40006, "invalid media size")
UNKNOWN_MEDIA = (40007, "invalid media_id")
BAD_MESSAGE_TYPE = (40008, "invalid message type")
BAD_BUTTON_TYPE = (40017, "invalid button type")
BAD_BUTTON_COUNT = (40016, "invalid button size")
BAD_BUTTON_NAME = (40018, "invalid button name size")
BAD_BUTTON_KEY = (40019, "invalid button key size")
BAD_BUTTON_URL = (40020, "invalid button url size")
BAD_SUB_COUNT = (40023, "invalid sub button size")
BAD_SUB_TYPE = (40024, "invalid sub button type")
BAD_SUB_NAME = (40025, "invalid sub button name size")
BAD_SUB_KEY = (40026, "invalid sub button key size")
BAD_SUB_URL = (40027, "invalid sub button url size")
BAD_ACTION = (40052, "invalid action name")
BAD_SCENE = (40053, "invalid action info")
BAD_SECRET = (40125, "invalid appsecret")
NO_MEDIA = (41005, "media data missing")
TOKEN_EXPIRED = (42001, "access_token expired")
NOT_FOLLOWING = (43004, "require subscribe")
EMPTY_MESSAGE = (44004, "empty content")
TOO_LONG = (45002, "content size out of limit")
TOO_OFTEN = (45009, "reach max api daily quota limit")
TOO_LATE = (45015, "response out of time limit or subscription is canceled")
TOO_MANY = (45047, "out of response count limit")
NO_MENU = (46003, "menu no exist")
NOT_JSON = (47001, "data format error")
NOT_AUTHORIZED = (48001, "api unauthorized")


class Refused(Exception):
    """A call that WeChat answers with an errcode."""

    def __init__(self, code: tuple[int, str]) -> None:
        super().__init__(*code)
        self.body: dict[str, Any] = answer(code)


def answer(code: tuple[int, str]) -> dict[str, Any]:
    """The JSON of a return code."""
    return {"errcode": code[0], "errmsg": code[1]}
