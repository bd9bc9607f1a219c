"""A visitor of the website: what the widget does, without a browser."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from time import monotonic, sleep
from typing import Any

import httpx2

_addresses = count(2)


@dataclass(frozen=True)
class Heard:
    """One message of the conversation, and when it came: seconds after the last thing said."""

    seq: int
    author: str
    kind: str
    text: str
    card: dict[str, Any]
    options: tuple[str, ...]
    after: float

    @property
    def shown(self) -> str:
        """Everything a person reads of it."""
        told = [self.text, self.card.get("title", ""), *self.card.get("blocks", ()), self.card.get("source", "")]
        return "\n".join(dict.fromkeys(part for part in told if part))


Wanted = Callable[[Heard], bool]


def by_bot(message: Heard) -> bool:
    return message.author == "bot"


@dataclass
class Visitor:
    """Writes as the widget writes: the same client id until the gateway has said 202."""

    url: str
    token: str = ""
    heard: list[Heard] = field(default_factory=list)

    def __post_init__(self) -> None:
        # Each from an address of their own: what one address may do in a minute is limited.
        number = next(_addresses)
        transport = httpx2.HTTPTransport(local_address=f"127.0.{number // 250}.{number % 250 + 2}")
        self._http = httpx2.Client(base_url=self.url, transport=transport, timeout=10.0)
        self._since = monotonic()
        self._spoke = 0  # the number of what was said last
        if not self.token:
            self.token = self._http.post("/web/session", json={"site": "e2e"}).json()["token"]

    @property
    def last_seq(self) -> int:
        return self.heard[-1].seq if self.heard else 0

    def post(self, text: str, *, patience: float = 30.0) -> str:
        """Send a text until it is accepted; its client id."""
        client_id = uuid.uuid4().hex
        self._since = monotonic()
        while not self._accepted(client_id, text):
            assert monotonic() - self._since < patience, f"{text!r} was not accepted within {patience:g} s"
            sleep(0.1)
        return client_id

    def ask(self, text: str, wanted: Wanted = by_bot, *, within: float = 10.0) -> Heard:
        """The first message that fits, and all that came before it in `heard`."""
        self.post(text)
        return self.wait(wanted, within)

    def wait(self, wanted: Wanted = by_bot, within: float = 10.0) -> Heard:
        """Listen from where the visitor left off; what came before they spoke last is not wanted."""
        deadline = monotonic() + within
        seen = []
        while monotonic() < deadline:
            for message in self._listen(deadline):
                self.heard.append(message)
                seen.append(message.shown)
                if message.seq > self._spoke and wanted(message):
                    return message
        raise AssertionError(f"not said within {within:g} s; said was {seen}")

    @contextmanager
    def listening(self) -> Iterator[None]:
        """An open window: the event stream stays open meanwhile."""
        with self._http.stream("GET", "/web/events", headers=self._headers, timeout=5.0) as stream:
            next(stream.iter_lines())
            yield

    def _accepted(self, client_id: str, text: str) -> bool:
        body = {"client_id": client_id, "text": text}
        try:
            answer = self._http.post("/web/messages", json=body, headers=self._headers)
        except httpx2.TransportError:
            return False  # nobody knows whether it got there: the same again
        assert answer.status_code == 202, answer.text
        self._spoke = answer.json()["seq"]
        return True

    def _listen(self, deadline: float) -> Iterator[Heard]:
        """Messages until the line breaks, falls silent or the time is over."""
        events = {"params": {"after": self.last_seq}, "headers": self._headers, "timeout": 5.0}
        try:
            with self._http.stream("GET", "/web/events", **events) as stream:
                for line in stream.iter_lines():
                    if line.startswith("data: ") and "author" in (said := json.loads(line[6:])):
                        yield self._message(said)
                    if monotonic() > deadline:
                        return
        except httpx2.TransportError:
            sleep(0.05)

    def _message(self, said: dict[str, Any]) -> Heard:
        options = tuple(option["label"] for option in said.get("options", ()))
        after = monotonic() - self._since
        return Heard(said["seq"], said["author"], said["kind"], said["text"], said.get("card", {}), options, after)

    @property
    def _headers(self) -> dict[str, str]:
        return {"x-gongda-session": self.token}
