"""The decisions the engine may return; the gateway carries them out.

They travel as the `custom` object of a Rasa response: `{"type": "answer", ...}`.
Plain texts stay texts. Adding a decision means: a dataclass here, a line in the schema,
a golden example in `tests/contract/golden/`.
"""

from __future__ import annotations

from dataclasses import Field, asdict, dataclass, field, fields
from typing import Any, ClassVar, Dict, List, Mapping, Optional, Tuple, Type, Union

from contract.errors import MalformedDecision, UnknownDecision

Json = Dict[str, Any]


# How the id of an option says that it stands for an entry, and for which versions of its answer: entry:how-x@>=6.0
ENTRY = "entry:"
AT = "@"


@dataclass(frozen=True)
class Option:
    """One thing a user can pick, by button, number or words."""

    id: str
    label: str


@dataclass(frozen=True)
class Answer:
    """An approved entry answers the question."""

    type: ClassVar[str] = "answer"
    entry_id: str
    version: str
    title: str
    blocks: Tuple[str, ...]  # Markdown paragraphs and lists, Simplified Chinese
    source: str
    review: str  # ISO date on which the entry is to be looked at again
    probability: float
    build_id: str
    trace_id: str
    code: Optional[str] = None
    workaround: Optional[str] = None
    question: Optional[str] = None  # what was looked up, if not the person's own words: a follow-up, one of two


@dataclass(frozen=True)
class Choices:
    """Several entries may be meant, or (`about` version) the answer depends on the version; the user picks."""

    type: ClassVar[str] = "choices"
    options: Tuple[Option, ...]
    build_id: str = ""
    trace_id: str = ""
    about: str = ""
    question: Optional[str] = None  # what was looked up, if not the person's own words: a follow-up, one of two


@dataclass(frozen=True)
class Decline:
    """No approved evidence: `no_evidence`, `out_of_scope` or `unknown_code`."""

    type: ClassVar[str] = "decline"
    reason: str
    codes: Tuple[str, ...] = ()
    neighbours: Tuple[Option, ...] = ()
    build_id: str = ""
    trace_id: str = ""
    question: Optional[str] = None  # what was looked up, if not the person's own words: a follow-up, one of two
    keep: bool = False  # out of scope as it seems, and yet worth an editor's look


@dataclass(frozen=True)
class Runbook:
    """An emergency: first aid from an entry of type runbook."""

    type: ClassVar[str] = "runbook"
    entry_id: str
    title: str
    blocks: Tuple[str, ...]
    source: str
    build_id: str
    trace_id: str
    question: Optional[str] = None  # what was looked up, if not the person's own words: a follow-up, one of two


@dataclass(frozen=True)
class OpenTicket:
    """The form is complete: open a ticket from this draft."""

    type: ClassVar[str] = "open_ticket"
    category: str
    priority: str
    summary: str
    slots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Handoff:
    """A human is to take over: `request`, `two_misses`, `dislikes`, `emergency`, `emotion`."""

    type: ClassVar[str] = "handoff"
    reason: str
    category: str = "other"
    priority: str = "P3"
    summary: str = ""
    slots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class EndHandoff:
    """The user no longer wants a human."""

    type: ClassVar[str] = "end_handoff"


@dataclass(frozen=True)
class TicketStatus:
    """How far is my ticket? `number` as the user wrote it, if at all."""

    type: ClassVar[str] = "ticket_status"
    number: Optional[str] = None


@dataclass(frozen=True)
class TicketUrge:
    """Please hurry with my ticket."""

    type: ClassVar[str] = "ticket_urge"
    number: Optional[str] = None


@dataclass(frozen=True)
class Callback:
    """Please call me back."""

    type: ClassVar[str] = "callback"
    phone: Optional[str] = None
    summary: str = ""


@dataclass(frozen=True)
class Complaint:
    """A complaint goes straight to a human."""

    type: ClassVar[str] = "complaint"
    summary: str = ""
    slots: Mapping[str, str] = field(default_factory=dict)
    category: str = "other"
    priority: str = "P2"


@dataclass(frozen=True)
class Feedback:
    """Was the last answer of use?"""

    type: ClassVar[str] = "feedback"
    helpful: bool


@dataclass(frozen=True)
class Survey:
    """A score from 1 to 5 for a closed conversation."""

    type: ClassVar[str] = "survey"
    score: int


@dataclass(frozen=True)
class Incident:
    """The question matches a confirmed, running incident."""

    type: ClassVar[str] = "incident"
    incident_id: str


@dataclass(frozen=True)
class Asking:
    """The engine is filling a form and has just asked for `slot`; a new episode goes on from here."""

    type: ClassVar[str] = "asking"
    form: str
    slot: str


Decision = Union[
    Answer, Choices, Decline, Runbook, OpenTicket, Handoff, EndHandoff, TicketStatus,
    TicketUrge, Callback, Complaint, Feedback, Survey, Incident, Asking,
]  # fmt: skip

DECISIONS: Dict[str, Type[Any]] = {
    cls.type: cls
    for cls in (
        Answer, Choices, Decline, Runbook, OpenTicket, Handoff, EndHandoff, TicketStatus,
        TicketUrge, Callback, Complaint, Feedback, Survey, Incident, Asking,
    )
}  # fmt: skip


def to_json(decision: Decision) -> Json:
    """The JSON object that crosses the wire."""
    return {"type": decision.type, **_plain(asdict(decision))}


def from_json(data: Mapping[str, Any]) -> Decision:
    """The decision in a `custom` object; unknown keys are ignored, so that parts can be updated one by one.

    Raises UnknownDecision or MalformedDecision.
    """
    if not isinstance(data, Mapping):
        raise MalformedDecision(f"a decision is an object, not {type(data).__name__}")
    kind = data.get("type")
    cls = DECISIONS.get(kind) if isinstance(kind, str) else None
    if cls is None:
        raise UnknownDecision(f"decision type {kind!r} is none of {', '.join(DECISIONS)}")
    known = {f.name: _typed(f, data[f.name]) for f in fields(cls) if f.name in data}
    try:
        made: Decision = cls(**known)
    except TypeError as error:
        raise MalformedDecision(f"decision {kind!r}: {error}") from error
    return made


# What the fields that are no text hold; bool is an int for Python, but no score.
_TYPES: Dict[str, Tuple[type, ...]] = {
    "probability": (int, float),
    "score": (int,),
    "helpful": (bool,),
    "keep": (bool,),
}


def _typed(f: Field[Any], value: Any) -> Any:
    """The value as the field wants it: lists become tuples, options become `Option`."""
    if value is None and f.default is None:
        return None
    if f.name in ("options", "neighbours"):
        return tuple(_option(item) for item in _list(f.name, value))
    if f.name in ("blocks", "codes"):
        return tuple(_text(f.name, item) for item in _list(f.name, value))
    if f.name == "slots":
        return _slots(value)
    wanted = _TYPES.get(f.name, (str,))
    if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
        raise MalformedDecision(f"{f.name} must be {wanted[-1].__name__}, not {type(value).__name__}")
    return value


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise MalformedDecision(f"{name} holds texts, not {type(value).__name__}")
    return value


def _slots(value: Any) -> Dict[str, str]:
    if not isinstance(value, Mapping):
        raise MalformedDecision(f"slots must be an object, not {type(value).__name__}")
    return {_text("slots", name): _text("slots", said) for name, said in value.items()}


def _list(name: str, value: Any) -> List[Any]:
    if not isinstance(value, (list, tuple)):
        raise MalformedDecision(f"{name} must be a list, not {type(value).__name__}")
    return list(value)


def _option(item: Any) -> Option:
    try:
        return Option(id=_text("id", item["id"]), label=_text("label", item["label"]))
    except (KeyError, TypeError) as error:
        raise MalformedDecision(f"an option needs id and label: {error}") from error


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
