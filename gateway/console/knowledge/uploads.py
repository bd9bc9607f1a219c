"""Documents from a browser, put where the worker finds them. Never served, never run, opened by the import only."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from secrets import token_hex

from starlette.datastructures import UploadFile

from gateway.console.errors import Invalid

MOST_FILES = 20
LARGEST_FILE = 20 * 1024 * 1024  # bytes; the import's own limit
LARGEST_BODY = MOST_FILES * LARGEST_FILE + 64 * 1024
_LONGEST_STEM = 180  # bytes in UTF-8; file systems take names of 255, and a suffix and `-2` come on top
_LONGEST_SUFFIX = 10  # characters
_FORBIDDEN = frozenset('<>:"/\\|?*')


def keep(files: Sequence[UploadFile], root: Path) -> Path:
    """A new folder under `root` with the files in it. Raises Invalid for none, too many or too large ones, OSError."""
    chosen = [file for file in files if file.filename]
    _check(chosen)
    folder = root / token_hex(8)
    folder.mkdir(parents=True, mode=0o700)
    try:
        for name, file in zip(_names(chosen), chosen, strict=True):
            with (folder / name).open("xb") as kept:
                file.file.seek(0)
                shutil.copyfileobj(file.file, kept)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def safe_name(name: str) -> str:
    """The last part of what a browser calls a file, without anything that means something to a file system."""
    last = PureWindowsPath(PurePosixPath(unicodedata.normalize("NFC", name)).name).name
    plain = "".join("_" if char in _FORBIDDEN or not char.isprintable() else char for char in last)
    stem, dot, suffix = plain.strip(" .").rpartition(".")
    if not dot:
        stem, suffix = suffix, ""
    short = stem.encode()[:_LONGEST_STEM].decode(errors="ignore")  # half a character at the end goes, too
    return f"{short or 'file'}{dot}{suffix[:_LONGEST_SUFFIX]}"


def _check(files: Sequence[UploadFile]) -> None:
    if not files:
        raise Invalid("no_file")
    if len(files) > MOST_FILES:
        raise Invalid("too_many_files", limit=MOST_FILES, n=len(files))
    for file in files:
        if (file.size or 0) > LARGEST_FILE:
            size = -(-(file.size or 0) // 1024**2)
            raise Invalid("file_too_large", name=file.filename, limit=LARGEST_FILE // 1024**2, size=size)


def _names(files: Sequence[UploadFile]) -> tuple[str, ...]:
    """Different ones, also where upper and lower case are one."""
    taken: dict[str, None] = {}
    names = []
    for file in files:
        name = safe_name(file.filename or "")
        stem, dot, suffix = name.rpartition(".")
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{stem if dot else suffix}-{number}{dot}{suffix if dot else ''}"
        taken[name.casefold()] = None
        names.append(name)
    return tuple(names)
