"""A build made from a former one in a moment: its files linked, what has changed beside them in `delta/`.

A base of many entries stays as it is. Entries that came or changed since stand in a small segment of their own, and
`gone.npy` numbers those of the base that no longer count. Both segments are asked, with the document frequencies of
both together and the mean lengths of the base, and their candidates are ranked together. What differs from a build made
anew: the words of entries that are gone are still counted, a few entries in a hundred at most.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from retrieval.building import manifest, store
from retrieval.building.manifest import BuildInfo
from retrieval.errors import MismatchedBuild, NothingToBuild
from retrieval.indexing.encoder import Encoder
from retrieval.indexing.indexes import Indexes, index, means_of
from retrieval.indexing.postings import mapped
from retrieval.knowledge import entries
from retrieval.knowledge.entries import DELTA, FILE, GONE, StoredEntries, gone_of
from retrieval.knowledge.entry import Entry, read_entries


@dataclass(frozen=True)
class Room:
    """What may lie beside a base. `base` is the least number of its entries: a smaller one is made anew in seconds.
    `delta` is the most entries of the segment, which is made anew each time, a millisecond for each. `share` is how
    much of the base may have come, changed or gone before its term statistics are due."""

    base: int = 5_000
    delta: int = 2_000
    share: float = 0.05

    def holds(self, base: int, gone: int, delta: int) -> bool:
        """Whether so many entries of a base may be gone, and so many stand beside it."""
        return base >= self.base and delta <= self.delta and max(gone, delta) <= self.share * base


ROOM = Room()


def extend(
    root: Path,
    former: str,
    put: Sequence[Entry],
    drop: Collection[str],
    encoder: Encoder,
    *,
    now: datetime,
    room: Room = ROOM,
) -> BuildInfo | None:
    """The build `former` with the entries `put` in place of those with their ids, and those with the ids `drop` gone.

    None where too much would lie beside the base, or the base is too small: then it is time to build anew. Weights
    and thresholds are the former build's. Raises MissingBuild, DamagedBuild, MismatchedBuild, NothingToBuild.
    """
    folder = root / former
    info = manifest.read(folder)
    if info.encoder_fingerprint != encoder.fingerprint:
        raise MismatchedBuild(f"{former} was made with encoder {info.encoder}, not {encoder.name}; build anew")
    base = StoredEntries.load(folder)
    changed = {entry.id for entry in put} | set(drop)
    found = (base.find(entry_id) for entry_id in changed)
    gone = np.union1d(gone_of(folder), [place for place in found if place is not None]).astype(np.int64)
    before = read_entries(folder / DELTA / FILE) if (folder / DELTA / FILE).is_file() else ()
    delta = (*(entry for entry in before if entry.id not in changed), *put)
    if not room.holds(len(base), len(gone), len(delta)):
        return None
    if len(gone) == len(base) and not delta:
        raise NothingToBuild("there is no approved entry left to build an index from")
    versions = [(former, ""), *((entry.id, entry.version) for entry in put), *((name, "gone") for name in drop)]
    build_id = manifest.name_of(versions, encoder.fingerprint, now)
    draft = root / f".{build_id}"
    shutil.rmtree(draft, ignore_errors=True)
    linked = _link(folder, draft, info.files)
    made = _write_delta(draft, delta, gone, encoder)
    store.dump(draft / store.CODES, _codes(folder, changed, put))
    sealed = manifest.seal(draft, {
        "build_id": build_id, "created": now.isoformat(), "entries": len(base) - len(gone) + len(delta),
        "rows": _rows(folder, gone) + (len(made.rows) if made else 0), "encoder": encoder.name,
        "encoder_fingerprint": encoder.fingerprint, "dimensions": encoder.dimensions, "words": info.words,
        "dense": info.dense,
        "base": info.base or former, "delta": len(delta),
    }, linked)  # fmt: skip
    draft.rename(root / build_id)
    return sealed


def _link(folder: Path, draft: Path, files: Mapping[str, str]) -> dict[str, str]:
    """The files that stay the same, with their hashes; copied where the disk knows no hard links."""
    kept = {name: digest for name, digest in files.items() if name != store.CODES and not name.startswith(f"{DELTA}/")}
    for name in kept:
        (draft / name).parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(folder / name, draft / name)
        except OSError:
            shutil.copyfile(folder / name, draft / name)
    return kept


def _write_delta(draft: Path, delta: Sequence[Entry], gone: entries.Places, encoder: Encoder) -> Indexes | None:
    after = draft / DELTA
    after.mkdir()
    np.save(after / GONE, gone, allow_pickle=False)
    if not delta:
        return None
    made = index(delta, encoder, means=means_of(draft))
    store.write_segment(after, delta, made)
    return made


def _codes(folder: Path, changed: Collection[str], put: Sequence[Entry]) -> dict[str, list[str]]:
    """Codes to entry ids."""
    former: dict[str, list[str]] = json.loads((folder / store.CODES).read_text(encoding="utf-8"))
    codes = {code: [name for name in names if name not in changed] for code, names in former.items()}
    for entry in put:
        if entry.code:
            codes.setdefault(entry.code, []).append(entry.id)
    return {code: names for code, names in sorted(codes.items()) if names}


def _rows(folder: Path, gone: entries.Places) -> int:
    """Rows of the base that still count."""
    owners, starts = mapped(folder / "rows" / "owners.npy"), mapped(folder / "rows" / "starts.npy")
    sizes = np.diff(np.append(starts, len(owners)))
    return int(len(owners) - sizes[gone].sum())
