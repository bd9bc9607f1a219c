"""The action server, asked directly: the fallback when the engine is silent, and the hit test."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Protocol

import httpx2

from contract.decisions import Decision, Decline, from_json
from contract.errors import ContractError
from gateway.errors import NoDirectAnswer
from gateway.gate import Full, Gate

_PLACES = 8  # at once; the answer to a question takes the action server some 10 ms


class Answers(Protocol):
    """What the gateway needs of the action server."""

    async def decide(self, question: str) -> Decision:
        """Answer, choices or decline. Raises NoDirectAnswer."""
        ...

    async def search(self, question: str) -> dict[str, Any]:
        """The hit test. Raises NoDirectAnswer."""
        ...

    async def state(self) -> dict[str, Any]:
        """Which build serves; `ready` false when none does or nobody answers."""
        ...


class HttpAnswers:
    """ACTIONS on loopback, with its token."""

    def __init__(self, url: str, token: str, deadline: float, client: httpx2.AsyncClient | None = None) -> None:
        self._url = url
        self._headers = {"x-gongda-token": token}
        self._deadline = deadline
        self._client = client or httpx2.AsyncClient(timeout=deadline)
        self._gate = Gate(_PLACES, deadline)

    async def decide(self, question: str) -> Decision:
        try:
            async with asyncio.timeout(self._deadline), self._gate:
                return from_json(await self._post("/answer", question, self._deadline))
        except (TimeoutError, Full) as error:
            raise NoDirectAnswer(type(error).__name__) from error
        except ContractError as error:
            raise NoDirectAnswer(f"broke_contract: {error}") from error

    async def search(self, question: str) -> dict[str, Any]:
        return await self._post("/search", question, 5.0)

    async def state(self) -> dict[str, Any]:
        try:
            response = await self._client.get(f"{self._url}/health", timeout=1.0)
            return dict(response.json())
        except (httpx2.HTTPError, ValueError, TypeError):
            return {"ready": False, "build_id": None, "problem": "actions unreachable"}

    async def _post(self, path: str, question: str, deadline: float) -> dict[str, Any]:
        try:
            async with asyncio.timeout(deadline):
                response = await self._client.post(
                    f"{self._url}{path}", json={"question": question}, headers=self._headers, timeout=deadline
                )
            response.raise_for_status()
            return dict(response.json())
        except (TimeoutError, httpx2.HTTPError, ValueError, TypeError) as error:
            raise NoDirectAnswer(type(error).__name__) from error


class FakeAnswers:
    """Decisions by question; None is an action server that is down."""

    def __init__(self, decisions: Mapping[str, Decision] | None = None, *, down: bool = False) -> None:
        self._decisions = dict(decisions or {})
        self.down = down

    async def decide(self, question: str) -> Decision:
        if self.down:
            raise NoDirectAnswer("down")
        return self._decisions.get(question, Decline(reason="no_evidence"))

    async def search(self, question: str) -> dict[str, Any]:
        if self.down:
            raise NoDirectAnswer("down")
        return {"normalized": question, "candidates": []}

    async def state(self) -> dict[str, Any]:
        return {"ready": not self.down, "build_id": None if self.down else "fake", "problem": None}
