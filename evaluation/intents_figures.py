"""Figures of `evaluation.intents`, and what they are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evaluation.engine_models import Trained
from evaluation.labelled import Question, other_script
from evaluation.measures import auroc, confusions, f1_by_label, interval, macro_f1, percentiles, share, threshold_for

REJECTED = 0.05  # share of in-scope messages that may be declined
WISH = "request_human"


@dataclass(frozen=True)
class Guess:
    """One pipeline's word on one message. `intent` is the best one even where the pipeline declines."""

    intent: str
    score: float  # of being out of scope
    declined: bool  # by the pipeline itself: its out-of-scope decision, or Rasa's FallbackClassifier
    own_score: bool  # whether the pipeline gives a score of its own, else it is 1 - confidence
    cpu_ms: float
    wall_ms: float


@dataclass
class Pipeline:
    """One configuration under measurement."""

    name: str
    config: Path
    trained: Trained
    threshold: float | None = None  # chosen by us; None: the pipeline decides by itself
    guesses: dict[str, list[Guess]] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)
    load_cpu_seconds: float = 0.0

    def declines(self, guess: Guess) -> bool:
        return guess.declined if self.threshold is None else guess.score > self.threshold


@dataclass(frozen=True)
class Sets:
    """The messages by what they are for."""

    test: tuple[Question, ...]
    oos: tuple[Question, ...]
    knowledge: tuple[Question, ...] = ()  # questions to the knowledge base, by other writers
    wishes: tuple[Question, ...] = ()  # for a human, labelled `request_human`, and what only looks like one

    def named(self) -> dict[str, tuple[Question, ...]]:
        converted = tuple(map(other_script, self.test))
        return {
            "test": self.test,
            "converted": converted,
            "oos": self.oos,
            "knowledge": self.knowledge,
            "wishes": self.wishes,
        }


def figures(pipeline: Pipeline, sets: Sets, seen: Sequence[bool]) -> dict[str, Any]:
    test, oos = pipeline.guesses["test"], pipeline.guesses["oos"]
    truth, said = [question.label for question in sets.test], [guess.intent for guess in test]
    right = [t == s for t, s in zip(truth, said, strict=True)]
    kept = [ok and not pipeline.declines(guess) for ok, guess in zip(right, test, strict=True)]
    return {
        "config": pipeline.config.name,
        "accuracy": share(right),
        "accuracy_interval": interval([float(ok) for ok in right], range(len(right))),
        "macro_f1": macro_f1(truth, said),
        "new_wording": _new_wording(truth, said, seen),
        "accuracy_after_rejection": share(kept),
        "by_script": _by_script(pipeline, sets),
        "by_style": _by(sets.test, right, "style"),
        "oos": _out_of_scope(pipeline, sets, test, oos),
        "cpu_ms_per_message": round(sum(guess.cpu_ms for guess in test) / len(test), 3),
        "cpu_ms": percentiles([guess.cpu_ms for guess in test], 50, 95, 99),
        "wall_ms": percentiles([guess.wall_ms for guess in test], 50, 95, 99),
        "training": vars(pipeline.trained) | {"model": Path(pipeline.trained.model).name},
        "load_cpu_seconds": pipeline.load_cpu_seconds,
        **pipeline.memory,
        "per_label": f1_by_label(truth, said),
        "confusions": confusions(truth, said, [question.text for question in sets.test], top=25),
        "declined_in_scope": [q.text for q, guess in zip(sets.test, test, strict=True) if pipeline.declines(guess)],
        "accepted_oos": [
            {"text": q.text, "ring": q.ring, "said": guess.intent, "score": round(guess.score, 3)}
            for q, guess in zip(sets.oos, oos, strict=True) if not pipeline.declines(guess)
        ],
    }  # fmt: skip


def _new_wording(truth: Sequence[str], said: Sequence[str], seen: Sequence[bool]) -> dict[str, float]:
    """Without the test messages that stand, word for word or nearly, in the training data."""
    fresh = [(t, s) for t, s, before in zip(truth, said, seen, strict=True) if not before]
    return {
        "messages": len(fresh),
        "accuracy": share([t == s for t, s in fresh]),
        "macro_f1": macro_f1([t for t, _ in fresh], [s for _, s in fresh]),
    }


def routing(pipeline: Pipeline, sets: Sets, answering: frozenset[str]) -> dict[str, Any]:
    """Do questions to the knowledge base get there? Which topic they are taken for makes no difference."""
    rows = list(zip(sets.knowledge, pipeline.guesses.get("knowledge", ()), strict=True))
    astray = [(q.text, g.intent) for q, g in rows if not pipeline.declines(g) and g.intent not in answering]
    return {
        "reach_retrieval": share([not pipeline.declines(g) and g.intent in answering for _, g in rows]),
        "declined_as_out_of_scope": share([pipeline.declines(g) for _, g in rows]),
        "taken_for_something_else": [{"text": text, "said": said} for text, said in astray],
    }


def wishes(pipeline: Pipeline, sets: Sets) -> dict[str, Any]:
    """A wish for a human must be heard; a question about 人工费 is none."""
    rows = list(zip(sets.wishes, pipeline.guesses.get("wishes", ()), strict=True))
    heard = [(q, not pipeline.declines(g) and g.intent == WISH, g) for q, g in rows]
    return {
        "heard": share([yes for q, yes, _ in heard if q.label == WISH]),
        "heard_or_callback": share([yes or g.intent == "callback_request" for q, yes, g in heard if q.label == WISH]),
        "false": share([yes for q, yes, _ in heard if q.label != WISH]),
        "missed": [{"text": q.text, "said": g.intent} for q, yes, g in heard if q.label == WISH and not yes],
        "invented": [q.text for q, yes, _ in heard if q.label != WISH and yes],
    }


def _by_script(pipeline: Pipeline, sets: Sets) -> dict[str, Any]:
    """Accuracy of the messages as written, of the same ones in the other script, and how often both got one intent."""
    rows = list(zip(sets.test, pipeline.guesses["test"], pipeline.guesses["converted"], strict=True))
    figures = {}
    for script in sorted({question.script for question in sets.test if question.script}):
        own = [row for row in rows if row[0].script == script]
        figures[script] = {
            "messages": len(own),
            "accuracy": share([guess.intent == question.label for question, guess, _ in own]),
            "accuracy_in_other_script": share([other.intent == question.label for question, _, other in own]),
            "same_intent": share([guess.intent == other.intent for _, guess, other in own]),
        }
    return figures


def _by(questions: Sequence[Question], right: Sequence[bool], key: str) -> dict[str, float]:
    names = sorted({getattr(question, key) for question in questions})
    return {
        name: share([ok for ok, question in zip(right, questions, strict=True) if getattr(question, key) == name])
        for name in names
    }


def _out_of_scope(pipeline: Pipeline, sets: Sets, test: list[Guess], oos: list[Guess]) -> dict[str, Any]:
    inside, outside = [guess.score for guess in test], [guess.score for guess in oos]
    declined = [pipeline.declines(guess) for guess in oos]
    hindsight = threshold_for(inside, REJECTED)
    return {
        "auroc": auroc(inside, outside),
        "threshold": _by_itself(test[0]) if pipeline.threshold is None else round(pipeline.threshold, 4),
        "in_scope_rejected": share([pipeline.declines(guess) for guess in test]),
        "rejected": share(declined),
        "rejected_by_ring": _by(sets.oos, declined, "ring"),
        "rejected_at_5_in_hindsight": share([score > hindsight for score in outside]),
        "by_itself": {
            "in_scope_rejected": share([guess.declined for guess in test]),
            "rejected": share([guess.declined for guess in oos]),
        },
    }


def _by_itself(guess: Guess) -> str:
    return "自己的" if guess.own_score else "FallbackClassifier"
