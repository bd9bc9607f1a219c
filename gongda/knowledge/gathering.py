"""Questions without an answer, gathered into gaps that an editor can do something about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from desk import gaps
from desk.clock import Clock
from desk.database import Database
from desk.gaps import Gap
from desk.session import Session
from desk.unanswered import Question as Unanswered
from gongda.retrieving import encoder
from gongda.settings import Settings
from kb_ingest.gaps.clusters import Cluster, Question, assign, title
from retrieval.indexing.encoder import Encoder

# Questions looked at in one go; clustering compares all with all.
BATCH = 1000
# Gaps that new questions may join.
JOINED = 500
# What is too short or no words at all is put away in one gap that nobody has to look at.
UNREADABLE = "（太短或看不懂的话）"


@dataclass(frozen=True)
class Gathered:
    """How many questions found a place, and how many gaps are new."""

    questions: int
    gaps: int


def gather(database: Database, settings: Settings, clock: Clock) -> Gathered:
    """Every question that has no gap yet joins one or begins one. Raises StoreError, EncoderMissing."""
    with database.read() as session:
        waiting = gaps.unclustered(session, limit=BATCH)
        known = [gap for state in (None, "dismissed") for gap in gaps.open_gaps(session, state, limit=JOINED)]
    if not waiting:
        return Gathered(0, 0)
    return _gather(database, waiting, known, encoder(settings), clock)


def _gather(
    database: Database, waiting: Sequence[Unanswered], known: Sequence[Gap], encoder: Encoder, clock: Clock
) -> Gathered:
    readable = [gap for gap in known if gap.title != UNREADABLE]
    found = assign(
        [Question(each.id, each.question) for each in waiting],
        [Cluster(gap.id, gap.samples) for gap in readable],
        encoder,
    )
    texts = {each.id: each.question for each in waiting}
    joining: defaultdict[int, list[int]] = defaultdict(list)
    new: defaultdict[int, list[int]] = defaultdict(list)
    unreadable: list[int] = []
    for each in found:
        if each.cluster_id is not None:
            joining[each.cluster_id].append(each.question_id)
        elif each.group is not None:
            new[each.group].append(each.question_id)
        else:
            unreadable.append(each.question_id)
    with database.write() as session:
        for gap_id, members in joining.items():
            gaps.attach(session, gap_id, members, now=clock())
        for members in new.values():
            gaps.attach(session, None, members, title([texts[each] for each in members], encoder), now=clock())
        if unreadable:
            _put_away(session, known, unreadable, clock)
    return Gathered(len(waiting), len(new))


def _put_away(session: Session, known: Sequence[Gap], members: Sequence[int], clock: Clock) -> None:
    away = next((gap.id for gap in known if gap.title == UNREADABLE), None)
    gap = gaps.attach(session, away, members, UNREADABLE, now=clock())
    if gap.state == "open":
        gaps.dismiss(session, gap.id, by="system", reason=UNREADABLE, now=clock())
