"""The menu below the chat: what it may hold, and how WeChat wants it described.

Limits as in the documentation of 自定义菜单 (`/cgi-bin/menu/create`); a Chinese character counts for two letters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.wording import Wording

BUTTONS, NAME_CHARS, NAME_BYTES = 3, 4, 16
SUB_BUTTONS, SUB_NAME_CHARS, SUB_NAME_BYTES = 5, 8, 60
KEY_BYTES = 128
URL_BYTES = 1024


@dataclass(frozen=True)
class Button:
    """Either says `key` for the follower, opens `url`, or unfolds `below`."""

    name: str
    key: str = ""
    url: str = ""
    below: tuple[Button, ...] = ()


Menu = tuple[Button, ...]
_SHIPPED = ("faq", "tickets", "human")  # keys of `wechat.menu`


def shipped(wording: Wording) -> Menu:
    """The menu of an operator who has not said anything else: each button says its own name."""
    names = (wording.text(f"wechat.menu.{key}") for key in _SHIPPED)
    return tuple(Button(name, name) for name in names)


def width(name: str) -> float:
    """Chinese characters; other letters are half of one."""
    return sum(1 if ord(char) > 0xFF else 0.5 for char in name)


def payload(menu: Menu) -> dict[str, Any]:
    """The body of `/cgi-bin/menu/create`."""
    return {"button": [_described(button) for button in menu]}


def lines(shown: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The `button` list of an answer of WeChat's or of ours, one line each, what is below indented."""
    return tuple(line for button in shown for line in _lines(button))


def _described(button: Button) -> dict[str, Any]:
    if button.below:
        return {"name": button.name, "sub_button": [_described(one) for one in button.below]}
    if button.url:
        return {"type": "view", "name": button.name, "url": button.url}
    return {"type": "click", "name": button.name, "key": button.key}


def _lines(button: Mapping[str, Any], indent: str = "") -> tuple[str, ...]:
    below = [one for one in button.get("sub_button") or () if isinstance(one, Mapping)]
    does = str(button.get("url") or button.get("key") or button.get("type") or "")
    own = f"{indent}{button.get('name', '')}" + (f" → {does}" if does and not below else "")
    return own, *(line for one in below for line in _lines(one, indent + "  "))
