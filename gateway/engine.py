"""The dialogue engine, asked over its REST channel.

Rasa answers HTTP 200 with `[]` when its action server is down, an action failed or nothing was
understood, so an empty answer is an error with a name: NoReply.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import httpx2

from contract.decisions import Decision, Option, from_json
from contract.errors import ContractError
from contract.turn import TurnContext
from gateway.breaker import Breaker
from gateway.errors import NoReply
from gateway.gate import Full, Gate

_PLACES = 8  # a question takes some 60 ms of one processor: more at once would all be late
_PATIENCE = 0.5  # seconds; who finds no place is answered from the knowledge base directly


@dataclass(frozen=True)
class Said:
    """A plain text of the engine, with the buttons it offers."""

    text: str
    buttons: tuple[Option, ...] = ()


Part = Said | Decision


class Engine(Protocol):
    """What a turn needs of the dialogue engine."""

    async def ask(self, sender: str, text: str, context: TurnContext) -> tuple[Part, ...]:
        """The engine's texts and decisions, at least one. Raises NoReply."""
        ...

    async def ready(self) -> bool:
        """Whether a model is loaded."""
        ...


class HttpEngine:
    """Rasa on loopback. Opens no connection before the first question."""

    def __init__(
        self,
        url: str,
        deadline: float,
        client: httpx2.AsyncClient | None = None,
        breaker: Breaker | None = None,
        gate: Gate | None = None,
    ) -> None:
        self._url = url
        self._deadline = deadline
        self._client = client or httpx2.AsyncClient(timeout=deadline)
        self._breaker = breaker or Breaker()
        self._gate = gate or Gate(_PLACES, _PATIENCE)

    async def ask(self, sender: str, text: str, context: TurnContext) -> tuple[Part, ...]:
        if not self._breaker.allows():
            raise NoReply("engine_breaker_open")
        try:
            async with asyncio.timeout(self._deadline), self._gate:
                items = await self._post(sender, text, context)
        except Full as error:
            raise NoReply(f"engine_busy: {error}") from error  # there is nothing wrong with it
        except TimeoutError as error:
            self._breaker.failed()
            raise NoReply("engine_late") from error
        except NoReply:
            self._breaker.failed()
            raise
        # Silence is about this message; only an engine that cannot be reached is spared for a while.
        self._breaker.succeeded()
        return parts_of(items)

    async def _post(self, sender: str, text: str, context: TurnContext) -> Any:
        """Rasa's answer, whatever it holds. Raises NoReply when there is none."""
        body = {
            "sender": sender,
            "message": text,
            "input_channel": context.channel,
            "metadata": context.to_json(),
        }
        try:
            response = await self._client.post(f"{self._url}/webhooks/rest/webhook", json=body)
            response.raise_for_status()
            return response.json()
        except httpx2.TimeoutException as error:
            raise NoReply("engine_late") from error
        except (httpx2.HTTPError, ValueError) as error:
            raise NoReply(f"engine_unreachable: {type(error).__name__}") from error

    async def ready(self) -> bool:
        try:
            response = await self._client.get(f"{self._url}/", timeout=1.0)
        except httpx2.HTTPError:
            return False
        return bool(response.status_code == 200)


def parts_of(items: Any) -> tuple[Part, ...]:
    """The items of Rasa's answer. Raises NoReply when they say nothing and when they break the contract."""
    if not isinstance(items, list):
        raise NoReply("engine_broke_contract: the answer is no list")
    try:
        parts = tuple(part for item in items for part in _parts(item))
    except (ContractError, AttributeError, KeyError, TypeError) as error:
        raise NoReply(f"engine_broke_contract: {type(error).__name__}: {error}") from error
    if not parts:
        raise NoReply("engine_silent")
    return parts


def _parts(item: Mapping[str, Any]) -> Sequence[Part]:
    parts: list[Part] = []
    if item.get("text"):
        buttons = tuple(Option(str(b["payload"]), str(b["title"])) for b in item.get("buttons") or ())
        parts.append(Said(str(item["text"]), buttons))
    if item.get("custom"):
        parts.append(from_json(item["custom"]))
    return parts


class FakeEngine:
    """Answers by a function of the text and the context; what it raises is raised."""

    def __init__(self, answer: Callable[[str, TurnContext], Sequence[Part]], delay: float = 0.0) -> None:
        self._answer = answer
        self._delay = delay
        self.asked: list[tuple[str, str, TurnContext]] = []

    async def ask(self, sender: str, text: str, context: TurnContext) -> tuple[Part, ...]:
        self.asked.append((sender, text, context))
        await asyncio.sleep(self._delay)
        return tuple(self._answer(text, context))

    async def ready(self) -> bool:
        return True
