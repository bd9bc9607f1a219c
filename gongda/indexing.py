"""The index that serves: made when there is none, and made anew when the program has changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from desk.clock import system_clock
from gongda.fingerprint import fingerprint
from gongda.knowledge.corpus import due
from gongda.policy import load_policy
from gongda.retrieving import encoder
from gongda.settings import Settings
from kb_ingest.errors import BadSource
from kb_ingest.publishing import Check, Publication, Question, Source, publish
from retrieval.asking.decision import Risk
from retrieval.building import manifest, store
from retrieval.building.manifest import BuildInfo
from retrieval.building.progress import Progress, silent
from retrieval.errors import BadEntry, BuildRefused
from retrieval.knowledge.entries import read_build
from retrieval.knowledge.entry import Entry
from retrieval.learning.fitted import risk_of

_MARK = "PROGRAM"  # which program and encoder made the current build
_PROGRAM = (".py", ".tsv", ".txt", ".json", ".safetensors")


@dataclass(frozen=True)
class Indexed:
    """The current build; `fresh` is False when it was there already. `objections` say why a new one was not taken."""

    build_id: str
    entries: int
    fresh: bool
    objections: tuple[str, ...] = ()
    report: Mapping[str, Any] | None = None  # of a fresh one


def build_index(
    settings: Settings,
    source: Source | None = None,
    *,
    check: Check | None = None,
    force: bool = False,
    progress: Progress = silent,
) -> Indexed:
    """Serve `source`, by default what is due (see `corpus.due`), unless it serves already, made by this program.

    Pinned questions are asked before the switch; where they or `check` object, the former build serves on.
    Raises IngestError, RetrievalError, StoreError, BadSetting.
    """
    now = _serving(settings)
    source = source or due(settings, now.entries if now else ())
    mark = _mark(settings)
    marked = settings.index / _MARK
    same_program = marked.exists() and marked.read_text(encoding="utf-8") == mark
    if now is not None and same_program and not force and now.made_of(source, settings):
        return Indexed(now.info.build_id, 0, fresh=False)
    pinned = [Question(text, entry_id) for text, entry_id in source.asked.items()]
    made = publish(
        source, encoder(settings), settings.index, now=system_clock(), questions=pinned, check=check, refit=True,
        risk=_risk(settings), progress=progress,
    )  # fmt: skip
    if not made.published and made.report.former is not None:
        return Indexed(made.report.former, 0, fresh=False, objections=_reasons(made))
    if not made.published:
        raise BadSource([finding.message for finding in made.report.findings if finding.level == "error"])
    marked.write_text(mark, encoding="utf-8")
    return Indexed(made.report.build_id, made.report.entries, fresh=True, report=made.report.to_json())


def serves(settings: Settings, source: Source) -> bool:
    """Whether the current build is sound and made of these very entries, with this encoder and for this risk."""
    now = _serving(settings)
    return now is not None and now.made_of(source, settings)


@dataclass(frozen=True)
class _Serving:
    """The current build, as far as a comparison needs it."""

    info: BuildInfo
    entries: tuple[Entry, ...]
    risk: Risk

    def made_of(self, source: Source, settings: Settings) -> bool:
        """The encoder is opened last: one from a model hub takes seconds."""
        found, wanted = ({entry.id: entry.version for entry in entries} for entries in (self.entries, source.entries))
        same = found == wanted and self.risk == _risk(settings)
        return same and self.info.encoder_fingerprint == encoder(settings).fingerprint


def _serving(settings: Settings) -> _Serving | None:
    """None where the build is missing or damaged."""
    try:
        folder = settings.index / store.current(settings.index)
        return _Serving(manifest.verify(folder), read_build(folder), risk_of(folder))
    except (BuildRefused, BadEntry, OSError, ValueError, LookupError, TypeError):
        return None


def _risk(settings: Settings) -> Risk:
    """What the operator accepts."""
    return load_policy(settings.root / settings.support).knowledge.risk


def _reasons(made: Publication) -> tuple[str, ...]:
    return tuple(f"{objection.reason} {objection.count}/{objection.limit}" for objection in made.report.objections)


def _mark(settings: Settings) -> str:
    sources = [settings.root / "zhtext", settings.root / "retrieval", settings.own / "dictionary"]
    program = fingerprint(sources, _PROGRAM, settings.root)
    return f"{program} {settings.encoder or 'shipped'}"
