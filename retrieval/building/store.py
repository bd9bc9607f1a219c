"""The files of one build, and the index folder that holds several with CURRENT beside them."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.asking.decision import Thresholds
from retrieval.asking.scorer import Scorer
from retrieval.building import manifest
from retrieval.building.manifest import BuildInfo
from retrieval.errors import BadEntry, DamagedBuild, MissingBuild
from retrieval.indexing.codes import CodeTable
from retrieval.indexing.indexes import Indexes
from retrieval.indexing.segment import Segment
from retrieval.knowledge import entries
from retrieval.knowledge.entries import DELTA, FILE, Entries, Kept, StoredEntries, gone_of
from retrieval.knowledge.entry import Entry
from retrieval.learning.fitted import Fitted
from retrieval.learning.fusion import Fusion

CODES = "codes.json"
CURRENT = "CURRENT"
SERVED = "SERVED"  # every build that was ever made current, one on each line
KEEP = 5


@dataclass(frozen=True)
class Index:
    """Everything a build holds. Large parts are mapped into memory and stay readable when the folder is removed."""

    folder: Path
    info: BuildInfo
    entries: Entries
    codes: CodeTable
    scorer: Scorer
    fusion: Fusion
    thresholds: Thresholds
    _fitted: NDArray[np.uint8]  # bytes of fitted.json, which only a publication wants

    @cached_property
    def fitted(self) -> Fitted:
        """Weights and thresholds, and the corpus they come from."""
        return Fitted.from_json(json.loads(self._fitted.tobytes()), self.fusion, self.thresholds)


@dataclass(frozen=True)
class Parts:
    """What a build is written from."""

    entries: Sequence[Entry]
    codes: CodeTable
    indexes: Indexes
    fitted: Fitted


def write(folder: Path, parts: Parts) -> None:
    """All files of a build but its manifest."""
    folder.mkdir(parents=True)
    write_segment(folder, parts.entries, parts.indexes)
    dump(folder / CODES, parts.codes.to_json(parts.entries))
    dump(folder / "fusion.json", parts.fitted.fusion.to_json())
    dump(folder / "thresholds.json", parts.fitted.thresholds.to_json())
    dump(folder / "fitted.json", parts.fitted.to_json())


def write_segment(folder: Path, written: Sequence[Entry], indexes: Indexes) -> None:
    """Entries and the indexes over them."""
    entries.save(folder, written)
    indexes.save(folder)


def load(folder: Path, beside: Index | None = None) -> Index:
    """A verified build. Raises MissingBuild, DamagedBuild or MismatchedBuild; never loads what it has not hashed.

    `beside` is the build that this process serves: what the two share is neither hashed nor loaded again.
    """
    info = manifest.verify(folder, (beside.folder, beside.info) if beside is not None else None)
    try:
        return _load(folder, info, beside)
    except (OSError, ValueError, LookupError, TypeError, RuntimeError, BadEntry) as error:
        raise DamagedBuild(f"{folder.name}: its files do not fit together ({error})") from error


def _load(folder: Path, info: BuildInfo, beside: Index | None) -> Index:
    base = Indexes.load(folder) if beside is None or not _one_base(info, beside.info) else beside.scorer.base
    stored, gone = StoredEntries.load(folder), gone_of(folder)
    after = folder / DELTA
    if after.is_dir() and (after / FILE).is_file():
        delta = Indexes.load(after)
        scorer = Scorer(base, Segment(delta, first=len(base) - len(gone)), gone=gone)
        found = Entries(stored, Kept(len(stored), gone), StoredEntries.load(after))
    else:
        scorer, found = Scorer(base, gone=gone), Entries(stored, Kept(len(stored), gone))
    fusion = Fusion.from_json(_read(folder / "fusion.json"))
    thresholds = Thresholds.from_json(_read(folder / "thresholds.json"))
    fitted: NDArray[np.uint8] = np.memmap(folder / "fitted.json", dtype=np.uint8, mode="r")
    codes = CodeTable(_numbered(_read(folder / CODES), found))
    return Index(folder, info, found, codes, scorer, fusion, thresholds, fitted)


def _one_base(info: BuildInfo, other: BuildInfo) -> bool:
    """Whether the two are made on the same indexes."""
    bases = [{name: digest for name, digest in one.files.items() if _of_base(name)} for one in (info, other)]
    return bases[0] == bases[1]


def _of_base(name: str) -> bool:
    return not name.startswith(f"{DELTA}/") and name.count("/") > 0


def _numbered(codes: Mapping[str, Sequence[str]], found: Entries) -> dict[str, list[int]]:
    """Entries by number. Raises LookupError for an id that no entry has."""
    table: dict[str, list[int]] = {}
    for code, names in codes.items():
        numbers = [(name, found.number(name)) for name in names]
        if missing := [name for name, number in numbers if number is None]:
            raise LookupError(f"code {code} leads to {missing[0]}, which is no entry")
        table[code] = [number for _, number in numbers if number is not None]
    return table


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


def dump(path: Path, data: Any) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
