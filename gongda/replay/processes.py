"""The engine and the action server of a scratch stack: own ports, own logs, gone when the block ends."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import httpx2

from gongda.errors import StepFailed
from gongda.interruption import Interruption

READY_WITHIN = 180.0  # seconds; Rasa needs 15-45 s to load
STOP_WITHIN = 5.0  # seconds; then they are killed: nothing of theirs is kept
_LOOK_EVERY = 0.1


@dataclass(frozen=True)
class Neighbour:
    """A process to be started. `shown` is its name for an operator, `health` answers 200 when it is ready."""

    shown: str
    command: str
    environment: Mapping[str, str]
    health: str
    log: Path


def free_ports(count: int) -> tuple[int, ...]:
    """Different loopback ports that nobody uses: all are held until the last is known."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return tuple(one.getsockname()[1] for one in sockets)


@contextmanager
def running(
    neighbours: Sequence[Neighbour],
    folder: Path,
    interruption: Interruption | None = None,
    *,
    patience: float = STOP_WITHIN,
) -> Iterator[None]:
    """All of them ready inside the block, none of them left `patience` seconds after it.

    Raises StepFailed with the log's last line.
    """
    interruption = interruption or Interruption()
    with ExitStack() as stopping:
        started: list[tuple[Neighbour, subprocess.Popen[bytes]]] = []
        for neighbour in neighbours:
            with interruption.held():  # a process that nobody has noted down would be left
                started.append((neighbour, _start(neighbour, folder)))
                stopping.callback(_stop, started[-1][1], patience)
        deadline = monotonic() + READY_WITHIN
        for neighbour, process in started:
            _wait(neighbour, process, deadline, interruption)
        yield


def _start(neighbour: Neighbour, folder: Path) -> subprocess.Popen[bytes]:
    neighbour.log.parent.mkdir(parents=True, exist_ok=True)
    with neighbour.log.open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - our own program with our own arguments
            shlex.split(neighbour.command),
            cwd=folder,
            env=dict(neighbour.environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl+C is ours to handle; they end when we say so
        )


def _wait(neighbour: Neighbour, process: subprocess.Popen[bytes], deadline: float, interruption: Interruption) -> None:
    while monotonic() < deadline:
        interruption.check()
        if process.poll() is not None:
            status = process.returncode
            raise StepFailed(f"{neighbour.shown}启动失败（退出码 {status}）：{last_line(neighbour.log)}")
        with suppress(httpx2.HTTPError):
            if httpx2.get(neighbour.health, timeout=2.0).status_code == 200:
                return
        sleep(_LOOK_EVERY)
    raise StepFailed(f"{neighbour.shown}在 {READY_WITHIN:.0f} 秒内没有就绪：{last_line(neighbour.log)}")


def _stop(process: subprocess.Popen[bytes], patience: float) -> None:
    """The whole group: what a process has started ends with it."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(patience)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def last_line(log: Path) -> str:
    """What a process said last."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return "没有日志"
    return next((line.strip() for line in reversed(lines) if line.strip()), "日志是空的")
