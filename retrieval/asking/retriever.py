"""`Retriever.ask`: the one function behind chat, hit test, fallback and evaluation."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from contract.decisions import AT
from retrieval.asking.alignment import word_table
from retrieval.asking.decision import ANSWER, CHOICES, DECLINE, MAX_CHOICES, decide
from retrieval.asking.result import Candidate, Offer, Result
from retrieval.asking.scorer import FEATURES, Evidence
from retrieval.building.store import Index
from retrieval.errors import MismatchedBuild
from retrieval.indexing.codes import CodeMatch
from retrieval.indexing.encoder import Encoder
from retrieval.indexing.tokens import text_key
from retrieval.knowledge.entries import POLICY
from retrieval.knowledge.entry import Entry, Variant
from retrieval.learning.fitted import Fitted
from zhtext.normalize import normalize
from zhtext.slots import slot_values

Floats = NDArray[np.float32]

_POLICY_FILE = Path(__file__).parent / "policy_only.json"
_TRACE_DIGITS = 16
_DIGITS = 6

# 打不开, 登录不上: so few characters name a subject, not a problem, however well one title repeats them.
VAGUE_CHARS = 5
# Of 159 uncovered questions of `kb/asked` that were declined none is met so well.
WORDS_MET = 0.9
VERSION = "version"  # the reason of choices between the versions of one answer


@dataclass(frozen=True)
class _Ranked:
    """Candidates, best first; arrays run in parallel."""

    owners: tuple[int, ...]
    probabilities: tuple[float, ...]
    features: Floats

    def only(self, owners: Collection[int]) -> _Ranked:
        """The same order, restricted to some entries."""
        kept = [place for place, owner in enumerate(self.owners) if owner in owners]
        return _Ranked(tuple(self.owners[place] for place in kept), tuple(self.probabilities[place] for place in kept),
                       self.features[kept])  # fmt: skip

    @property
    def met(self) -> bool:
        """Whether every word of the question stands in the first candidate, or one very near it: then the base covers
        the subject, however many of its entries it may be about."""
        return bool(len(self.owners) and self.features[0, FEATURES.index("aligned")] >= WORDS_MET)

    @property
    def verbatim(self) -> tuple[int, ...]:
        """Those of the first candidates that have the question word for word."""
        exact = self.features[:, FEATURES.index("exact")] > 0
        return tuple(owner for owner, same in zip(self.owners, exact, strict=True) if same)[:MAX_CHOICES]


_NOTHING = _Ranked((), (), np.zeros((0, len(FEATURES)), dtype=np.float32))


@dataclass(frozen=True)
class _Verdict:
    decision: str
    reason: str
    shown: tuple[int, ...] = ()  # entries answered with or offered
    variant: Variant | None = None  # the answer for the asker's version, where it depends on it


class Retriever:
    """One build with its encoder. Stateless between questions and safe to share among threads."""

    def __init__(self, index: Index, encoder: Encoder) -> None:
        if encoder.fingerprint != index.info.encoder_fingerprint:
            raise MismatchedBuild(
                f"build {index.info.build_id} was made with encoder {index.info.encoder} "
                f"({index.info.encoder_fingerprint}), not {encoder.name} ({encoder.fingerprint}); build again"
            )
        if index.info.words != word_table().fingerprint:
            raise MismatchedBuild(f"build {index.info.build_id} was made with another table of words; build again")
        self._index = index
        self._encoder = encoder
        self._has_policy = index.entries.has_policy

    @property
    def build_id(self) -> str:
        return self._index.info.build_id

    @property
    def entries(self) -> Sequence[Entry]:
        """All entries of this build; each is read from its file when it is asked for."""
        return self._index.entries

    @property
    def fitted(self) -> Fitted:
        """Weights and thresholds, and the corpus they come from."""
        return self._index.fitted

    def entry(self, entry_id: str) -> Entry | None:
        """An entry of this build, for a choice that was picked."""
        return self._index.entries.get(entry_id)

    def ask(self, question: str, *, top: int = 10, version: str | None = None) -> Result:
        """Ranked entries and a decision. Never raises on any text; equal questions to one build give equal results.

        `version` is the asker's version of the product, if known; a version named in the question wins.
        """
        text = normalize(question)
        codes = self._index.codes.match(text)
        if not text_key(text):
            return self._result(text, (), codes, _NOTHING, _Verdict(DECLINE, "empty"), top)
        evidence = self._index.scorer.evidence(text, self._encoder.encode_query(text))
        ranked = self._rank(evidence, codes)
        verdict = self._by_code(codes, ranked) or self._by_meaning(text, codes, ranked)
        verdict = self._for_version(verdict, text, version)
        return self._result(text, evidence.words, codes, ranked, verdict, top)

    def _rank(self, evidence: Evidence, codes: CodeMatch) -> _Ranked:
        scored = self._index.scorer.score(evidence, codes=codes.entries)
        order, probabilities = self._index.fusion.ranked(scored.features)
        rounded = np.round(probabilities, _DIGITS)
        return _Ranked(tuple(scored.entries[order].tolist()), tuple(rounded.tolist()), scored.features[order])

    def _candidates(self, ranked: _Ranked, top: int) -> tuple[Candidate, ...]:
        """The first candidates with names and features, for people to read."""
        shown = zip(ranked.owners[:top], ranked.probabilities, _readable(ranked.features[:top]), strict=False)
        return tuple(
            Candidate(
                self.entries[owner].id, self.entries[owner].title, probability, dict(zip(FEATURES, row, strict=True))
            )
            for owner, probability, row in shown
        )

    def _by_code(self, codes: CodeMatch, ranked: _Ranked) -> _Verdict | None:
        """A code answers for itself; an unknown one never gets another's answer. A question that an editor has written
        down word for word (502 了，全员; PAGE_SIZE 建库时怎么设) says more than a code in it."""
        if not codes.found or (len(ranked.verbatim) == 1 and ranked.verbatim[0] not in codes.entries):
            return None
        if not codes.entries:
            return _Verdict(DECLINE, "unknown_code", codes.neighbours)
        named = ranked.only(codes.entries).owners
        if codes.unknown:
            return _Verdict(CHOICES, "some_codes_unknown", named[:MAX_CHOICES])
        if len(named) == 1:
            return _Verdict(ANSWER, "code", named)
        reason = "codes_fold_together" if len(codes.found) == 1 else "several_codes"
        return _Verdict(CHOICES, reason, named[:MAX_CHOICES])

    def _by_meaning(self, text: str, codes: CodeMatch, ranked: _Ranked) -> _Verdict:
        restricted = self._has_policy and policy_only(text)
        if restricted:
            ranked = ranked.only([owner for owner in ranked.owners if self._index.entries[owner].type == POLICY])
        shown = ranked.verbatim
        if shown:
            return _Verdict(ANSWER, "exact", shown) if len(shown) == 1 else _Verdict(CHOICES, "rivals", shown)
        # K139 looks like E139 and 端口 5012 like GC-5012; what looks like a code and is none asks for no such entry.
        ranked = ranked.only([owner for owner in ranked.owners if owner not in codes.resembled])
        decision, number = decide(ranked.probabilities, self._index.thresholds)
        if decision == DECLINE and ranked.met and not restricted:
            return _Verdict(CHOICES, "subject", ranked.owners[:MAX_CHOICES])
        if decision == DECLINE:
            return _Verdict(DECLINE, "policy_only" if restricted else "no_evidence")
        if decision == ANSWER and len(text) <= VAGUE_CHARS and len(ranked.owners) > 1:
            return _Verdict(CHOICES, "vague", ranked.owners[:MAX_CHOICES])
        if decision == ANSWER:
            return _Verdict(ANSWER, "confident", ranked.owners[:1])
        rivals = ranked.probabilities[0] >= self._index.thresholds.answer
        return _Verdict(CHOICES, "rivals" if rivals else "unsure", ranked.owners[:number])

    def _for_version(self, verdict: _Verdict, text: str, version: str | None) -> _Verdict:
        """Only where the answer depends on the version: the answer for it, or the question which one it is."""
        answered = self._index.entries[verdict.shown[0]] if verdict.decision == ANSWER else None
        if answered is None or not answered.variants:
            return verdict
        known = slot_values(text).get("version") or version
        if not known:
            return replace(verdict, decision=CHOICES, reason=VERSION)
        return replace(verdict, variant=answered.variant(known))

    def _result(self, text: str, words: Sequence[str], codes: CodeMatch, ranked: _Ranked, verdict: _Verdict,
                top: int) -> Result:  # fmt: skip
        answered = self._index.entries[verdict.shown[0]] if verdict.decision == ANSWER else None
        leading = ranked.only(verdict.shown[:1]).probabilities or ranked.probabilities
        limits = self._index.thresholds
        return Result(
            normalized=text, tokens=tuple(words), codes=tuple(code.canonical for code in codes.found),
            decision=verdict.decision, reason=verdict.reason, entry_id=answered.id if answered else None,
            code=answered.code if answered else None, title=answered.title if answered else None,
            probability=leading[0] if leading else 0.0,
            thresholds={"answer": limits.answer, "choices": limits.choices, "risk": limits.risk.wrong},
            build_id=self.build_id, trace_id=self._trace(text, verdict), candidates=self._candidates(ranked, top),
            offers=() if answered else self._offers(verdict),
            variant=verdict.variant.versions if verdict.variant else None,
        )  # fmt: skip

    def _offers(self, verdict: _Verdict) -> tuple[Offer, ...]:
        if verdict.reason == VERSION:
            return variant_offers(self._index.entries[verdict.shown[0]])
        return tuple(self._offer(owner) for owner in verdict.shown)

    def _offer(self, owner: int) -> Offer:
        entry = self._index.entries[owner]
        label = f"{entry.code} {entry.title}" if entry.code and entry.code not in entry.title else entry.title
        return Offer(entry.id, label)

    def _trace(self, text: str, verdict: _Verdict) -> str:
        """The same for the same question to the same build: replaying it gives the same bytes."""
        asked = f"{self.build_id}\0{text}" + (f"\0{verdict.variant.versions}" if verdict.variant else "")
        return sha256(asked.encode()).hexdigest()[:_TRACE_DIGITS]


def variant_offers(entry: Entry) -> tuple[Offer, ...]:
    """The versions to pick from, for an entry whose answer depends on them."""
    return tuple(Offer(f"{entry.id}{AT}{variant.versions}", variant.label) for variant in entry.variants)


def policy_only(text: str) -> bool:
    """Whether a normalised question asks for prices, law or promises. Where a base has policies, they alone answer it;
    a plain FAQ without any answers from what it approved."""
    return _policy_pattern().search(text) is not None


@lru_cache(maxsize=1)
def _policy_pattern() -> re.Pattern[str]:
    patterns = json.loads(_POLICY_FILE.read_text(encoding="utf-8"))["patterns"]
    return re.compile("|".join(patterns))


def _readable(features: Floats) -> list[list[float]]:
    """Enough digits to read, few enough to be equal on every machine."""
    readable: list[list[float]] = np.round(features.astype(np.float64), _DIGITS).tolist()
    return readable
