"""`gongda replay` beside a running product."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import psutil

from desk import messages, tickets
from gongda.settings import ROOT, Settings
from gongda.training import model_path
from tests.e2e.stack import Stack, gongda
from tests.e2e.waiting import until

PATIENCE = 300.0  # seconds; a second engine is loaded beside a running one
NIGHT = "2026-11-23T23:00:00+08:00"  # a Monday, long after work
SCRIPTS = [
    {
        "id": "burst",
        "channel": "wechat",
        "turns": [
            {"user": "在吗", "at": "2026-11-23T10:00:00+08:00"},
            {"user": "ERROR_403", "at": "2026-11-23T10:00:01+08:00"},
            {"user": "谢谢"},
        ],
    },
    {
        "id": "night",
        "channel": "web",
        "turns": [{"user": "转人工", "at": NIGHT}, {"user": "13812345678"}, {"user": "查工单"}],
    },
]


def test_scripts_are_played_beside_a_running_stack_that_notices_nothing(stack: Stack, tmp_path: Path) -> None:
    before, out = footprint(stack), tmp_path / "out.jsonl"

    done = stack.run("replay", str(written(tmp_path, *SCRIPTS)), "--json", str(out), timeout=PATIENCE)

    assert done.status == 0, done.err
    burst, night = (json.loads(line) for line in out.read_text(encoding="utf-8").splitlines())
    assert (burst["id"], night["id"]) == ("burst", "night")
    assert burst["turns"][0]["texts"] == []
    assert "ERROR_403" in burst["turns"][1]["texts"][0]
    assert [decision["type"] for decision in burst["turns"][1]["decisions"]] == ["answer"]
    assert "不客气" in burst["turns"][2]["texts"][0]
    assert "11月24日" in "".join(night["turns"][1]["texts"])  # the ticket waits for the morning of the script's day
    assert night["turns"][1]["ticket"].startswith("GD-20261123-0001-")
    assert night["turns"][1]["ticket"] in night["turns"][2]["texts"][0]
    assert not any(turn["degraded"] for script in (burst, night) for turn in script["turns"])
    assert footprint(stack) == before


def test_a_bad_script_is_one_sentence_before_anything_is_started(stack: Stack, tmp_path: Path) -> None:
    path = written(tmp_path, SCRIPTS[0], {"id": "b", "channel": "fax", "turns": [{"user": "你好"}]})

    done = stack.run("replay", str(path), "--json", str(tmp_path / "out.jsonl"), timeout=PATIENCE)

    assert done.status == 2
    assert "第 2 行" in done.err
    assert "fax" in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert not (tmp_path / "out.jsonl").exists()


def test_an_engine_that_cannot_start_is_told_with_what_it_said_last(stack: Stack, tmp_path: Path) -> None:
    model = model_path(Settings(data=tmp_path / "var"))
    model.parent.mkdir(parents=True)
    model.write_bytes(b"this is no model")

    done = stack.run(
        "replay", str(written(tmp_path, SCRIPTS[0])), extra={"GONGDA_DATA": str(tmp_path / "var")}, timeout=PATIENCE
    )

    assert done.status == 1
    assert "对话引擎" in done.err
    assert "Traceback" not in done.err


def test_nothing_is_left_of_a_replay_that_is_stopped(stack: Stack, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    replay = subprocess.Popen(
        [str(gongda()), "replay", str(written(tmp_path, *SCRIPTS))],
        cwd=ROOT,
        env={**stack.environment, "TMPDIR": str(scratch)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    started = until(lambda: both(psutil.Process(replay.pid)), 180, "engine and action server")

    os.kill(replay.pid, signal.SIGTERM)

    assert replay.wait(timeout=30) != 0
    # A killed grandchild is gone when the system has reaped it, on a busy machine a moment later.
    _, alive = psutil.wait_procs(started, timeout=10)
    assert not alive
    # jieba keeps its dictionary there for the next time; a slow machine has loaded it by then.
    assert {path.name for path in scratch.iterdir()} <= {"jieba.cache"}


def written(folder: Path, *scripts: dict[str, Any]) -> Path:
    path = folder / "scripts.jsonl"
    path.write_text("\n".join(json.dumps(script, ensure_ascii=False) for script in scripts), encoding="utf-8")
    return path


def footprint(stack: Stack) -> tuple[int, int, str, str]:
    """What a replay must leave as it was."""
    with stack.database.read() as session:
        said, opened = len(messages.pending(session)), len(tickets.listing(session))
    current = (stack.data / "index" / "CURRENT").read_text(encoding="utf-8")
    return said, opened, current, stack.model().name


def both(replay: psutil.Process) -> list[psutil.Process]:
    """The engine and the action server, once both are there."""
    found = replay.children(recursive=True)
    return found if len(found) >= 2 else []
