"""chat: a conversation in the terminal, through the running gateway and its real turn.

Lines from a pipe are spoken one after the other, each after the answer to the one before.
"""

from __future__ import annotations

import json
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx2
from rich.console import Console
from rich.markdown import Markdown

from gongda.errors import Unprepared
from gongda.settings import load_settings

_AGAIN_AFTER = 1.0  # seconds until a broken stream is opened again
_ANSWER_WITHIN = 15.0  # seconds; a burst takes up to 6, the gateway's own deadlines 4 more
_PAUSE = 0.3  # seconds; the messages of one turn come together


def chat() -> None:
    """在终端里对话（需要先 make run）；空行退出。"""
    console = Console(highlight=False)
    with httpx2.Client(base_url=load_settings().gateway_url, timeout=10.0) as client:
        token = _session(client, console)
        heard = _Heard()
        threading.Thread(target=_listen, args=(client, token, console, heard), daemon=True).start()
        for line in _lines(console):
            body = {"client_id": uuid.uuid4().hex, "text": line}
            seq = _send(client, body, token, console)
            if seq is not None and not sys.stdin.isatty():
                heard.answer_to(seq)


class _Heard:
    """How far the other side has spoken."""

    def __init__(self) -> None:
        self._news = threading.Condition()
        self._seq = 0

    def note(self, seq: int) -> None:
        """Called for every message that is not our own."""
        with self._news:
            self._seq = max(self._seq, seq)
            self._news.notify_all()

    def answer_to(self, seq: int) -> None:
        """Wait until it has come and is complete, or does not come: a human may have the conversation."""
        patience = _ANSWER_WITHIN
        while self._beyond(seq, patience):
            seq, patience = self._seq, _PAUSE

    def _beyond(self, seq: int, patience: float) -> bool:
        with self._news:
            return self._news.wait_for(lambda: self._seq > seq, patience)


def _send(client: httpx2.Client, body: dict[str, str], token: str, console: Console) -> int | None:
    """The message's number in the conversation; None when it was not accepted."""
    try:
        answer = client.post("/web/messages", json=body, headers={"x-gongda-session": token})
    except httpx2.HTTPError:
        console.print("[red]✗[/] 没有发出去：服务没有应答，请稍后再发一次")
        return None
    if answer.status_code != 202:
        console.print(f"[red]✗[/] {answer.json()['error']['message']}")
        return None
    return int(answer.json()["seq"])


def _session(client: httpx2.Client, console: Console) -> str:
    try:
        begun = client.post("/web/session", json={"site": "terminal"}).json()
    except httpx2.HTTPError as error:
        raise Unprepared("连不上服务，请先运行 make run") from error
    console.print(f"[dim]{begun['name']}：{begun['notice']}[/]")
    return str(begun["token"])


def _lines(console: Console) -> Iterator[str]:
    while True:
        try:
            line = console.input()
        except (EOFError, KeyboardInterrupt):
            return
        if not line.strip():
            return
        yield line


def _listen(client: httpx2.Client, token: str, console: Console, heard: _Heard) -> None:
    """Show what arrives; after a break go on where it stopped."""
    seen = 0
    while True:
        with suppress(httpx2.HTTPError, ValueError):
            for message in _events(client, token, seen):
                seen = max(seen, message.get("seq", 0))
                if message.get("author", "user") != "user":
                    _show(message, console)
                    heard.note(message["seq"])
        time.sleep(_AGAIN_AFTER)


def _events(client: httpx2.Client, token: str, after: int) -> Iterator[dict[str, Any]]:
    headers = {"x-gongda-session": token}
    with client.stream("GET", f"/web/events?after={after}", headers=headers, timeout=30.0) as stream:
        for line in stream.iter_lines():
            if line.startswith("data: "):
                yield json.loads(line.removeprefix("data: "))


def _show(message: dict[str, Any], console: Console) -> None:
    card = message.get("card") or {}
    if message["kind"] == "answer":
        console.print(Markdown("\n\n".join([f"**{card['title']}**", *card["blocks"]])))
        console.print(f"[dim]来源：{card['source']}[/]")
    else:
        console.print(f"[cyan]{message['text']}[/]")
    for number, option in enumerate(message.get("options") or (), 1):
        console.print(f"  {number}. {option['label']}")
