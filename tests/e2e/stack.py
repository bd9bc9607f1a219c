"""The whole product, started as an operator starts it: `gongda up` in a data directory of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from typing import Any, Literal
from xmlrpc.client import Fault, ServerProxy

import httpx2
import psutil
from supervisor.xmlrpc import SupervisorTransport

from desk.database import Database
from gongda.replay.processes import free_ports
from gongda.settings import ROOT, Settings
from gongda.training import model_path
from tests.e2e.waiting import until
from tests.e2e.wechat_server import AES_KEY, APP_ID, APP_SECRET

Name = Literal["gateway", "actions", "engine", "worker"]
WECHAT_TOKEN = "e2eToken2026"
FIRST_START = 300.0  # seconds, of which training may take most on a busy machine


class Stack:
    """Started by `start`, ended by `stop`; in between its processes may be killed, frozen and asked after."""

    def __init__(self, data: Path, wechat_api: str) -> None:
        self.data = data
        self.port, self.engine_port, self.actions_port = free_ports(3)
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GONGDA_")},
            "GONGDA_DATA": str(data),
            "GONGDA_PORT": str(self.port),
            "GONGDA_ENGINE_PORT": str(self.engine_port),
            "GONGDA_ACTIONS_PORT": str(self.actions_port),
            "GONGDA_WECHAT_TOKEN": WECHAT_TOKEN,
            "GONGDA_WECHAT_MODE": "secure",
            "GONGDA_WECHAT_AES_KEY": AES_KEY,
            "GONGDA_WECHAT_APP_ID": APP_ID,
            "GONGDA_WECHAT_APP_SECRET": APP_SECRET,
            "GONGDA_WECHAT_API_BASE": wechat_api,
            "GONGDA_WECHAT_CUSTOMER_SERVICE": "true",
        }
        self.database = Database(f"sqlite:///{data / 'desk.db'}")
        self.ready_after = 0.0  # seconds of the last start
        self._up: subprocess.Popen[bytes] | None = None
        self._family: list[psutil.Process] = []

    # -- the whole ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Returns when every process answers."""
        self._reuse_model()
        began = monotonic()
        with (self.data / "up.log").open("ab") as log:
            self._up = subprocess.Popen(
                [str(gongda()), "up"], cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        try:
            until(self._all_answer, FIRST_START, "gongda up", every=0.3)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.said()}") from None
        self.ready_after = monotonic() - began
        self._family = psutil.Process(self._up.pid).children(recursive=True)
        self.database.open()

    def stop(self) -> None:
        """Ctrl+C as a service manager says it. AssertionError when something stays behind."""
        if self._up is None:
            return
        self.database.close()
        everything = {*self._family, *psutil.Process(self._up.pid).children(recursive=True)}
        for process in everything:
            _quietly(process.resume)
        self._up.send_signal(signal.SIGTERM)
        try:
            self._up.wait(timeout=120)
        finally:
            left = [process for process in everything if process.is_running()]
            for process in left:
                _quietly(process.kill)
        self._up = None
        assert not left, f"still running after gongda up had ended: {[process.pid for process in left]}"

    def said(self) -> str:
        """What `gongda up` has printed."""
        return (self.data / "up.log").read_text(encoding="utf-8")

    def supervisor_said(self) -> str:
        """What the supervisor has noted."""
        return (self.data / "logs" / "supervisord.log").read_text(encoding="utf-8")

    def run(
        self, *arguments: str, extra: Mapping[str, str] | None = None, text: str = "", timeout: float = 90.0
    ) -> Run:
        """A `gongda` command with this stack's settings."""
        done = subprocess.run(
            [str(gongda()), *arguments],
            cwd=ROOT,
            env={**self.environment, **(extra or {})},
            input=text,
            capture_output=True,
            encoding="utf-8",
            timeout=timeout,
        )
        return Run(done.returncode, done.stdout, done.stderr)

    # -- one process -------------------------------------------------------------------------------

    def pid(self, name: Name) -> int:
        """0 while it is not running."""
        return int(self._supervised(name)["pid"])

    def kill(self, *names: Name) -> None:
        """kill -9, all of them at the same moment; the supervisor is left to do its work."""
        for pid in [self.pid(name) for name in names]:
            self.kill_now(pid)

    def kill_now(self, pid: int) -> None:
        """For those who have asked for the pid before, because now every millisecond counts."""
        os.kill(pid, signal.SIGKILL)

    def freeze(self, name: Name) -> None:
        """The process is there and does nothing, as on a machine that swaps."""
        os.kill(self.pid(name), signal.SIGSTOP)

    def thaw(self, name: Name) -> None:
        os.kill(self.pid(name), signal.SIGCONT)

    def checks(self) -> dict[str, Any]:
        """What /readyz says; empty while the gateway is away."""
        try:
            return dict(httpx2.get(f"{self.url}/readyz", timeout=5.0).json()["checks"])
        except (httpx2.HTTPError, ValueError):
            return {}

    def answering(self, *names: Literal["engine", "actions"]) -> bool:
        """Whether the gateway finds these ready."""
        checks = self.checks()
        return all(checks.get(name) for name in names)

    # -- what it holds -----------------------------------------------------------------------------

    def secret(self, name: str) -> str:
        return (self.data / "secrets" / name).read_text(encoding="utf-8")

    def model(self) -> Path:
        """The one model in the data directory."""
        (found,) = (self.data / "models").glob("engine-*.tar.gz")
        return found

    def _all_answer(self) -> bool:
        if self._up is not None and self._up.poll() is not None:
            raise AssertionError(f"gongda up ended with status {self._up.returncode}")
        return self.answering("engine", "actions")

    def _supervised(self, name: Name) -> dict[str, Any]:
        socket = f"unix://{self.data / 'run' / 'supervisor.sock'}"
        server: Any = ServerProxy("http://127.0.0.1", transport=SupervisorTransport(None, None, socket))
        try:
            return dict(server.supervisor.getProcessInfo(name))
        except Fault as fault:
            raise AssertionError(f"the supervisor does not know {name}: {fault}") from fault

    def _reuse_model(self) -> None:
        """Training for the present sources takes a minute; the checkout may have done it already."""
        wanted = model_path(Settings(data=self.data))
        trained = model_path(Settings(data=ROOT / "var"))
        if trained.exists() and not wanted.exists():
            wanted.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(trained, wanted)


class Run:
    """What a command came to."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def gongda() -> Path:
    """The installed command."""
    return Path(sys.executable).with_name("gongda")


def _quietly(act: Any) -> None:
    try:
        act()
    except psutil.NoSuchProcess:
        return
