"""An application on a real port, for processes outside this one."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future

import uvicorn
from fastapi import FastAPI

from tests.e2e.loop import LoopThread
from tests.e2e.waiting import until


class Served:
    """Serves from the moment it is made until `stop`."""

    def __init__(self, thread: LoopThread, app: FastAPI, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="critical", lifespan="off")
        self._server = uvicorn.Server(config)
        self._serving: Future[None] = asyncio.run_coroutine_threadsafe(self._server.serve(), thread.loop)
        until(lambda: self._server.started, 20, f"a server on port {port}")

    def stop(self) -> None:
        self._server.should_exit = True
        self._server.force_exit = True  # whoever still listens must not hold up the end
        self._serving.result(timeout=20)
