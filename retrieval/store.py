"""The files of one build, and the index folder that holds several with CURRENT beside them."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retrieval import manifest
from retrieval.codes import CodeTable
from retrieval.decision import Thresholds
from retrieval.entry import Entry, read_entries, write_entries
from retrieval.errors import DamagedBuild, MissingBuild
from retrieval.fitted import Fitted
from retrieval.fusion import Fusion
from retrieval.indexes import Indexes
from retrieval.manifest import BuildInfo
from retrieval.rows import Rows
from retrieval.scorer import Scorer

CURRENT = "CURRENT"
SERVED = "SERVED"  # every build that was ever made current, one on each line
KEEP = 5


@dataclass(frozen=True)
class Index:
    """Everything a build holds, in memory."""

    info: BuildInfo
    entries: tuple[Entry, ...]
    codes: CodeTable
    scorer: Scorer
    fitted: Fitted

    @property
    def fusion(self) -> Fusion:
        return self.fitted.fusion

    @property
    def thresholds(self) -> Thresholds:
        return self.fitted.thresholds


@dataclass(frozen=True)
class Parts:
    """What a build is written from."""

    entries: tuple[Entry, ...]
    codes: CodeTable
    indexes: Indexes
    fitted: Fitted


def write(folder: Path, parts: Parts) -> None:
    """All files of a build but its manifest."""
    folder.mkdir(parents=True)
    write_entries(folder / "entries.jsonl", parts.entries)
    _dump(folder / "codes.json", parts.codes.to_json(parts.entries))
    _dump(folder / "rows.json", parts.indexes.rows.to_json())
    parts.indexes.save(folder)
    _dump(folder / "fusion.json", parts.fitted.fusion.to_json())
    _dump(folder / "thresholds.json", parts.fitted.thresholds.to_json())
    _dump(folder / "fitted.json", parts.fitted.to_json())


def load(folder: Path) -> Index:
    """A verified build. Raises MissingBuild, DamagedBuild or MismatchedBuild; never loads what it has not hashed."""
    info = manifest.verify(folder)
    try:
        return _load(folder, info)
    except (OSError, ValueError, LookupError, TypeError, RuntimeError) as error:
        raise DamagedBuild(f"{folder.name}: its files do not fit together ({error})") from error


def _load(folder: Path, info: BuildInfo) -> Index:
    entries = read_entries(folder / "entries.jsonl")
    rows = Rows.from_json(_read(folder / "rows.json"))
    scorer = Scorer(Indexes.load(folder, rows, entries))
    fusion = Fusion.from_json(_read(folder / "fusion.json"))
    fitted = Fitted.from_json(
        _read(folder / "fitted.json"), fusion, Thresholds.from_json(_read(folder / "thresholds.json"))
    )
    return Index(info, entries, CodeTable.from_json(_read(folder / "codes.json"), entries), scorer, fitted)


def activate(root: Path, build_id: str) -> None:
    """Make a build the current one: CURRENT is replaced in one step, readers see the old or the new name."""
    if not (root / build_id / manifest.NAME).is_file():
        raise MissingBuild(f"{root / build_id} is no finished build; CURRENT stays as it is")
    draft = root / f".{CURRENT}.{os.getpid()}"
    with draft.open("w", encoding="utf-8") as file:
        file.write(build_id + "\n")
        file.flush()
        os.fsync(file.fileno())
    with (root / SERVED).open("a", encoding="utf-8") as served:
        served.write(build_id + "\n")
    draft.replace(root / CURRENT)
    _sync_folder(root)


def current(root: Path) -> str:
    """The name in CURRENT. Raises MissingBuild."""
    try:
        name = (root / CURRENT).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise MissingBuild(f"{root / CURRENT} cannot be read ({error}); make a build with gongda kb build") from error
    if not name or name != Path(name).name or name.startswith("."):
        raise MissingBuild(f"{root / CURRENT} names no build: {name!r}")
    return name


def finished(root: Path) -> list[str]:
    """Finished builds, newest first; names begin with the time they were made."""
    if not root.is_dir():
        return []
    return sorted((path.parent.name for path in root.glob(f"*/{manifest.NAME}")), reverse=True)


def served(root: Path) -> list[str]:
    """Finished builds that have been current before, newest first: those that one may go back to."""
    try:
        names = set((root / SERVED).read_text(encoding="utf-8").split())
    except OSError:
        return []
    return [name for name in finished(root) if name in names]


def before_current(root: Path) -> str | None:
    """The build that served before the current one and was not gone back from; None when there is none left."""
    try:
        order = (root / SERVED).read_text(encoding="utf-8").split()
    except OSError:
        return None
    stack: list[str] = []
    for name in order:  # serving an older one again takes the newer ones off
        stack = stack[: stack.index(name)] if name in stack else stack
        stack.append(name)
    kept = set(finished(root))
    return next((name for name in reversed(stack[:-1]) if name in kept), None)


def discard(root: Path, build_id: str) -> None:
    """Remove a build that nobody serves; without its manifest it is unfinished at once."""
    (root / build_id / manifest.NAME).unlink()
    shutil.rmtree(root / build_id)


def prune(root: Path, keep: int = KEEP) -> list[str]:
    """Remove all but the newest `keep` builds and the current one; names what went."""
    try:
        serving = current(root)
    except MissingBuild:
        serving = ""
    gone = [name for name in finished(root)[keep:] if name != serving]
    for name in gone:
        discard(root, name)
    return gone


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _dump(path: Path, data: Any) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
