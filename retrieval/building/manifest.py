"""The list of a build's files with their SHA-256, written last and checked first."""

from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from retrieval.errors import DamagedBuild, MismatchedBuild, MissingBuild

NAME = "manifest.json"
FORMAT = 5
_READERS = 2
_NAME_DIGITS = 8
_SHOWN = 80  # characters of a name in a message


@dataclass(frozen=True)
class BuildInfo:
    """What a build says about itself. `created` is ISO 8601; `files` maps relative paths to SHA-256.

    `dense` holds the plan of each vector index and the recall that was measured. `base` is the build that the files
    beside `delta/` were made for, and `delta` how many entries came after it; empty and 0 for a build made anew.
    """

    build_id: str
    created: str
    entries: int
    rows: int
    encoder: str
    encoder_fingerprint: str
    words: str  # fingerprint of the table by which words are compared
    dimensions: int
    dense: Mapping[str, Any]
    files: Mapping[str, str]
    base: str = ""
    delta: int = 0
    format: int = FORMAT


def seal(folder: Path, info: Mapping[str, Any], linked: Mapping[str, str] | None = None) -> BuildInfo:
    """Hash every file of the folder and write the manifest. `linked` files are another build's too, which has hashed
    them: whoever loads the build does so again."""
    known = linked or {}
    sealed = BuildInfo(**info, files={name: known.get(name) or _sha256(folder / name) for name in _names(folder)})
    (folder / NAME).write_bytes(_bytes(sealed))
    return sealed


def read(folder: Path) -> BuildInfo:
    """The manifest alone, checked against itself. Raises MissingBuild, DamagedBuild or MismatchedBuild."""
    path = folder / NAME
    try:
        there = path.is_file()
    except OSError as error:  # a name that no disk can have
        raise MissingBuild(f"{folder.name[:_SHOWN]} cannot be looked up ({error.strerror})") from error
    if not there:
        raise MissingBuild(f"{folder} holds no build: there is no {NAME}; make one with gongda kb build")
    try:
        raw = path.read_bytes()
        data = json.loads(raw)
        kind = data["format"]
        if kind != FORMAT:
            raise MismatchedBuild(f"{folder.name}: format {kind}, this program reads {FORMAT}; build again")
        info = BuildInfo(**{field.name: data[field.name] for field in fields(BuildInfo)})
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise DamagedBuild(f"{path}: not a manifest ({error})") from error
    if raw != _bytes(info):
        raise DamagedBuild(f"{path}: its checksum is wrong; the manifest was changed or damaged")
    return info


def verify(folder: Path, beside: tuple[Path, BuildInfo] | None = None) -> BuildInfo:
    """`read`, and every file is what the manifest says. Nothing of the build is opened before.

    `beside` is a build that this process has verified and serves: files that the two share on disk are not read again.
    """
    info = read(folder)
    try:
        _verify(folder, info, beside)
    except OSError as error:
        raise DamagedBuild(f"{folder.name}: a file cannot be read ({error})") from error
    return info


def _verify(folder: Path, info: BuildInfo, beside: tuple[Path, BuildInfo] | None) -> None:
    if info.build_id != folder.name:
        raise DamagedBuild(f"{folder} holds the manifest of {info.build_id}")
    present = set(_names(folder))
    for name in info.files:
        if name not in present:
            raise DamagedBuild(f"{folder.name}: {name} is missing")
    extra = sorted(present - set(info.files))
    if extra:
        raise DamagedBuild(f"{folder.name}: {extra[0]} is not in the manifest")
    unread = [name for name in info.files if not _shared(folder, name, info, beside)]
    with ThreadPoolExecutor(_READERS) as pool:  # hashing lets go of the interpreter
        digests = pool.map(_sha256, [folder / name for name in unread])
        for name, digest in zip(unread, digests, strict=True):
            if digest != info.files[name]:
                raise DamagedBuild(f"{folder.name}: {name} is damaged, its SHA-256 differs from the manifest")


def _shared(folder: Path, name: str, info: BuildInfo, beside: tuple[Path, BuildInfo] | None) -> bool:
    """Whether the file is the very one that was verified with the other build."""
    if beside is None or beside[1].files.get(name) != info.files[name]:
        return False
    try:
        return (folder / name).samefile(beside[0] / name)
    except OSError:
        return False


def name_of(versions: Iterable[tuple[str, str]], fingerprint: str, now: datetime) -> str:
    """The id of a build: the time, so that names sort by age, and a hash of the encoder's fingerprint and of what the
    build is made of."""
    content = "\n".join([fingerprint, *(f"{entry_id} {version}" for entry_id, version in versions)])
    return f"{now:%Y%m%dT%H%M%S%f}-{hashlib.sha256(content.encode()).hexdigest()[:_NAME_DIGITS]}"


def _names(folder: Path) -> list[str]:
    """Every file but the manifest. A link leads to what is not the build's, and a pipe has no content to hash."""
    names = []
    for path in sorted(folder.rglob("*")):
        mode, name = path.lstat().st_mode, path.relative_to(folder).as_posix()
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            raise DamagedBuild(f"{folder.name}: {name} is no plain file")
        if stat.S_ISREG(mode) and name != NAME:
            names.append(name)
    return names


def _bytes(info: BuildInfo) -> bytes:
    """Canonical JSON whose last key is the checksum of the rest."""
    body = asdict(info)
    canonical = json.dumps(body, ensure_ascii=False, sort_keys=True)
    checksum = hashlib.sha256(canonical.encode()).hexdigest()
    return (json.dumps({**body, "sha256": checksum}, ensure_ascii=False, indent=1) + "\n").encode()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
