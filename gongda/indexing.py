"""The index that serves: made when there is none, and made anew when the program has changed."""

from __future__ import annotations

from dataclasses import dataclass

from desk.clock import system_clock
from gongda.fingerprint import fingerprint
from gongda.knowledge.corpus import corpus
from gongda.retrieving import encoder
from gongda.settings import Settings
from kb_ingest.publishing import Publication, Question, Source, publish
from retrieval import store
from retrieval.entry import read_entries
from retrieval.errors import BadEntry, BuildRefused

_MARK = "PROGRAM"  # which program and encoder made the current build
_PROGRAM = (".py", ".tsv", ".txt", ".json", ".safetensors")


@dataclass(frozen=True)
class Indexed:
    """The current build; `fresh` is False when it was there already. `objections` say why a new one was not taken."""

    build_id: str
    entries: int
    fresh: bool
    objections: tuple[str, ...] = ()


def build_index(
    settings: Settings, source: Source | None = None, *, force: bool = False, pending: bool = True
) -> Indexed:
    """Publish `source` (by default what the desk has approved, or the files) unless that is what serves.

    `pending` False leaves approved changes to a publication that somebody asks for: only a build that is missing, or
    of another program, is made anew. Pinned questions are asked before the switch; where they object, the former one
    serves on.
    Raises IngestError, RetrievalError.
    """
    source = source or corpus(settings)
    mark = _mark(settings)
    marked = settings.index / _MARK
    current = _serving(settings, source, pending)
    same_program = marked.exists() and marked.read_text(encoding="utf-8") == mark
    if current is not None and same_program and not force:
        return Indexed(current, 0, fresh=False)
    pinned = [Question(text, entry_id) for text, entry_id in source.asked.items()]
    made = publish(source, encoder(settings), settings.index, now=system_clock(), questions=pinned, refit=True)
    if not made.published:
        return Indexed(store.current(settings.index), 0, fresh=False, objections=_reasons(made))
    marked.write_text(mark, encoding="utf-8")
    return Indexed(made.report.build_id, made.report.entries, fresh=True)


def _serving(settings: Settings, source: Source, pending: bool) -> str | None:
    """The build that serves, if it is made of these very entries (or `pending` ones may wait)."""
    try:
        name = store.current(settings.index)
        served = read_entries(settings.index / name / "entries.jsonl")
    except (BuildRefused, BadEntry, OSError):
        return None
    wanted = {entry.id: entry.version for entry in source.entries}
    same = {entry.id: entry.version for entry in served} == wanted
    return name if same or not pending else None


def _reasons(made: Publication) -> tuple[str, ...]:
    return tuple(f"{objection.reason} {objection.count}/{objection.limit}" for objection in made.report.objections)


def _mark(settings: Settings) -> str:
    sources = [settings.root / "zhtext", settings.root / "retrieval", settings.own / "dictionary"]
    program = fingerprint(sources, _PROGRAM, settings.root)
    return f"{program} {settings.encoder or 'shipped'}"
