"""What the tracker says about the message at hand, as one value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from rasa_sdk import Tracker

from actions.situation import UNTOLD, Situation, by_patterns, of_message
from contract.turn import TurnContext
from zhtext.normalize import normalize

_TELLING = 6  # characters; shorter messages stand in longer ones by chance


@dataclass(frozen=True)
class Heard:
    """The latest message: its normalised text, its intent, its situation, and the turn it belongs to.

    `followed_up` is the whole question that a follow-up like 那手机端呢 stands for; `text` is it then, too.
    """

    text: str
    intent: str
    out_of_scope: bool
    foreign: float  # 0 familiar, 1 foreign: how far out of scope
    context: TurnContext
    entities: tuple[tuple[str, str], ...]
    situation: Situation
    followed_up: str | None = None
    sure: float = 1.0  # the engine's confidence in the intent
    unknown_codes: tuple[str, ...] = ()  # well-formed, and not in the corpus
    # What the engine made of the earlier texts of this episode, oldest first; read only when somebody asks.
    earlier: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def entity(self, name: str) -> str | None:
        """The first value of an entity."""
        return next((value for kind, value in self.entities if kind == name), None)

    @property
    def picked(self) -> str:
        """The id of the option just picked, or nothing."""
        return (self.context.choice or {}).get("id", "")

    @property
    def version(self) -> str | None:
        """The version of the product that the asker has named, now or before."""
        return self.entity("version") or self.context.slots.get("version") or None

    @property
    def emergency(self) -> bool:
        """Whether this message tells of one."""
        return self.situation.emergency

    @cached_property
    def before(self) -> Mapping[str, Situation]:
        """The situations of the earlier texts, oldest first."""
        read = ((text, of_message(said)) for text, said in self.earlier.items())
        return {text: situation for text, situation in read if situation is not None}

    def judged(self, text: str) -> Situation:
        """The situation of this text: of the message in this episode that says it, else by the patterns."""
        said = (*self.before.items(), (self.text, self.situation))
        found = next((each for whole, each in reversed(said) if _same(text, whole)), None)
        return found if found and (found.priority or text == self.text) else by_patterns(text)

    def said_with(self, text: str) -> dict[str, str]:
        """The entities of the messages in this episode that say this text; the codes are the corpus' own then."""
        said = (*((whole, _entities(each)) for whole, each in self.earlier.items()), (self.text, self.entities))
        found = [pair for whole, each in said if _same(text, whole) for pair in reversed(each)]
        return dict(found)

    def priority(self, text: str) -> str:
        """The priority that a ticket about `text` gets."""
        return self.judged(text).priority or UNTOLD


def _same(text: str, whole: str) -> bool:
    """Whether one is told within the other: a clause of a message, or a message that a later one goes on about."""
    one, other = _key(text), _key(whole)
    return bool(one) and (one in other or (len(other) >= _TELLING and other in one))


def _key(text: str) -> str:
    """Letters and digits alone, normalised: a form keeps what was written, and clauses are joined by other marks."""
    return "".join(filter(str.isalnum, normalize(text)))


def heard(tracker: Tracker) -> Heard:
    """Read from Rasa's `latest_message`; metadata is absent when a tool talks to the engine."""
    message: dict[str, Any] = tracker.latest_message or {}
    text = message.get("text") or ""
    intent = message.get("intent") or {}
    return Heard(
        text=text,
        intent=intent.get("name") or "",
        out_of_scope=bool((message.get("out_of_scope") or {}).get("decision")),
        foreign=float((message.get("out_of_scope") or {}).get("score") or 0.0),
        context=TurnContext.from_json(message.get("metadata") or {}),
        entities=_entities(message),
        situation=of_message(message) or by_patterns(text),
        followed_up=message.get("follow_up"),
        sure=float(intent.get("confidence") or 0.0),
        unknown_codes=tuple(code["canonical"] for code in message.get("codes") or [] if not code.get("codes")),
        earlier=_earlier(tracker.events or []),
    )


def _entities(message: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((entity["entity"], str(entity["value"])) for entity in message.get("entities") or [])


def _earlier(events: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """What the engine made of the messages before this one, by their text."""
    said = [event.get("parse_data") or {} for event in events if event.get("event") == "user"][:-1]
    found: dict[str, Mapping[str, Any]] = {}
    for message in said:
        text = message.get("text") or ""
        found.pop(text, None)  # said again: its place is the last one
        found[text] = message
    return found
