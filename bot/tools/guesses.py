"""What any Rasa pipeline says of a message, reduced to an intent and how foreign the message is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Names that stand for "not understood": ours, and Rasa's FallbackClassifier.
UNREAL = frozenset({"out_of_scope", "nlu_fallback"})


@dataclass(frozen=True)
class Guess:
    """`intent` is the best real one, empty if there is none; `score` grows with foreignness, from 0 to 1."""

    intent: str
    score: float
    own_score: bool  # the pipeline gives one of its own; else it is 1 - confidence
    declined: bool  # by the pipeline itself


def guess(parsed: Mapping[str, Any]) -> Guess:
    """The guess in a parse result."""
    said = (parsed.get("intent") or {}).get("name")
    name, confidence = best_intent(parsed)
    own = parsed.get("out_of_scope")
    score = float(own["score"]) if own else 1.0 - (confidence or 0.0)
    return Guess(
        intent=name or "",
        score=0.0 if own and is_certain(parsed) else score,
        own_score=own is not None,
        declined=not said or said in UNREAL,
    )


def best_intent(parsed: Mapping[str, Any]) -> tuple[str | None, float | None]:
    """The best intent that is one, with its confidence; None and None when nothing was said."""
    for entry in (parsed.get("intent") or {}, *(parsed.get("intent_ranking") or ())):
        if entry.get("name") and entry["name"] not in UNREAL:
            return str(entry["name"]), float(entry.get("confidence") or 0.0)
    return None, None


def is_certain(parsed: Mapping[str, Any]) -> bool:
    """A rule behind the classifier has replaced its guess: the message is in scope whatever the score."""
    intent, ranking = parsed.get("intent") or {}, parsed.get("intent_ranking") or ()
    if not intent.get("name") or intent["name"] in UNREAL or not ranking:
        return False
    return bool((intent["name"], intent.get("confidence")) != (ranking[0]["name"], ranking[0].get("confidence")))
