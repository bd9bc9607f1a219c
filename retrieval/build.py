"""Approved entries -> an index build in its own directory."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from retrieval import learned, manifest, store
from retrieval.codes import CodeTable
from retrieval.decision import Risk, Thresholds
from retrieval.dense import DenseIndex
from retrieval.encoder import Encoder
from retrieval.entry import Entry
from retrieval.errors import NothingToBuild
from retrieval.fit import fit_fusion
from retrieval.fusion import PRIOR_FILE, Fusion, prior
from retrieval.lexical import LexicalIndex
from retrieval.manifest import BuildInfo
from retrieval.rows import rows_of
from retrieval.scorer import Scorer
from retrieval.tokens import char_tokens, word_tokens
from zhtext.normalize import normalize

_NAME_DIGITS = 8


def build(entries: Sequence[Entry], encoder: Encoder, root: Path, *, now: datetime, risk: Risk | None = None) -> BuildInfo:
    """Write `root/<build id>/` and return what its manifest says. CURRENT is left alone: see `store.activate`.

    The build id is the time and a hash of the content, so names sort by age. Until the manifest is
    in place the directory is unfinished and nobody serves it. Raises NothingToBuild.
    """
    if not entries:
        raise NothingToBuild("there is no approved entry to build an index from")
    build_id = _name(entries, encoder, now)
    draft = root / f".{build_id}"
    shutil.rmtree(draft, ignore_errors=True)
    store.write(draft, _parts(tuple(entries), encoder, risk or Risk()))
    rows = len(json.loads((draft / "rows.json").read_text(encoding="utf-8"))["texts"])
    info = manifest.seal(draft, {
        "build_id": build_id, "created": now.isoformat(), "entries": len(entries), "rows": rows,
        "encoder": encoder.name, "encoder_fingerprint": encoder.fingerprint, "dimensions": encoder.dimensions,
    })  # fmt: skip
    draft.rename(root / build_id)
    return info


def _parts(entries: tuple[Entry, ...], encoder: Encoder, risk: Risk) -> store.Parts:
    rows = rows_of(entries)
    characters = [char_tokens(text) for text in rows.texts]
    words = [word_tokens(text) for text in rows.texts]
    char, word = LexicalIndex.of(characters), LexicalIndex.of(words)
    answer = LexicalIndex.of([char_tokens(normalize(f"{entry.title} {entry.answer}")) for entry in entries])
    dense = DenseIndex.of(encoder.encode_documents(rows.texts))
    fitted = learned.fit(rows, [[*a, *b] for a, b in zip(characters, words, strict=True)])
    classifier = fitted.index if fitted else None
    scorer = Scorer(rows, [entry.title for entry in entries], char, word, answer, dense, classifier)
    codes = CodeTable.of(entries)
    fusion, thresholds = fit_fusion(scorer, fitted, codes, encoder, risk, (prior(), shipped_thresholds()))
    return store.Parts(entries, codes, rows, char, word, answer, dense, classifier, fusion, thresholds)


def shipped_thresholds() -> Thresholds:
    """Thresholds for a knowledge base too small to have its own."""
    return Thresholds.from_json(json.loads(PRIOR_FILE.read_text(encoding="utf-8"))["thresholds"])


def ship(fusion: Fusion, thresholds: Thresholds, path: Path = PRIOR_FILE) -> None:
    """Make fitted weights the shipped ones."""
    data = {"fusion": fusion.to_json(), "thresholds": thresholds.to_json()}
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _name(entries: Sequence[Entry], encoder: Encoder, now: datetime) -> str:
    content = "\n".join([encoder.fingerprint, *(f"{entry.id} {entry.version}" for entry in entries)])
    return f"{now:%Y%m%dT%H%M%S%f}-{sha256(content.encode()).hexdigest()[:_NAME_DIGITS]}"
