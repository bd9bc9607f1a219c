"""What the batches are drawn from, and in which shares."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from tokenizers import Tokenizer

from retrieval.training.knowledge import Known
from retrieval.training.loop import Recipe, Source
from retrieval.training.situations import Situation
from retrieval.training.situations import shown as shown_of
from retrieval.training.table import bags
from retrieval.training.text import Section, Text, generic_headings

# Shares of the batches. Situations teach how customers talk, bodies the words, headings across scripts the wording of
# Taiwan, sentences how parts of one topic sound; PAWS-X only looks alike and gets little.
SHARES = {"situations": 0.286, "sections": 0.342, "entries": 0.109, "sentences": 0.093, "across": 0.078,
          "headings": 0.047, "dialogue": 0.015, "paws_same": 0.015, "paws_different": 0.015}  # fmt: skip
_SHORTEST_SENTENCE = 8

Pairs = list[tuple[str, str, int]]


def sources_of(
    text: Text, situations: Sequence[Situation], entries: Sequence[Known], tokenizer: Tokenizer, recipe: Recipe, *,
    on_similar: bool,
) -> list[Source]:  # fmt: skip
    """Every kind of pair that is there, tokenised; the shares of missing kinds go to the others."""
    chance = random.Random(recipe.seed)  # noqa: S311 - sampling, not secrets
    shown = [section for section in text.sections if not section.held_out]
    kinds: dict[str, Pairs] = {
        "situations": _situations(situations),
        "sections": _sections(shown, chance),
        "sentences": _sentences(shown, chance),
        "across": _across(shown),
        "headings": _numbered(text.headings),
        "entries": _entries(entries) if on_similar else _titles(entries),
        "dialogue": _numbered(text.dialogue),
        "paws_same": _numbered(text.same),
        "paws_different": _numbered(text.different),
    }
    present = {name: pairs for name, pairs in kinds.items() if pairs}
    whole = sum(SHARES[name] for name in present)
    return [
        _source(name, pairs, tokenizer, round(recipe.steps * SHARES[name] / whole)) for name, pairs in present.items()
    ]


def _source(name: str, pairs: Pairs, tokenizer: Tokenizer, batches: int) -> Source:
    queries, passages = bags(tokenizer, [a for a, _, _ in pairs]), bags(tokenizer, [b for _, b, _ in pairs])
    groups = np.array([group for _, _, group in pairs], dtype=np.int64)
    return Source(name, queries, passages, groups, batches, apart=name == "paws_different")


def _sections(shown: Sequence[Section], chance: random.Random) -> Pairs:
    """Title and heading to body; one in three times the heading alone, when it says something alone."""
    generic = generic_headings(list(shown))
    pairs = []
    for number, section in enumerate(shown):
        alone = section.heading not in generic and chance.random() < 1 / 3
        pairs.append((section.heading if alone else section.query, section.body, number))
    return pairs


def _sentences(shown: Sequence[Section], chance: random.Random) -> Pairs:
    """One sentence of a body to the rest of it (inverse cloze; Lee, Chang, Toutanova 2019)."""
    pairs: Pairs = []
    for number, section in enumerate(shown):
        sentences = [s for s in section.body.replace("；", "。").split("。") if len(s) >= _SHORTEST_SENTENCE]
        if len(sentences) >= 3:
            taken = chance.randrange(len(sentences))
            rest = "。".join(s for place, s in enumerate(sentences) if place != taken)
            pairs.append((sentences[taken], rest, number))
    return pairs


def _across(shown: Sequence[Section]) -> Pairs:
    """Traditional heading to Simplified body of the same section."""
    bodies = {section.key: section.body for section in shown if not section.traditional and section.key}
    return [(section.query, bodies[section.key], number) for number, section in enumerate(shown)
            if section.traditional and section.key in bodies]  # fmt: skip


def _situations(situations: Sequence[Situation]) -> Pairs:
    """Two wordings of one situation; the look-alikes of its family are among the others of a batch."""
    return [pair for group, one in enumerate(shown_of(situations)) for pair in _all_pairs(one.texts, group)]


def _entries(entries: Sequence[Known]) -> Pairs:
    """Two questions of one entry."""
    shown = [entry for entry in entries if not entry.held_out]
    return [pair for group, entry in enumerate(shown)
            for pair in _all_pairs((entry.title, entry.question, *entry.similar), group)]  # fmt: skip


def _all_pairs(texts: Sequence[str], group: int) -> Pairs:
    return [(a, b, group) for a, b in combinations(texts, 2)]


def _titles(entries: Sequence[Known]) -> Pairs:
    """Question to title, when similar questions are to stay unseen."""
    return [(entry.question, entry.title, group) for group, entry in enumerate(entries) if not entry.held_out]


def _numbered(pairs: Sequence[tuple[str, str]]) -> Pairs:
    return [(a, b, number) for number, (a, b) in enumerate(pairs)]
