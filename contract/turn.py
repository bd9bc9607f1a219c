"""What travels into the engine with each turn, as the `metadata` of the message.

The engine cannot know it: the time, whether somebody is on duty, what the conversation
has been through. Counters live in the gateway's database, because a thumb down and a
degraded turn never pass the engine.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any, Dict, Mapping, Optional

# Slots that belong to a person and outlive a question; all others belong to one problem.
PERSONAL = ("os", "version", "phone")


@dataclass(frozen=True)
class TurnContext:
    """One turn as the gateway sees it."""

    turn_id: str
    now: str  # ISO 8601 with offset
    working: bool = True
    next_opening: Optional[str] = None  # ISO 8601, when not working
    channel: str = "web"
    script: str = "hans"  # hans | hant | none
    region: Optional[str] = None  # cn | tw | hk
    slots: Mapping[str, str] = field(default_factory=dict)  # known from earlier episodes
    form: Optional[str] = None  # a form left unfinished and the slot it asked for: ticket_form/phone
    last_question: Optional[str] = None  # the last thing asked, for follow-ups and ticket summaries
    misses: int = 0
    dislikes: int = 0
    open_tickets: int = 0
    choice: Optional[Mapping[str, str]] = None  # {"id", "label"} of the option just picked

    def to_json(self) -> Dict[str, Any]:
        """The metadata object of the message."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> TurnContext:
        """Read leniently: the engine also gets messages from tools, without metadata."""
        known = {f.name: data[f.name] for f in fields(cls) if f.name in data}
        return cls(**{"turn_id": "", "now": "", **known})
