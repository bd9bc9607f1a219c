"""What a message tells about the person's situation: how bad, what kind, in what mood, wanting a human?

Five linear heads over one tf-idf vector of n-grams, words and what the patterns of `zhtext` see. Serving needs
NumPy alone.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional, Tuple

from bot.linear import features, softmax
from bot.tfidf import Linear
from zhtext import emotion, severity
from zhtext.wish import split_wish

NONE = "none"  # the priority of what is neither a problem nor a question
CHOICES = ("priority", "category")
FLAGS = ("negative", "complaint", "wants_human")
_SHOWN = 3  # digits of a score
_SHARP = 0.25  # softmax temperature of the margins; for people to read, no decision hangs on it


@dataclass(frozen=True)
class Situation:
    """One message as the desk would judge it; `scores` from 0 to 1, for the flags with .5 as the threshold."""

    priority: Optional[str]
    category: str
    negative: bool
    complaint: bool
    wants_human: bool
    scores: Mapping[str, float]

    def to_json(self) -> Dict[str, Any]:
        return {
            "priority": self.priority,
            "category": self.category,
            "negative": self.negative,
            "complaint": self.complaint,
            "wants_human": self.wants_human,
            "scores": {name: round(score, _SHOWN) for name, score in self.scores.items()},
        }


NOTHING = Situation(None, "other", False, False, False, {**dict.fromkeys(FLAGS, 0.0), **dict.fromkeys(CHOICES, 1.0)})


def situation_features(text: str) -> List[str]:
    """Those of the intents, and the names of what the patterns see in a normalised text (`r:`)."""
    seen = {**severity.signs(text), **emotion.signs(text), "plain_wish": split_wish(text)[0]}
    return [*features(text), *(f"r:{name}" for name, there in seen.items() if there)]


@dataclass(frozen=True)
class Head:
    """One question: which columns of the margins answer it, and what they stand for.

    A flag has one column and the margin from which it is raised.
    """

    labels: Tuple[str, ...]
    columns: Tuple[int, ...]
    threshold: float = 0.0


@dataclass(frozen=True)
class Situations:
    """The model: heads `priority` and `category`, and one for each flag."""

    linear: Linear
    heads: Mapping[str, Head]

    def read(self, text: str) -> Situation:
        """The situation of a normalised text; pictures and marks alone tell none."""
        if not any(map(str.isalnum, text)):
            return NOTHING
        margins = self.linear.values(Counter(situation_features(text)))
        flags = {name: float(margins[self.heads[name].columns[0]]) - self.heads[name].threshold for name in FLAGS}
        (priority, sure), (category, surely) = (self._best(name, margins) for name in CHOICES)
        scores = {name: 1.0 / (1.0 + math.exp(min(30.0, max(-30.0, -over / _SHARP)))) for name, over in flags.items()}
        return Situation(
            priority=None if priority == NONE else priority,
            category=category,
            negative=flags["negative"] >= 0,
            complaint=flags["complaint"] >= 0,
            wants_human=flags["wants_human"] >= 0,
            scores={**scores, "priority": sure, "category": surely},
        )

    def _best(self, name: str, margins: Any) -> Tuple[str, float]:
        head = self.heads[name]
        shares = softmax(margins[list(head.columns)], _SHARP)
        first = int(shares.argmax())
        return head.labels[first], float(shares[first])


def to_arrays(model: Situations) -> Tuple[Dict[str, Any], Dict[str, Any]]:
    """JSON and arrays, from which `from_arrays` makes the same model. No pickle."""
    heads = {
        name: {"labels": list(head.labels), "columns": list(head.columns), "threshold": head.threshold}
        for name, head in model.heads.items()
    }
    linear = model.linear
    arrays = {"idf": linear.idf, "weights": linear.weights, "bias": linear.bias}
    return {"vocabulary": list(linear.vocabulary), "heads": heads}, arrays


def from_arrays(data: Mapping[str, Any], arrays: Mapping[str, Any]) -> Situations:
    """The model of `to_arrays`."""
    vocabulary = {name: i for i, name in enumerate(data["vocabulary"])}
    heads = {
        name: Head(tuple(head["labels"]), tuple(head["columns"]), float(head["threshold"]))
        for name, head in data["heads"].items()
    }
    return Situations(Linear(vocabulary, arrays["idf"], arrays["weights"], arrays["bias"]), heads)
