"""Is the gateway alive, and can it do its work?"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from desk.errors import DeskError
from gateway.services import Services


def health_router(services: Services) -> APIRouter:
    """`/healthz`: this process. `/readyz`: what it depends on, each by name."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz")
    async def healthz() -> dict[str, bool]:
        return {"ok": True}

    @router.get("/readyz")
    async def readyz() -> JSONResponse:
        """200 as long as messages can be stored and answered somehow; `engine` false means direct answers only."""
        database = await run_in_threadpool(_database, services)
        actions = await services.answers.state()
        engine = await services.engine.ready()
        checks: dict[str, Any] = {
            "database": database,
            "engine": engine,
            "actions": bool(actions.get("ready")),
            "build_id": actions.get("build_id"),
            "problem": actions.get("problem"),
        }
        ready = database and (engine or checks["actions"])
        return JSONResponse({"ready": ready, "checks": checks}, status_code=200 if ready else 503)

    return router


def _database(services: Services) -> bool:
    try:
        services.db.ping()
    except DeskError:
        return False
    return True
