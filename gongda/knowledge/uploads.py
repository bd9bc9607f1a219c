"""Uploaded documents on disk: a folder for each import, gone when the import is over, whatever came of it."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path

log = logging.getLogger(__name__)

KEPT = timedelta(days=1)  # a folder that no job will open; a day leaves time for an upload under way


def remove(folder: Path, root: Path) -> bool:
    """Delete `folder` with all in it if it is below `root`; whether it was one to delete. Never raises OSError."""
    if root.resolve() not in folder.resolve().parents:
        return False
    shutil.rmtree(folder, onerror=_said)
    return True


def sweep(root: Path, waiting: Collection[Path], *, now: datetime) -> int:
    """Delete the folders under `root` that are older than KEPT, except those that jobs wait for; how many there were.

    They are what is left by a process that died between keeping the files and asking for the job, or in the import.
    """
    if not root.is_dir():
        return 0
    wanted = {folder.resolve() for folder in waiting}
    before = (now - KEPT).timestamp()
    return sum(remove(folder, root) for folder in list(root.iterdir()) if _left(folder, before, wanted))


def _left(folder: Path, before: float, wanted: Collection[Path]) -> bool:
    try:
        age = folder.lstat().st_mtime
    except FileNotFoundError:  # another import was faster
        return False
    return folder.is_dir() and not folder.is_symlink() and age < before and folder.resolve() not in wanted


def _said(_: object, path: str, error: tuple[object, BaseException, object]) -> None:
    if not isinstance(error[1], FileNotFoundError):
        log.warning("an upload could not be deleted: %s: %s", path, error[1])
