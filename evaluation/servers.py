"""What `evaluation.chain` measures: our stack in a scratch folder, and bare Rasa servers. Each ends with its block."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import psutil  # type: ignore[import-untyped]

from evaluation import cpu
from evaluation.bare_bot import Bare
from evaluation.engine_models import QUIET, ROOT

READY_WITHIN = 600.0  # seconds; on a loaded machine training and four starts take minutes
_STOP_WITHIN = 30.0


class NotReady(Exception):
    """A server did not come up; the message names its log."""


@dataclass
class Server:
    """A running server. `pids` are all its processes; the supervisor is not one of them."""

    name: str
    url: str
    pids: tuple[int, ...]
    start_cpu_seconds: float
    start_wall_seconds: float
    programs: dict[str, int] = field(default_factory=dict)
    database: Path | None = None
    actions_port: int | None = None

    def cpu_seconds(self) -> float:
        return cpu.seconds(self.pids)


@contextmanager
def our_stack(folder: Path, extra: Mapping[str, str] | None = None) -> Iterator[Server]:
    """`gongda up` with its own ports and data, and `extra` settings. Nothing of a running installation is touched."""
    ports = free_ports(3)
    environment = _environment() | {
        "GONGDA_DATA": str(folder / "data"), "GONGDA_PORT": str(ports[0]),
        "GONGDA_ENGINE_PORT": str(ports[1]), "GONGDA_ACTIONS_PORT": str(ports[2]), **(extra or {}),
    }  # fmt: skip
    _lend_models(folder / "data" / "models")
    url = f"http://127.0.0.1:{ports[0]}"
    with _process([sys.executable, "-m", "gongda", "up"], environment, folder / "up.log") as root:
        waited = _until(lambda: _engine_ready(url), root, folder / "up.log")
        programs = _programs(root.pid)
        pids = tuple(pid for program in programs.values() for pid in cpu.family(program))
        yield Server("gongda", url, pids, cpu.seconds(pids), waited, programs, folder / "data" / "desk.db", ports[2])


@contextmanager
def bare_rasa(bare: Bare, folder: Path) -> Iterator[Server]:
    """`rasa run` with a bot of fixed answers: no gateway, no action server, conversations in memory."""
    (port,) = free_ports(1)
    command = [str(bare.python), "-m", "rasa", "run", "--model", str(bare.model), "--credentials",
               str(ROOT / "bot" / "credentials.yml"), "--endpoints", str(bare.endpoints),
               "--interface", "127.0.0.1", "--port", str(port)]  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    log = folder / f"{bare.name}.log"
    with _process(command, _environment() | QUIET, log) as root:
        waited = _until(lambda: _answers(url), root, log)
        pids = cpu.family(root.pid)
        yield Server(bare.name, url, pids, cpu.seconds(pids), waited)


@contextmanager
def _process(command: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A child in a session of its own; it and all below it are gone afterwards."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        child = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output,
                                 start_new_session=True)  # fmt: skip
    try:
        yield child
    finally:
        below = cpu.family(child.pid)
        child.terminate()
        try:
            child.wait(_STOP_WITHIN)
        except subprocess.TimeoutExpired:
            child.kill()
        _end(below)


def _end(pids: tuple[int, ...]) -> None:
    """What outlived its parent is told again, then killed."""
    left = [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]
    for process in left:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    _, alive = psutil.wait_procs(left, timeout=_STOP_WITHIN)
    for process in alive:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def _programs(root: int) -> dict[str, int]:
    """The supervised processes by name."""
    marks = {"gateway": "gongda.assembly:gateway", "actions": "gongda.assembly:actions", "engine": "bot.serve run",
             "worker": "gongda worker"}  # fmt: skip
    found: dict[str, int] = {}
    for pid in cpu.family(root):
        line = " ".join(psutil.Process(pid).cmdline())
        for name, mark in marks.items():
            if mark in line and "supervisord" not in line:
                found.setdefault(name, pid)
    if missing := marks.keys() - found.keys():
        raise NotReady(f"gongda up started no {', '.join(sorted(missing))}")
    return found


def _until(ready: Callable[[], bool], root: subprocess.Popen[bytes], log: Path) -> float:
    """Seconds until `ready`. Raises NotReady."""
    began = time.monotonic()
    while time.monotonic() - began < READY_WITHIN:
        if root.poll() is not None:
            raise NotReady(f"the server ended with {root.returncode}; see {log}:\n{_tail(log)}")
        if ready():
            return round(time.monotonic() - began, 1)
        time.sleep(0.5)
    raise NotReady(f"not ready within {READY_WITHIN:.0f} s; see {log}:\n{_tail(log)}")


def _engine_ready(url: str) -> bool:
    try:
        checks = httpx2.get(f"{url}/readyz", timeout=3.0).json()["checks"]
    except (httpx2.HTTPError, ValueError, KeyError):
        return False
    return bool(checks["engine"] and checks["actions"])


def _answers(url: str) -> bool:
    try:
        return bool(httpx2.get(url, timeout=3.0).status_code == 200)
    except httpx2.HTTPError:
        return False


def _environment() -> dict[str, str]:
    """Ours without any setting that points at a running installation."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GONGDA_")}


def _lend_models(folder: Path) -> None:
    """Models trained before; `gongda up` uses one only when it fits the present sources, else trains."""
    folder.mkdir(parents=True)
    for model in (ROOT / "var" / "models").glob("engine-*.tar.gz"):
        shutil.copy2(model, folder)


def free_ports(number: int) -> list[int]:
    """Different loopback ports that nobody uses."""
    sockets = [socket.socket() for _ in range(number)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
