"""The channels that come with the gateway."""

from __future__ import annotations

from gateway.channels.channel import Channels
from gateway.channels.terminal.channel import Terminal
from gateway.channels.web.channel import Web
from gateway.channels.wechat.adapter import WeChat
from gateway.wording import Wording


def all_channels(wording: Wording, *, pushes: bool, msgmenu: bool = False) -> Channels:
    """The same in every process. `pushes`: the WeChat account may send customer-service messages; without that, or
    without an account, what is said to its followers waits for them."""
    return Channels((Web(wording), Terminal(wording), WeChat(wording, pushes=pushes, msgmenu=msgmenu)))
