"""The process that parses: `python -m kb_ingest.documents.child`, one file after another, within its limits.

On standard input a line of JSON (kind, name, size, limits) and `size` bytes; on standard output first a line that says
`ready`, then for each file a line of JSON, with the document, or why there is none. It opens no file of ours, no socket
and no process. When it has grown large, or was short of memory, it says so and ends; its parent starts another one.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any, BinaryIO

from kb_ingest.documents import reading, wire
from kb_ingest.documents.limits import MIB, Limits
from kb_ingest.errors import Refused

_FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "ftplib.", "urllib.")
_GROWN_LARGE = 300 * MIB
# CPU seconds on top of the wall clock's, so that the clock, which can be told apart, strikes first.
_CPU_MARGIN = 2


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Says that it is there, and answers until the requests end."""
    answers.write(wire.READY)
    answers.flush()
    for line in iter(requests.readline, b""):
        request = json.loads(line)
        answer = _answer(request, requests.read(int(request["size"])))
        answer["last"] = answer.get("last", False) or _has_grown()
        answers.write(wire.packed(answer))
        answers.flush()
        if answer["last"]:
            return


def _answer(request: dict[str, Any], data: bytes) -> dict[str, Any]:
    limits = Limits(**request["limits"])
    _restrict(limits)
    try:
        return {"document": wire.dumped(reading.read(request["kind"], data, request["name"], limits))}
    except Refused as error:
        return {"refused": str(error)}
    except MemoryError:
        return {"refused": f"解析需要的内存超过 {limits.memory // MIB} MB；请拆小或去掉图片后再导入", "last": True}
    except RecursionError:
        return {"refused": "嵌套太深，没有解析；请用原软件另存一份再导入"}
    except Exception as error:  # any library may raise anything on a hostile file, and only this file is lost
        return {"refused": f"文件已损坏，解析失败（{type(error).__name__}）；请用原软件打开后另存一份"}


def _restrict(limits: Limits) -> None:
    """Memory for good; CPU seconds from now on, counted for this file alone."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    used = resource.getrusage(resource.RUSAGE_SELF)
    allowed = int(used.ru_utime + used.ru_stime + limits.seconds) + _CPU_MARGIN
    resource.setrlimit(resource.RLIMIT_CPU, (allowed, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _has_grown() -> bool:
    """Whether this process holds much memory; where that cannot be told, a new one for each file is safe.

    The peak that getrusage gives is no measure: it begins with that of the parent.
    """
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return True
    return pages * resource.getpagesize() > _GROWN_LARGE


def _forbid(event: str, _: tuple[object, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"{event} is not for a process that parses strangers' files")


def main() -> None:
    """Keeps the answers' channel to itself: what a library prints goes nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_forbid)
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
