"""Bytes under the name of their SHA-256, in a folder that only we can read.

Nothing from outside is ever part of a path. What `put` has returned is on the disk: written aside, synced, renamed,
and the folder synced. The same content is kept once.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from gateway.attachments.errors import NotKept
from gateway.attachments.limits import MIB

_SUM = re.compile(r"[0-9a-f]{64}")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
RESERVE = 512 * MIB  # bytes of the disk that strangers' files leave alone: messages and tickets need them more
_ASIDE = "aside-"  # what a file is called while it is written; a crash leaves such


class Files:
    """A folder of files; None for one that has no place, which refuses to keep anything. Nothing is kept that would
    leave less than `reserve` bytes of the disk."""

    def __init__(self, folder: Path | None, *, reserve: int = RESERVE) -> None:
        self._folder = folder
        self._reserve = reserve

    @property
    def usable(self) -> bool:
        """Whether there is a place for files at all."""
        return self._folder is not None

    def put(self, data: bytes) -> str:
        """Keep these bytes; their SHA-256 in hex. Raises NotKept, and nothing is left behind."""
        if self._folder is None:
            raise NotKept("no_place")
        digest = hashlib.sha256(data).hexdigest()
        path = self.path(digest)
        try:
            if path.is_file() and path.stat().st_size == len(data):
                os.utime(path)  # somebody needs it again: a sweep that is about to remove it lets it be
            else:
                _write(self._folder, path, data, self._reserve)
        except FileNotFoundError:
            _again(self._folder, path, data, self._reserve)
        except OSError as error:
            raise _refused(error) from error
        return digest

    def path(self, digest: str) -> Path:
        """Where the bytes of this sum lie, if they do. Raises ValueError for what is no sum, NotKept."""
        if not _SUM.fullmatch(digest):
            raise ValueError("a file is named by its SHA-256 in hex")
        if self._folder is None:
            raise NotKept("no_place")
        return self._folder / digest[:2] / digest

    def read(self, digest: str) -> bytes:
        """The bytes. Raises FileNotFoundError when they are gone, ValueError when the disk has changed them."""
        data = self.path(digest).read_bytes()
        if hashlib.sha256(data).hexdigest() != digest:
            raise ValueError(f"the file {digest} is not what was stored")
        return data

    def digests(self) -> Iterator[str]:
        """Every sum there is."""
        if self._folder is None or not self._folder.is_dir():
            return
        for path in sorted(self._folder.glob("[0-9a-f][0-9a-f]/*")):
            if _SUM.fullmatch(path.name):
                yield path.name

    def remove(self, digest: str, *, unused_for: float) -> bool:
        """Remove bytes that were last put at least `unused_for` seconds ago; whether they are gone.

        Somebody may put the same content at this moment: it is taken aside first and looked at again.
        """
        path = self.path(digest)
        aside = path.with_name(f"{_ASIDE}{secrets.token_hex(8)}")
        try:
            if _age(path) < unused_for:
                return False
            os.rename(path, aside)
            if _age(aside) < unused_for:
                os.rename(aside, path)
                return False
            os.unlink(aside)
        except FileNotFoundError:
            return False
        return True

    def sweep_aside(self, *, older_than: float) -> int:
        """Remove what crashes have left half written; how many."""
        if self._folder is None or not self._folder.is_dir():
            return 0
        gone = 0
        for path in self._folder.glob(f"**/{_ASIDE}*"):
            with suppress(FileNotFoundError):
                if _age(path) >= older_than:
                    path.unlink()
                    gone += 1
        return gone


def _again(folder: Path, path: Path, data: bytes, reserve: int) -> None:
    """It was swept between the look and the touch."""
    try:
        _write(folder, path, data, reserve)
    except OSError as error:
        raise _refused(error) from error


def _write(folder: Path, path: Path, data: bytes, reserve: int) -> None:
    for each in (folder, path.parent):
        if not each.is_dir():
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
            _sync(each.parent)
    if shutil.disk_usage(path.parent).free - len(data) < reserve:
        raise OSError(errno.ENOSPC, "what is left of the disk is for messages and tickets")
    aside = path.with_name(f"{_ASIDE}{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.rename(aside, path)
        _sync(path.parent)
    except BaseException:
        with suppress(OSError):
            aside.unlink()
        raise


def _sync(folder: Path) -> None:
    """A new name lasts only once its folder is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _age(path: Path) -> float:
    """Seconds by the clock that also stamps files; logic's own clock may be another one in replays."""
    return time.time() - path.stat().st_mtime


def _refused(error: OSError) -> NotKept:
    return NotKept("full" if error.errno in _FULL else "not_kept")
