"""Build, compare, judge, switch. Until the switch nothing that serves has changed, and the switch is one rename."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from kb_ingest.changes import changes
from kb_ingest.errors import AlreadyPublishing, NoSuchBuild, NothingToPublish
from kb_ingest.lint.finding import Finding
from kb_ingest.publishing.gate import objections
from kb_ingest.publishing.questions import Question
from kb_ingest.publishing.replay import replay
from kb_ingest.publishing.report import Report
from retrieval.asking.decision import Risk
from retrieval.asking.retriever import Retriever
from retrieval.building import store
from retrieval.building.build import build
from retrieval.building.progress import Progress, silent
from retrieval.errors import BuildRefused
from retrieval.indexing.encoder import Encoder
from retrieval.knowledge.entry import Entry
from retrieval.knowledge.labels import Labels
from retrieval.learning.fitted import Fitted

_LOCK = ".publishing"
Check = Callable[[Sequence[Entry], Retriever], Sequence[Finding]]


@dataclass(frozen=True)
class Source:
    """What is published: the approved entries, and what people have said about questions.

    `asked` are questions with the id of the entry that answers each; they are pinned. `uncovered` and `rejected` as in
    `Labels`.
    """

    entries: tuple[Entry, ...]
    asked: Mapping[str, str] = field(default_factory=dict)
    uncovered: tuple[str, ...] = ()
    rejected: Mapping[str, str] = field(default_factory=dict)

    @property
    def labels(self) -> Labels:
        return Labels(self.asked, self.uncovered, self.rejected)


@dataclass(frozen=True)
class Publication:
    """`published` False: the former build serves on, and `report.objections` say why."""

    published: bool
    report: Report


def publish(
    source: Source,
    encoder: Encoder,
    root: Path,
    *,
    now: datetime,
    questions: Sequence[Question] = (),
    check: Check | None = None,
    overrule: str = "",
    refit: bool = False,
    rehearse: bool = False,
    risk: Risk | None = None,
    progress: Progress = silent,
) -> Publication:
    """Build a version in its own directory, judge it and make it CURRENT; a refused one is removed again.

    `questions` go to the old and the new build; `check` finds faults in the entries. `overrule` is the reason for
    serving in spite of objections. `refit` fits weights and thresholds again although few entries have changed;
    `rehearse` does everything but the switch; `progress` is told of each stage of the build.
    Raises NothingToPublish, AlreadyPublishing; whatever fails, the build that serves goes on serving.
    """
    if not source.entries:
        raise NothingToPublish("没有一条已批准的条目，不能发布空的知识库")
    root.mkdir(parents=True, exist_ok=True)
    with _alone(root):
        made = _build(source, encoder, root, now, questions, check, overrule, refit, risk, progress)
        if rehearse or (made.objections and not overrule.strip()):
            store.discard(root, made.build_id)
            return Publication(False, made)
        store.activate(root, made.build_id)
        store.prune(root)
        return Publication(True, made)


def _build(
    source: Source, encoder: Encoder, root: Path, now: datetime, questions: Sequence[Question], check: Check | None,
    overrule: str, refit: bool, risk: Risk | None, progress: Progress,
) -> Report:  # fmt: skip
    laps = _Laps()
    before = serving(root, encoder)
    kept = None if refit or before is None else before.fitted
    former = root / before.build_id if before is not None else None
    info = build(source.entries, encoder, root, now=now, risk=risk, labels=source.labels, kept=kept, former=former,
                 progress=progress)  # fmt: skip
    after = Retriever(store.load(root / info.build_id), encoder)
    laps.end("build")
    findings = tuple(check(source.entries, after)) if check else ()
    laps.end("check")
    replayed = replay(questions, before, after)
    laps.end("replay")
    return Report(
        build_id=info.build_id, former=before.build_id if before else None, entries=len(source.entries),
        difference=changes(before.entries if before else (), source.entries), findings=findings,
        replayed=replayed, objections=objections(replayed, findings), overruled=overrule,
        refitted=kept is None or _told(after.fitted) != _told(kept),
        seconds=laps.seconds,
    )  # fmt: skip


def _told(fitted: Fitted) -> tuple[object, ...]:
    """What differs between two fits: what they were made of, and what they came to."""
    return fitted.corpus, fitted.labels, fitted.thresholds


def roll_back(root: Path, build_id: str | None = None) -> tuple[str, str]:
    """Serve an older build again, by default the one before the current; (from, to).

    Raises NoSuchBuild, AlreadyPublishing, MissingBuild. The entries stay as they are: the next publication brings
    them back.
    """
    with _alone(root):
        serving_now = store.current(root)
        served = store.served(root)
        target = build_id or store.before_current(root)
        if target is None:
            raise NoSuchBuild(f"{serving_now} 之前没有保留的索引，无法回退")
        if target not in served:
            raise NoSuchBuild(f"没有曾经发布过的索引 {target}；保留着的是 {'、'.join(served)}")
        if target == serving_now:
            raise NoSuchBuild(f"{target} 正在使用，不用回退")
        store.load(root / target)  # a damaged one is refused before the switch, not after
        store.activate(root, target)
        return serving_now, target


def serving(root: Path, encoder: Encoder) -> Retriever | None:
    """The current build, or None where there is none that this program and encoder can serve."""
    try:
        return Retriever(store.load(root / store.current(root)), encoder)
    except BuildRefused:
        return None


class _Laps:
    """Seconds of each part."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._began = time.monotonic()

    def end(self, name: str) -> None:
        now = time.monotonic()
        self.seconds[name], self._began = now - self._began, now


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Two publications at once would compare with the same old build; the second is refused."""
    with (root / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyPublishing("另一次发布或回退正在进行，请等它结束再试") from error
        yield
