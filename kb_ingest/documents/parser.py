"""The parent's side of the child process: one child for many files, a new one after each death."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from threading import Event, Timer
from types import TracebackType
from typing import Any

from kb_ingest.documents import wire
from kb_ingest.documents.limits import Limits
from kb_ingest.documents.model import Document
from kb_ingest.errors import OverLimit, Refused, Unsuitable

_ROOT = Path(__file__).resolve().parents[2]
# Numeric libraries start a thread for each core, and each reserves memory that the limit counts.
ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1", "PYTHONPATH": str(_ROOT)}
_MOST_ANSWER_BYTES = 64 * 1024 * 1024
_START_SECONDS = 60.0


class Parser:
    """Parses files in a child process that has this `environment` and no more; a context manager. For one thread."""

    def __init__(self, limits: Limits, environment: Mapping[str, str] = ENVIRONMENT) -> None:
        self._limits = limits
        self._environment = environment
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Parser:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._end()

    def parse(self, kind: str, data: bytes, name: str) -> Document:
        """The document. Raises Refused, also when the child takes too long, too much memory, or dies."""
        child = self._running()
        with _alarm(child, self._limits.seconds) as late:
            answer = self._asked(child, kind, data, name)
        if answer is None:
            code = _exit_code(child)
            self._end()
            raise self._death(code, late.is_set())
        if answer.get("last"):
            self._end()
        if "refused" in answer:
            raise Unsuitable(str(answer["refused"]))
        return wire.loaded(answer["document"])

    def _asked(self, child: subprocess.Popen[bytes], kind: str, data: bytes, name: str) -> dict[str, Any] | None:
        """The child's answer, or None when it died over the question."""
        requests, answers = child.stdin, child.stdout
        if requests is None or answers is None:
            raise RuntimeError("the child was started without pipes")
        question = {"kind": kind, "name": name, "size": len(data), "limits": asdict(self._limits)}
        try:
            requests.write(wire.packed(question) + data)
            requests.flush()
            answer = json.loads(answers.readline(_MOST_ANSWER_BYTES))
        except (OSError, ValueError):
            return None
        return answer if isinstance(answer, dict) else None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._end()
            self._child = subprocess.Popen(
                [sys.executable, "-m", "kb_ingest.documents.child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=_ROOT,
                env=self._environment,
                start_new_session=True,
            )
            self._greeted(self._child)
        return self._child

    def _greeted(self, child: subprocess.Popen[bytes]) -> None:
        """Its start is on no file's account. Raises OverLimit when nothing comes of it."""
        if child.stdout is None:
            raise RuntimeError("the child was started without pipes")
        with _alarm(child, _START_SECONDS):
            ready = child.stdout.readline(len(wire.READY))
        if ready != wire.READY:
            self._end()
            raise OverLimit("解析进程没能启动，机器可能太忙或内存不够；请稍后再导入")

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        _kill(child)
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:  # what it never read stays unread
                    continue

    def _death(self, code: int | None, late: bool) -> Refused:
        if late or code == -signal.SIGXCPU:
            return OverLimit(f"解析超过 {self._limits.seconds:g} 秒，已停止；请拆小再导入")
        if code == -signal.SIGKILL:
            return OverLimit("解析进程被系统结束，多半是内存不够；请拆小再导入")
        return Unsuitable("解析程序在这个文件上崩溃，文件多半已损坏；请用原软件打开后另存一份")


@contextmanager
def _alarm(child: subprocess.Popen[bytes], seconds: float) -> Iterator[Event]:
    """Kills the child when this takes longer, and says so by the event."""
    late = Event()
    alarm = Timer(seconds, _strike, (child, late))
    alarm.daemon = True
    alarm.start()
    try:
        yield late
    finally:
        alarm.cancel()


def _strike(child: subprocess.Popen[bytes], late: Event) -> None:
    late.set()
    _kill(child)


def _exit_code(child: subprocess.Popen[bytes]) -> int | None:
    """How a child ended that gave no answer; None for one that goes on without sense."""
    try:
        return child.wait(timeout=1)
    except subprocess.TimeoutExpired:
        return None


def _kill(child: subprocess.Popen[bytes]) -> None:
    """The child and whatever it started; gone already is as good."""
    if child.poll() is None:
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
