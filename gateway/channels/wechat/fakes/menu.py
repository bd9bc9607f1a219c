"""The account's menu (自定义菜单) with the documented limits.

https://developers.weixin.qq.com/doc/offiaccount/Custom_Menus/Creating_Custom-Defined_Menu.html: one to three entries,
each with one to five below it; names of at most 16 bytes above and 60 below, keys 128 bytes, addresses 1,024 bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.channels.wechat.fakes import codes
from gateway.channels.wechat.fakes.codes import Refused

_WITH_KEY = (
    "click", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin",
    "location_select",
)  # fmt: skip
_OTHER = ("view", "miniprogram", "media_id", "view_limited", "article_id", "article_view_limited")
KEY_LIMIT, URL_LIMIT = 128, 1024  # bytes


@dataclass(frozen=True)
class _Level:
    """The limits of one level, and the codes for who does not keep them."""

    most: int
    name: int  # bytes
    count_code: tuple[int, str]
    name_code: tuple[int, str]
    type_code: tuple[int, str]
    key_code: tuple[int, str]
    url_code: tuple[int, str]


_TOP = _Level(3, 16, codes.BAD_BUTTON_COUNT, codes.BAD_BUTTON_NAME, codes.BAD_BUTTON_TYPE,
              codes.BAD_BUTTON_KEY, codes.BAD_BUTTON_URL)  # fmt: skip
_SUB = _Level(5, 60, codes.BAD_SUB_COUNT, codes.BAD_SUB_NAME, codes.BAD_SUB_TYPE,
              codes.BAD_SUB_KEY, codes.BAD_SUB_URL)  # fmt: skip


@dataclass
class FakeMenu:
    """`buttons` is what the followers see; empty without a menu."""

    buttons: tuple[Mapping[str, Any], ...] = ()

    def create(self, body: Mapping[str, Any]) -> None:
        """Replaces the menu. Raises Refused."""
        made = body.get("button")
        _check(made, _TOP)
        self.buttons = tuple(made)  # type: ignore[arg-type]

    def delete(self) -> None:
        self.buttons = ()

    def get(self) -> dict[str, Any]:
        """What `menu/get` answers. Raises Refused."""
        if not self.buttons:
            raise Refused(codes.NO_MENU)
        return {"menu": {"button": [dict(button) for button in self.buttons]}}


def _check(buttons: object, level: _Level) -> None:
    if not isinstance(buttons, Sequence) or isinstance(buttons, str) or not 1 <= len(buttons) <= level.most:
        raise Refused(level.count_code)
    for button in buttons:
        if not isinstance(button, Mapping):
            raise Refused(codes.NOT_JSON)
        if not 1 <= _bytes(button.get("name")) <= level.name:
            raise Refused(level.name_code)
        if level is _TOP and button.get("sub_button"):
            _check(button["sub_button"], _SUB)
        else:
            _leaf(button, level)


def _leaf(button: Mapping[str, Any], level: _Level) -> None:
    kind = button.get("type")
    if kind not in (*_WITH_KEY, *_OTHER):
        raise Refused(level.type_code)
    if kind in _WITH_KEY and not 1 <= _bytes(button.get("key")) <= KEY_LIMIT:
        raise Refused(level.key_code)
    if kind in ("view", "miniprogram") and not 1 <= _bytes(button.get("url")) <= URL_LIMIT:
        raise Refused(level.url_code)


def _bytes(value: object) -> int:
    return len(value.encode()) if isinstance(value, str) else 0
