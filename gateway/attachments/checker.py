"""Checking in a process of its own, a few at a time: what a file can break is that process."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path

from gateway.attachments import errors
from gateway.attachments.checking import Checked, check, kind_of
from gateway.attachments.errors import AttachmentError, Damaged, TooBig
from gateway.attachments.limits import AttachmentLimits

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[2]  # where `python -m gateway…` finds the package
_AT_ONCE = 2  # each may take a core and up to a gigabyte
_HARMLESS = ("text", "voice")  # nothing is parsed
_START = 10.0  # seconds for the process to come up on a busy machine


class Checker:
    """Checks files; blocks, so callers are in a thread. Files that come at the same time wait for each other."""

    def __init__(self, at_once: int = _AT_ONCE) -> None:
        self._turn = threading.BoundedSemaphore(at_once)

    def check(self, data: bytes, name: str, limits: AttachmentLimits, *, voice: bool = False) -> Checked:
        """As `checking.check`, within `limits.seconds` and `limits.memory`. Raises AttachmentError."""
        kind = kind_of(data) if 0 < len(data) <= limits.largest else None
        if kind is None or kind in _HARMLESS or kind not in limits.kinds:
            return check(data, name, limits, voice=voice)
        with self._turn:
            return _apart(data, name, limits, voice=voice)


def _apart(data: bytes, name: str, limits: AttachmentLimits, *, voice: bool) -> Checked:
    asked = json.dumps({"name": name, "limits": asdict(limits), "voice": voice}).encode()
    command = [sys.executable, "-m", "gateway.attachments.child"]
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command,
            input=asked + b"\n" + data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=limits.seconds + _START,
            cwd=ROOT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        log.warning("a file of %d bytes was not checked within %.0f s", len(data), limits.seconds + _START)
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
