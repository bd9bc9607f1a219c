"""Approved entries -> an index build in its own directory."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from retrieval import manifest, store
from retrieval.codes import CodeTable
from retrieval.decision import Risk, Thresholds
from retrieval.encoder import Encoder
from retrieval.entry import Entry
from retrieval.errors import NothingToBuild
from retrieval.fit import Asked, fit_fusion
from retrieval.fitted import Fitted
from retrieval.fusion import PRIOR_FILE, Fusion, prior
from retrieval.indexes import index
from retrieval.manifest import BuildInfo
from retrieval.scorer import Scorer
from zhtext.normalize import normalize

_NAME_DIGITS = 8


def build(
    entries: Sequence[Entry],
    encoder: Encoder,
    root: Path,
    *,
    now: datetime,
    risk: Risk | None = None,
    asked: Mapping[str, str] | None = None,
    kept: Fitted | None = None,
) -> BuildInfo:
    """Write `root/<build id>/` and return what its manifest says. CURRENT is left alone: see `store.activate`.

    The build id is the time and a hash of the content, so names sort by age. Until the manifest is
    in place the directory is unfinished and nobody serves it. `asked` holds questions that people asked and the id
    of the entry that answers each; ids of entries that are gone are left aside. `kept` is what an earlier build was
    fitted to; it is used again while it holds. Raises NothingToBuild.
    """
    if not entries:
        raise NothingToBuild("there is no approved entry to build an index from")
    build_id = _name(entries, encoder, now)
    draft = root / f".{build_id}"
    shutil.rmtree(draft, ignore_errors=True)
    store.write(draft, _parts(tuple(entries), encoder, risk or Risk(), asked or {}, kept))
    rows = len(json.loads((draft / "rows.json").read_text(encoding="utf-8"))["texts"])
    info = manifest.seal(draft, {
        "build_id": build_id, "created": now.isoformat(), "entries": len(entries), "rows": rows,
        "encoder": encoder.name, "encoder_fingerprint": encoder.fingerprint, "dimensions": encoder.dimensions,
    })  # fmt: skip
    draft.rename(root / build_id)
    return info


def _parts(
    entries: tuple[Entry, ...], encoder: Encoder, risk: Risk, asked: Mapping[str, str], kept: Fitted | None
) -> store.Parts:
    indexes, learned = index(entries, encoder)
    codes = CodeTable.of(entries)
    number = {entry.id: place for place, entry in enumerate(entries)}
    usable = sum(entry_id in number for entry_id in asked.values())
    if kept is not None and kept.holds(entries, risk, usable):
        return store.Parts(entries, codes, indexes, kept)
    real = [Asked(normalize(text), number[entry_id]) for text, entry_id in asked.items() if entry_id in number]
    shipped = (prior(), shipped_thresholds())
    fusion, thresholds = fit_fusion(Scorer(indexes), learned, codes, encoder, risk, shipped, real)
    corpus = {entry.id: entry.version for entry in entries}
    return store.Parts(entries, codes, indexes, Fitted(fusion, thresholds, corpus, usable))


def shipped_thresholds() -> Thresholds:
    """Thresholds for a knowledge base too small to have its own."""
    return Thresholds.from_json(json.loads(PRIOR_FILE.read_text(encoding="utf-8"))["thresholds"])


def ship(fusion: Fusion, thresholds: Thresholds, path: Path = PRIOR_FILE) -> None:
    """Make fitted weights the shipped ones.

    Negative rank weights come from evidence that overlaps in one corpus; elsewhere they would punish what is right.
    """
    fusion = Fusion({name: max(weight, 0.0) for name, weight in fusion.rank.items()}, fusion.confidence)
    data = {"fusion": fusion.to_json(), "thresholds": thresholds.to_json()}
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _name(entries: Sequence[Entry], encoder: Encoder, now: datetime) -> str:
    content = "\n".join([encoder.fingerprint, *(f"{entry.id} {entry.version}" for entry in entries)])
    return f"{now:%Y%m%dT%H%M%S%f}-{sha256(content.encode()).hexdigest()[:_NAME_DIGITS]}"
