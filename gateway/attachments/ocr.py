"""Words on a picture, by a program of the operator's own choice, offline. Nothing depends on it."""

from __future__ import annotations

import logging
import os
import selectors
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic

log = logging.getLogger(__name__)

PATH = "{path}"  # stands in the command where the picture's path goes; else that comes last
SECONDS = 20.0
MOST = 64 * 1024  # bytes of its output that are read
_PIECE = 8 * 1024


def read_picture(path: Path, command: Sequence[str], seconds: float = SECONDS) -> str:
    """What the program prints for the picture; empty when it fails, is late or is not there. Never raises."""
    if not command:
        return ""
    given = [part.replace(PATH, str(path)) for part in command]
    if not any(PATH in part for part in command):
        given.append(str(path))
    try:
        printed = _printed(given, seconds)
    except OSError as error:
        log.warning("the program that reads pictures could not be started: %s", error)
        return ""
    return printed.decode("utf-8", errors="replace").strip()


def _printed(command: Sequence[str], seconds: float) -> bytes:
    """Its output up to MOST bytes and until the time is over; then it and whatever it has started is ended."""
    until = monotonic() + seconds
    process = subprocess.Popen(  # noqa: S603 - the operator's own command, no shell
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        printed, ended = _drain(process, until)
        if ended:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, until - monotonic()))
        if process.returncode != 0:
            log.warning("the program that reads pictures ended with %s", process.returncode)
            return b""
        return printed
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _drain(process: subprocess.Popen[bytes], until: float) -> tuple[bytes, bool]:
    """What it has printed, and whether it came to an end by itself."""
    output = process.stdout
    if output is None:
        return b"", True
    printed = bytearray()
    with selectors.DefaultSelector() as ready:
        ready.register(output, selectors.EVENT_READ)
        while len(printed) < MOST and (left := until - monotonic()) > 0:
            if not ready.select(left):
                continue
            piece = os.read(output.fileno(), _PIECE)
            if not piece:
                return bytes(printed), True
            printed += piece
    return bytes(printed[:MOST]), False
