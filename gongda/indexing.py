"""Build the index from the corpus when it has changed."""

from __future__ import annotations

from dataclasses import dataclass

from desk.clock import system_clock
from gongda.fingerprint import fingerprint
from gongda.retrieving import encoder
from gongda.settings import Settings
from kb_ingest.asked import read_asked
from kb_ingest.folder import read_folder
from kb_ingest.publish import publish
from retrieval import store
from retrieval.errors import MissingBuild

_MARK = "SEEDED"  # which corpus and encoder the current build was made from


@dataclass(frozen=True)
class Indexed:
    """The current build; `fresh` is False when it was there already."""

    build_id: str
    entries: int
    fresh: bool


def build_index(settings: Settings, *, force: bool = False) -> Indexed:
    """Publish the corpus unless this very corpus is being served. Raises IngestError, EncoderMissing."""
    mark = _mark(settings)
    marked = settings.index / _MARK
    if not force and marked.exists() and marked.read_text(encoding="utf-8") == mark:
        try:
            return Indexed(store.current(settings.index), 0, fresh=False)
        except MissingBuild:
            pass  # somebody deleted the builds; make one
    entries = read_folder(settings.corpus)
    settings.index.mkdir(parents=True, exist_ok=True)
    asked = read_asked(settings.corpus, frozenset(entry.id for entry in entries))
    info = publish(entries, encoder(settings), settings.index, system_clock, asked)
    marked.write_text(mark, encoding="utf-8")
    return Indexed(info.build_id, len(entries), fresh=True)


def _mark(settings: Settings) -> str:
    sources = [settings.corpus, settings.root / "zhtext", settings.root / "retrieval"]
    corpus = fingerprint(sources, (".yml", ".py", ".tsv", ".txt", ".json", ".jsonl", ".safetensors"), settings.root)
    return f"{corpus} {settings.encoder or 'shipped'}"
