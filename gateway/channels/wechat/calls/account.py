"""The account itself, for its operator: its menu, codes with a scene, the accounts of WeChat's own desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.channels.wechat.calls.client import WeChatClient
from gateway.channels.wechat.errors import ApiError, WeChatUnavailable
from gateway.channels.wechat.hearing.menus import Menu, payload
from gateway.channels.wechat.hearing.scenes import LONGEST, cleaned

MENU = "/cgi-bin/menu"
QRCODE = "/cgi-bin/qrcode/create"
DESK = "/cgi-bin/customservice/getkflist"
_NO_MENU = 46003
_Shown = tuple[Mapping[str, Any], ...]


class Account:
    """Calls of the operator's. Every method raises ApiError."""

    def __init__(self, client: WeChatClient) -> None:
        self._client = client

    async def menu(self) -> _Shown:
        """The buttons that followers see; empty without a menu."""
        try:
            answer = await self._client.call(f"{MENU}/get")
        except ApiError as error:
            if error.errcode == _NO_MENU:
                return ()
            raise
        shown = answer.get("menu")
        return _tables(shown.get("button") if isinstance(shown, Mapping) else None)

    async def push_menu(self, menu: Menu) -> None:
        """Replaces the menu; phones show it within a day, or when the account is followed anew."""
        await self._client.call(f"{MENU}/create", payload(menu))

    async def delete_menu(self) -> None:
        """No menu any more, also when there was none."""
        try:
            await self._client.call(f"{MENU}/delete")
        except ApiError as error:
            if error.errcode != _NO_MENU:
                raise

    async def permanent_code(self, scene: str) -> str:
        """The address that a permanent code with this scene holds. An account has 100,000 of them in all.

        Raises ValueError for a scene that WeChat or we would not take.
        """
        if not scene or cleaned(scene) != scene:
            raise ValueError(f"a scene has 1 to {LONGEST} characters that are seen, and no blanks around them")
        wanted = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": scene}}}
        answer = await self._client.call(QRCODE, wanted)
        url = answer.get("url")
        if not isinstance(url, str) or not url.startswith(("http://", "https://")):
            raise WeChatUnavailable(f"{QRCODE}: WeChat's answer holds no address")
        return url

    async def desk_accounts(self) -> tuple[str, ...]:
        """Who is set up in WeChat's own desk, as kf2001@gh_account."""
        answer = await self._client.call(DESK)
        return tuple(str(one["kf_account"]) for one in _tables(answer.get("kf_list")) if one.get("kf_account"))


def _tables(given: Any) -> _Shown:
    if not isinstance(given, Sequence) or isinstance(given, str):
        return ()
    return tuple(one for one in given if isinstance(one, Mapping))
