"""Which files a path means, and their bytes: nothing outside the given folder, nothing that is no plain file."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb_ingest.documents.limits import Limits, check_size
from kb_ingest.errors import Unsuitable

_LEFT_BEHIND = frozenset({"thumbs.db", "desktop.ini", "__macosx"})
_MOST_FILES = 10_000
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Source:
    """A file to be read, or (`skipped`) the reason why it is not. `shown` is safe to print; `name` goes into ids."""

    path: Path
    shown: str
    name: str
    skipped: str = ""


def find(paths: Sequence[Path]) -> list[Source]:
    """The files that the paths name, each once; folders with all below them, in order of name."""
    found: list[Source] = []
    seen: set[tuple[int, int]] = set()
    for path in paths:
        for source in _of_path(path):
            key = _identity(source.path) if not source.skipped else None
            if key is None or key not in seen:
                found.append(source)
            if key is not None:
                seen.add(key)
            if len(found) >= _MOST_FILES:
                shown = safe(str(path))
                found.append(Source(path, shown, shown, f"文件超过 {_MOST_FILES:,} 个，后面的没有读；请分几次导入"))
                return found
    return found


def load(source: Source, limits: Limits) -> bytes:
    """The bytes of a file. Raises Refused for what is too large, which is told before reading, or cannot be read."""
    if source.skipped:
        raise Unsuitable(source.skipped)
    try:
        with open(source.path, "rb", opener=_opener) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise Unsuitable("不是普通文件（设备、管道或文件夹），没有读取")
            check_size(status.st_size, limits)
            data = file.read(limits.file_bytes + 1)
    except OSError as error:
        raise Unsuitable(f"读不了：{error.strerror or type(error).__name__}") from error
    check_size(len(data), limits)
    return data


def safe(name: str) -> str:
    """A name as it may be printed and stored: no control characters, no turned reading direction, no half bytes."""
    composed = unicodedata.normalize("NFC", name)
    shown = "".join(
        "\ufffd" if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn") else char for char in composed
    )
    return shown if len(shown) <= _LONGEST_NAME else "…" + shown[1 - _LONGEST_NAME :]


def _of_path(path: Path) -> Iterator[Source]:
    shown = safe(str(path))
    try:
        named = path.resolve(strict=True)  # what the user names may be a link
    except (OSError, RuntimeError):
        yield Source(path, shown, shown, "找不到这个文件或文件夹")
        return
    if named.is_dir():
        yield from _below(named, named, shown)
    else:
        yield Source(named, shown, safe(path.name), _why_not(path.name))


def _below(folder: Path, root: Path, shown: str) -> Iterator[Source]:
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        yield Source(folder, shown, shown, f"文件夹打不开：{error.strerror or type(error).__name__}")
        return
    for entry in entries:
        path = Path(entry.path)
        name = safe(path.relative_to(root).as_posix())
        where = f"{shown}/{safe(entry.name)}"
        reason = _why_not(entry.name) or _why_no_file(entry, root)
        if reason:
            yield Source(path, where, name, reason)
        elif entry.is_dir(follow_symlinks=False):
            yield from _below(path, root, where)
        else:
            yield Source(path, where, name)


def _why_not(name: str) -> str:
    if name.startswith("~$"):
        return "Office 打开文件时的临时锁文件，已跳过"
    if name.startswith("."):
        return "隐藏文件，已跳过"
    return "系统自动生成的文件，已跳过" if name.lower() in _LEFT_BEHIND else ""


def _why_no_file(entry: os.DirEntry[str], root: Path) -> str:
    if entry.is_symlink():
        try:
            inside = Path(entry.path).resolve(strict=True).is_relative_to(root)
        except (OSError, RuntimeError):
            return "链接指向的文件不存在，已跳过"
        return "链接；它指向的文件会单独读取，已跳过" if inside else "链接指向文件夹之外，已跳过"
    if entry.is_dir(follow_symlinks=False) or entry.is_file(follow_symlinks=False):
        return ""
    return "不是普通文件（设备或管道），已跳过"


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _opener(path: str, flags: int) -> int:
    """Never follows a link that took the file's place, never waits for a pipe's other end."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)
