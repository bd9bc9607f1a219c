"""Where a new entry belongs: the topic and module of the entries that come nearest to its questions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retrieval.asking.retriever import Retriever

# So many questions tell enough, and each by its first few entries.
QUESTIONS, ENTRIES = 8, 3
# Share of the votes, weighted by probability, from which a topic is worth suggesting.
_SHARE = 0.4


@dataclass(frozen=True)
class Place:
    """Empty where the nearest entries do not agree."""

    topic: str = ""
    module: str = ""


@dataclass(frozen=True)
class Vote:
    """Where one near entry stands, and how near it is."""

    topic: str
    module: str
    probability: float


def place(retriever: Retriever, texts: Sequence[str]) -> Place:
    """A suggestion for the editor."""
    return agreed(_votes(retriever, texts))


def agreed(votes: Iterable[Vote]) -> Place:
    """What most of the votes say, topic and module each by itself."""
    topics: defaultdict[str, float] = defaultdict(float)
    modules: defaultdict[str, float] = defaultdict(float)
    for vote in votes:
        topics[vote.topic] += vote.probability
        modules[vote.module] += vote.probability
    return Place(_leading(topics), _leading(modules))


def _votes(retriever: Retriever, texts: Sequence[str]) -> Iterator[Vote]:
    for text in texts[:QUESTIONS]:
        for candidate in retriever.ask(text, top=ENTRIES).candidates:
            entry = retriever.entry(candidate.entry_id)
            if entry is not None:
                yield Vote(entry.topic, entry.module, candidate.probability)


def _leading(votes: Mapping[str, float]) -> str:
    name, weight = max(votes.items(), key=lambda vote: vote[1], default=("", 0))
    return name if weight and weight >= _SHARE * sum(votes.values()) else ""
