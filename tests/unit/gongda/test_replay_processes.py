import os
import shlex
import sys
from pathlib import Path

import psutil
import pytest

from gongda.errors import StepFailed
from gongda.replay.processes import Neighbour, free_ports, last_line, running


def neighbour(folder: Path, code: str, port: int) -> Neighbour:
    command = shlex.join([sys.executable, "-c", code])
    return Neighbour("试验进程", command, dict(os.environ), f"http://127.0.0.1:{port}/", folder / "log" / f"{port}.log")


def server(port: int, before: str = "") -> str:
    serving = f"http.server.ThreadingHTTPServer(('127.0.0.1', {port}), http.server.SimpleHTTPRequestHandler)"
    return f"import http.server, signal, subprocess, sys\n{before}\n{serving}.serve_forever()"


def children() -> set[int]:
    return {child.pid for child in psutil.Process().children(recursive=True)}


def test_ports_differ() -> None:
    assert len(set(free_ports(5))) == 5


def test_a_process_is_ready_inside_the_block_and_gone_after_it(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    before = children()
    with running([neighbour(tmp_path, server(port), port)], tmp_path):
        assert children() > before
    assert children() <= before


def test_a_process_that_will_not_end_is_ended_with_its_children(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    stubborn = "signal.signal(signal.SIGTERM, signal.SIG_IGN); subprocess.Popen([sys.executable, '-c', "
    stubborn += "'import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)'])"
    before = children()

    with running([neighbour(tmp_path, server(port, stubborn), port)], tmp_path, patience=0.2):
        started = children() - before

    assert len(started) == 2
    _, alive = psutil.wait_procs([psutil.Process(pid) for pid in started if psutil.pid_exists(pid)], timeout=10)
    assert all(process.status() == "zombie" for process in alive)


def test_an_error_inside_the_block_ends_the_processes_too(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    before = children()
    with pytest.raises(KeyboardInterrupt), running([neighbour(tmp_path, server(port), port)], tmp_path):
        raise KeyboardInterrupt
    assert children() <= before


def test_a_process_that_ends_at_once_is_told_with_the_last_line_of_its_log(tmp_path: Path) -> None:
    (good, bad) = free_ports(2)
    dying = "print('first'); print('no model here'); raise SystemExit(3)"
    before = children()

    with (
        pytest.raises(StepFailed, match="试验进程启动失败（退出码 3）：no model here"),
        running([neighbour(tmp_path, server(good), good), neighbour(tmp_path, dying, bad)], tmp_path),
    ):
        pass

    assert children() <= before


def test_a_log_without_words_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "empty.log").write_text("\n \n", encoding="utf-8")
    assert last_line(tmp_path / "empty.log") == "日志是空的"
    assert last_line(tmp_path / "absent.log") == "没有日志"
