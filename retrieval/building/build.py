"""Approved entries -> an index build in its own directory."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from retrieval.asking.alignment import word_table
from retrieval.asking.decision import Risk
from retrieval.asking.scorer import Scorer
from retrieval.building import manifest, store
from retrieval.building.extend import ROOM, extend
from retrieval.building.manifest import BuildInfo
from retrieval.building.progress import Progress, silent, told
from retrieval.errors import BadEntry, BuildRefused, NothingToBuild
from retrieval.indexing.codes import CodeTable
from retrieval.indexing.encoder import Encoder
from retrieval.indexing.indexes import index
from retrieval.knowledge.entries import read_build
from retrieval.knowledge.entry import Entry
from retrieval.knowledge.labels import Labels
from retrieval.learning.fit import fit_fusion
from retrieval.learning.fitted import Fitted
from retrieval.learning.shipped import shipped


def build(
    entries: Sequence[Entry],
    encoder: Encoder,
    root: Path,
    *,
    now: datetime,
    risk: Risk | None = None,
    labels: Labels | None = None,
    kept: Fitted | None = None,
    former: Path | None = None,
    progress: Progress = silent,
) -> BuildInfo:
    """Write `root/<build id>/` and return what its manifest says. CURRENT is left alone: see `store.activate`.

    The build id is the time and a hash of the content, so names sort by age. Until the manifest is
    in place the directory is unfinished and nobody serves it. `labels` are what people have said
    about questions; ids of entries that are gone are left aside. `kept` is what an earlier build was
    fitted to; it is used again while it holds. `former` is the folder of that build: where it is large and little
    has changed since, the new one is made on top of it (see `extend`). `progress` is told of each stage. Raises
    NothingToBuild.
    """
    if not entries:
        raise NothingToBuild("there is no approved entry to build an index from")
    if former is not None and kept is not None and kept.holds(entries, risk or Risk(), len(labels or ())):
        extended = _extended(entries, encoder, former, now, progress)
        if extended is not None:
            return extended
    build_id = manifest.name_of(((entry.id, entry.version) for entry in entries), encoder.fingerprint, now)
    draft = root / f".{build_id}"
    shutil.rmtree(draft, ignore_errors=True)
    parts = _parts(entries, encoder, risk or Risk(), labels or Labels(), kept, progress)
    progress("write", 0, 1)
    store.write(draft, parts)
    info = manifest.seal(draft, {
        "build_id": build_id, "created": now.isoformat(), "entries": len(entries), "rows": len(parts.indexes.rows),
        "encoder": encoder.name, "encoder_fingerprint": encoder.fingerprint, "dimensions": encoder.dimensions,
        "words": word_table().fingerprint,
        "dense": parts.indexes.plans,
    })  # fmt: skip
    draft.rename(root / build_id)
    progress("write", 1, 1)
    return info


def _extended(
    entries: Sequence[Entry], encoder: Encoder, former: Path, now: datetime, progress: Progress
) -> BuildInfo | None:
    """None where nothing would be saved, or the former build is not one to build on."""
    if len(entries) < ROOM.base * (1 - ROOM.share):
        return None
    try:
        before = {entry.id: entry.version for entry in read_build(former)}
        put = [entry for entry in told(entries, progress, "compare") if before.pop(entry.id, None) != entry.version]
        return extend(former.parent, former.name, put, before.keys(), encoder, now=now)
    except (BuildRefused, BadEntry, OSError):
        return None


def _parts(
    entries: Sequence[Entry], encoder: Encoder, risk: Risk, labels: Labels, kept: Fitted | None,
    progress: Progress,
) -> store.Parts:  # fmt: skip
    indexes = index(entries, encoder, progress=progress)
    codes = CodeTable.of(entries)
    number = {entry.id: place for place, entry in enumerate(entries)}
    if kept is not None and kept.holds(entries, risk, len(labels)):
        return store.Parts(entries, codes, indexes, kept)
    progress("fit", 0, 1)
    fusion, thresholds = fit_fusion(Scorer(indexes), codes, encoder, risk, shipped(), labels, number)
    progress("fit", 1, 1)
    corpus = {entry.id: entry.version for entry in entries}
    return store.Parts(entries, codes, indexes, Fitted(fusion, thresholds, corpus, len(labels)))
