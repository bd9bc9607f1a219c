"""The process that opens strangers' files, when it does not do as it should; and whoever waits for it."""

from __future__ import annotations

import asyncio
import io
import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from starlette.concurrency import run_in_threadpool

from gateway.attachments.checker import Checker
from gateway.attachments.errors import Crowded, Damaged, NotKept, TooBig
from gateway.attachments.limits import AttachmentLimits

LIMITS = AttachmentLimits()


def picture() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(written, "PNG")
    return written.getvalue()


def program(folder: Path, does: str) -> Checker:
    """A checker whose process is this shell script."""
    path = folder / "python"
    path.write_text(f"#!/bin/sh\n{does}\n")
    path.chmod(0o700)
    return Checker(python=str(path), start=0.2)


def children() -> set[str]:
    """Of this process, dead ones that nobody has waited for among them."""
    me = os.getpid()
    tasks = Path(f"/proc/{me}/task").glob("*/children")
    return {child for each in tasks for child in each.read_text().split()}


def test_a_process_that_is_killed_refuses_the_file_and_is_buried(tmp_path: Path) -> None:
    before = children()

    with pytest.raises(TooBig) as error:
        program(tmp_path, "kill -9 $$").check(picture(), "a.png", LIMITS)

    assert error.value.key == "too_slow"
    assert children() <= before


def test_a_process_that_hangs_is_ended_and_buried(tmp_path: Path) -> None:
    before = children()

    with pytest.raises(TooBig) as error:
        program(tmp_path, "exec sleep 60").check(picture(), "a.png", replace(LIMITS, seconds=0.2))

    assert error.value.key == "too_slow"
    assert children() <= before


@pytest.mark.parametrize("does", ["exit 1", "exit 0", 'echo \'{"size": 99, "media_type": "image/png"}\'; echo x'])
def test_a_process_that_says_nothing_of_use_refuses_the_file(tmp_path: Path, does: str) -> None:
    with pytest.raises(Damaged):
        program(tmp_path, does).check(picture(), "a.png", LIMITS)


def test_a_process_that_cannot_be_started_is_no_fault_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(NotKept):
        Checker(python=str(tmp_path / "nothing")).check(picture(), "a.png", LIMITS)


def test_the_process_knows_none_of_our_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGDA_IDENTITY_SECRET", "never to be seen")
    with pytest.raises(Damaged):
        program(tmp_path, f"env > {tmp_path}/known").check(picture(), "a.png", LIMITS)

    known = (tmp_path / "known").read_text()
    assert "PATH=" in known
    assert "never to be seen" not in known


async def test_slow_files_leave_the_threads_that_answer_everybody_else_alone() -> None:
    checker, over = Checker(waiting=100), threading.Event()
    files = [asyncio.create_task(checker.aside(over.wait, 30)) for _ in range(60)]
    await asyncio.sleep(0)

    answered = await asyncio.wait_for(run_in_threadpool(lambda: "an answer"), 5)

    over.set()
    assert answered == "an answer"
    assert await asyncio.gather(*files) == [True] * 60


async def test_when_too_many_wait_the_next_is_asked_to_come_again() -> None:
    checker, over = Checker(threads=1, waiting=2), threading.Event()
    files = [asyncio.create_task(checker.aside(over.wait, 30)) for _ in range(3)]
    await asyncio.sleep(0.05)

    with pytest.raises(Crowded) as error:
        await checker.aside(over.wait, 30)

    over.set()
    assert await asyncio.gather(*files) == [True] * 3
    assert (error.value.status, error.value.retry_after) == (503, 10)
    assert await checker.aside(over.wait, 30)
