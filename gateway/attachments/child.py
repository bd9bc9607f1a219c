"""The process that opens strangers' files: `python -m gateway.attachments.child`, one file, within its limits.

On standard input a line of JSON (name, limits, voice) and the bytes; on standard output a line of JSON and, if the file
is taken, the bytes to be kept. It opens no file of ours, no socket and no process.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import Any, BinaryIO

from gateway.attachments.checking import check
from gateway.attachments.errors import AttachmentError
from gateway.attachments.limits import AttachmentLimits

_FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork")
# CPU seconds on top of the wall clock's, which the parent watches, so that the clock strikes first.
_CPU_MARGIN = 2


def serve(request: BinaryIO, answer: BinaryIO) -> None:
    """One file."""
    asked = json.loads(request.readline())
    limits = AttachmentLimits(**{**asked["limits"], "kinds": tuple(asked["limits"]["kinds"])})
    _restrict(limits)
    head, data = _checked(request.read(), asked["name"], limits, voice=asked["voice"])
    answer.write(json.dumps(head).encode() + b"\n")
    answer.write(data)
    answer.flush()


def _checked(data: bytes, name: str, limits: AttachmentLimits, *, voice: bool) -> tuple[dict[str, Any], bytes]:
    try:
        checked = check(data, name, limits, voice=voice)
    except AttachmentError as error:
        return {"refused": type(error).__name__, "key": error.key, "values": error.values}, b""
    except MemoryError:
        return {"refused": "TooBig", "key": "too_slow", "values": {}}, b""
    head = {
        "media_type": checked.media_type,
        "name": checked.name,
        "width": checked.width,
        "height": checked.height,
        "size": checked.size,
    }
    return head, checked.data


def _restrict(limits: AttachmentLimits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    seconds = int(limits.seconds) + _CPU_MARGIN
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _forbid(event: str, _: tuple[object, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"{event} is not for a process that opens strangers' files")


def main() -> None:
    """Keeps the answer's channel to itself: what a library prints goes nowhere."""
    answer = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    sys.addaudithook(_forbid)
    serve(sys.stdin.buffer, answer)


if __name__ == "__main__":
    main()
