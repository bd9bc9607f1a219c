"""What the WeChat campaigns share: WeChat's server on a real port, and the account that the product is set up with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import uvicorn

from gateway.channels.wechat.fake import FakeWeChat

TOKEN, APP_ID, APP_SECRET = "campaign2026", "wx-campaign", "campaign-secret"


def account(api: str) -> dict[str, str]:
    """The settings of an account that may push, at WeChat's server under `api`."""
    return {
        "GONGDA_WECHAT_TOKEN": TOKEN,
        "GONGDA_WECHAT_APP_ID": APP_ID,
        "GONGDA_WECHAT_APP_SECRET": APP_SECRET,
        "GONGDA_WECHAT_API_BASE": api,
        "GONGDA_WECHAT_CUSTOMER_SERVICE": "true",
    }


@asynccontextmanager
async def serving(wechat: FakeWeChat) -> AsyncIterator[str]:
    """WeChat's server on a real port; its address."""
    server = uvicorn.Server(uvicorn.Config(wechat.app, host="127.0.0.1", port=0, log_level="critical", lifespan="off"))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells in no other way
        await asyncio.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


def towards(url: str, timeout: float) -> httpx2.AsyncClient:
    """A connection for each delivery, as WeChat opens one, and as many at once as there are."""
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=0)
    return httpx2.AsyncClient(base_url=url, timeout=timeout, limits=limits)
