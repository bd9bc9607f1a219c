"""What the operator has decided about the account, from [wechat] in support.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gateway.channels.wechat.hearing.menus import Menu
from gateway.channels.wechat.hearing.scenes import Scene

Transfer = Literal["off", "agent"]


@dataclass(frozen=True)
class WeChatRules:
    """`menu` None: the shipped one; empty: none. `faq` empty: what is asked most. `msgmenu`: a verified account."""

    menu: Menu | None = None
    faq: tuple[str, ...] = ()
    scenes: Mapping[str, Scene] = field(default_factory=dict)
    msgmenu: bool = False
    transfer: Transfer = "off"
