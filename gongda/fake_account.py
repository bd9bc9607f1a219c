"""An official account at the fake WeChat server: its settings, and the server with its phone in the browser.

What it is set up with is made once and kept with the other secrets, so that a gateway that was started for it yesterday
still fits today.
"""

from __future__ import annotations

import hashlib
import logging
import socket
import subprocess
import threading
from dataclasses import dataclass

import httpx2
import uvicorn

from gateway.channels.wechat.fake import FakeWeChat
from gateway.channels.wechat.fakes.phone import Phone
from gateway.channels.wechat.fakes.wire import Mode, Wire
from gateway.channels.wechat.hearing import menus
from gongda.clocks import clock_of
from gongda.errors import PortTaken, Unprepared
from gongda.policy import load_policy
from gongda.ports import listening
from gongda.product.showing import wording
from gongda.secrets import Secrets
from gongda.settings import Settings

APP_ID = "wx-gongda-dev"
OPENID = "oDev-phone-in-the-browser"
_CALLBACK_PATIENCE = 10.0  # seconds; the phone gives up after five by itself


@dataclass(frozen=True)
class Account:
    """What 公众号后台 would show."""

    port: int
    token: str
    app_secret: str
    aes_key: str
    mode: Mode

    @property
    def url(self) -> str:
        """Of the phone, and of WeChat's interface."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What the gateway is to be started with."""
        return {
            "GONGDA_WECHAT_TOKEN": self.token,
            "GONGDA_WECHAT_APP_ID": APP_ID,
            "GONGDA_WECHAT_APP_SECRET": self.app_secret,
            "GONGDA_WECHAT_MODE": self.mode,
            "GONGDA_WECHAT_AES_KEY": self.aes_key,
            "GONGDA_WECHAT_API_BASE": self.url,
            "GONGDA_WECHAT_CUSTOMER_SERVICE": "true",
        }


def account(settings: Settings, port: int, mode: Mode) -> Account:
    """The account of this installation; port 0 is any free one. Raises PortTaken."""
    if port and listening(port):
        raise PortTaken(f"端口 {port} 已被占用；用 --port 换一个，0 是任意空闲端口")
    secret = Secrets(settings.var / "secrets").get("dev_wechat")
    token, app_secret, key = (hashlib.sha256(f"{name} {secret}".encode()) for name in ("token", "secret", "key"))
    return Account(
        port=port or _any_port(),
        token=token.hexdigest()[:24],
        app_secret=app_secret.hexdigest()[:32],
        aes_key=key.hexdigest()[:43],
        mode=mode,
    )


def reachable(settings: Settings) -> bool:
    """Whether the gateway is running."""
    try:
        return httpx2.get(f"{settings.gateway_url}/healthz", timeout=2.0).status_code < 500
    except httpx2.HTTPError:
        return False


def connected(made: Account, settings: Settings) -> bool:
    """Whether the running gateway takes this account's signature."""
    query = {**Wire(made.token, clock_of(settings)).query(), "echostr": "gongda"}
    try:
        answer = httpx2.get(f"{settings.gateway_url}/wechat", params=query, timeout=2.0)
    except httpx2.HTTPError:
        return False
    return answer.status_code == 200 and answer.text == "gongda"


def serve(made: Account, settings: Settings, child: subprocess.Popen[bytes] | None) -> None:
    """Until Ctrl+C, or until `child` ends by itself."""
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    wechat = FakeWeChat(clock_of(settings), APP_ID, made.app_secret)
    wechat.menu.create(menus.payload(_menu(settings)))  # as `gongda wechat menu push` would
    gateway = httpx2.AsyncClient(base_url=settings.gateway_url, timeout=_CALLBACK_PATIENCE)
    Phone(wechat, gateway, made.token, made.aes_key, OPENID, made.mode).mount(wechat.app)
    config = uvicorn.Config(
        wechat.app, host="127.0.0.1", port=made.port, log_level="warning", access_log=False, lifespan="off",
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    if child is not None:
        threading.Thread(target=_stop_with, args=(child, server), daemon=True).start()
    try:
        server.run()
    except KeyboardInterrupt:
        return
    if not server.started:
        raise Unprepared(f"假微信没能在 {made.url} 启动")


def _menu(settings: Settings) -> menus.Menu:
    """The operator's, or the shipped one."""
    wanted = load_policy(settings.root / settings.support).service.wechat.menu
    return menus.shipped(wording(settings)) if wanted is None else wanted


def _stop_with(child: subprocess.Popen[bytes], server: uvicorn.Server) -> None:
    child.wait()
    server.should_exit = True


def _any_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])
