"""The list of a build's files with their SHA-256, written last and checked first."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from retrieval.errors import DamagedBuild, MismatchedBuild, MissingBuild

NAME = "manifest.json"
FORMAT = 4


@dataclass(frozen=True)
class BuildInfo:
    """What a build says about itself. `created` is ISO 8601; `files` maps relative paths to SHA-256."""

    build_id: str
    created: str
    entries: int
    rows: int
    encoder: str
    encoder_fingerprint: str
    dimensions: int
    files: Mapping[str, str]
    format: int = FORMAT


def seal(folder: Path, info: Mapping[str, Any]) -> BuildInfo:
    """Hash every file of the folder and write the manifest."""
    sealed = BuildInfo(**info, files={name: _sha256(folder / name) for name in _names(folder)})
    (folder / NAME).write_bytes(_bytes(sealed))
    return sealed


def read(folder: Path) -> BuildInfo:
    """The manifest alone, checked against itself. Raises MissingBuild, DamagedBuild or MismatchedBuild."""
    path = folder / NAME
    if not path.is_file():
        raise MissingBuild(f"{folder} holds no build: there is no {NAME}; make one with gongda kb build")
    raw = path.read_bytes()
    try:
        data = json.loads(raw)
        kind = data["format"]
        if kind != FORMAT:
            raise MismatchedBuild(f"{folder.name}: format {kind}, this program reads {FORMAT}; build again")
        info = BuildInfo(**{field.name: data[field.name] for field in fields(BuildInfo)})
    except (ValueError, LookupError, TypeError) as error:
        raise DamagedBuild(f"{path}: not a manifest ({error})") from error
    if raw != _bytes(info):
        raise DamagedBuild(f"{path}: its checksum is wrong; the manifest was changed or damaged")
    return info


def verify(folder: Path) -> BuildInfo:
    """`read`, and every file is what the manifest says. Nothing of the build is opened before."""
    info = read(folder)
    if info.build_id != folder.name:
        raise DamagedBuild(f"{folder} holds the manifest of {info.build_id}")
    present = set(_names(folder))
    for name, expected in info.files.items():
        if name not in present:
            raise DamagedBuild(f"{folder.name}: {name} is missing")
        if _sha256(folder / name) != expected:
            raise DamagedBuild(f"{folder.name}: {name} is damaged, its SHA-256 differs from the manifest")
    extra = sorted(present - set(info.files))
    if extra:
        raise DamagedBuild(f"{folder.name}: {extra[0]} is not in the manifest")
    return info


def _names(folder: Path) -> list[str]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return [path.relative_to(folder).as_posix() for path in paths if path.name != NAME]


def _bytes(info: BuildInfo) -> bytes:
    """Canonical JSON whose last key is the checksum of the rest."""
    body = {**asdict(info), "files": dict(info.files)}
    canonical = json.dumps(body, ensure_ascii=False, sort_keys=True)
    checksum = hashlib.sha256(canonical.encode()).hexdigest()
    return (json.dumps({**body, "sha256": checksum}, ensure_ascii=False, indent=1) + "\n").encode()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
