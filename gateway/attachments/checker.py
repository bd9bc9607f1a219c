"""Checking in a process of its own, a few at a time: what a file can break is that process."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar

from anyio import CapacityLimiter, to_thread

from gateway.attachments import errors
from gateway.attachments.checking import Checked, check, kind_of
from gateway.attachments.errors import AttachmentError, Crowded, Damaged, NotKept, TooBig
from gateway.attachments.limits import AttachmentLimits

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

ROOT = Path(__file__).resolve().parents[2]  # where `python -m gateway…` finds the package
_AT_ONCE = 2  # each may take a core and up to a gigabyte
_THREADS = 4  # for those under way and for what needs no process
_WAITING = 16  # files in memory that wait for one of these threads; more are asked to come again
_OURS = "GONGDA_"  # settings, secrets among them: nothing for a process that opens strangers' files
_HARMLESS = ("text", "voice")  # nothing is parsed
_START = 10.0  # seconds for the process to come up on a busy machine


class Checker:
    """Checks files; blocks, so callers are in a thread. Files that come at the same time wait for each other."""

    def __init__(
        self,
        at_once: int = _AT_ONCE,
        *,
        threads: int = _THREADS,
        waiting: int = _WAITING,
        python: str = sys.executable,
        start: float = _START,
    ) -> None:
        self._python, self._start = python, start
        self._turn = threading.BoundedSemaphore(at_once)
        self._threads = CapacityLimiter(threads)
        self._waiting = waiting

    async def aside(self, work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """What checks a file, in threads of its own: those that answer everybody else stay free, however long the
        files take. Raises Crowded, and what `work` raises."""
        if self._threads.statistics().tasks_waiting >= self._waiting:
            raise Crowded
        return await to_thread.run_sync(partial(work, *args, **named), limiter=self._threads)

    def check(self, data: bytes, name: str, limits: AttachmentLimits, *, voice: bool = False) -> Checked:
        """As `checking.check`, within `limits.seconds` and `limits.memory`. Raises AttachmentError."""
        kind = kind_of(data) if 0 < len(data) <= limits.largest else None
        if kind is None or kind in _HARMLESS or kind not in limits.kinds:
            return check(data, name, limits, voice=voice)
        with self._turn:
            return self._apart(data, name, limits, voice=voice)

    def _apart(self, data: bytes, name: str, limits: AttachmentLimits, *, voice: bool) -> Checked:
        asked = json.dumps({"name": name, "limits": asdict(limits), "voice": voice}).encode()
        command = [self._python, "-m", "gateway.attachments.child"]
        try:
            done = subprocess.run(  # noqa: S603 - our own module
                command,
                input=asked + b"\n" + data,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=limits.seconds + self._start,
                cwd=ROOT,
                env={name: value for name, value in os.environ.items() if not name.startswith(_OURS)},
                check=False,
            )
        except OSError as error:
            log.error("the process that checks files could not be started: %s", error)
            raise NotKept from error
        except subprocess.TimeoutExpired:
            log.warning("a file of %d bytes was not checked within %.0f s", len(data), limits.seconds + self._start)
            raise TooBig("too_slow") from None
        line, _, content = done.stdout.partition(b"\n")
        if done.returncode != 0 or not line:
            log.warning("checking a file of %d bytes ended with %d", len(data), done.returncode)
            raise (TooBig("too_slow") if done.returncode in (-24, -9) else Damaged())  # SIGXCPU, or killed for memory
        return _read(line, content)


def _read(line: bytes, content: bytes) -> Checked:
    head = json.loads(line)
    if "refused" in head:
        refused: type[AttachmentError] = getattr(errors, head["refused"])
        raise refused(head["key"], **head["values"])
    if len(content) != head["size"]:
        raise Damaged
    return Checked(head["media_type"], content, head["name"], head["width"], head["height"])
