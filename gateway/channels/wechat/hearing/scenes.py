"""Codes with a scene (带参数二维码): where it hangs says which product, version, module or site somebody asks about.

Whoever draws a code decides what its scene is, so a scene is text from outside: cleaned, short, and only a name. What
it stands for is the operator's to say; an unknown one goes on the ticket as it is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from desk import conversations
from desk.messages import Message
from desk.session import Session
from gateway.channels.wechat.hearing.contact import Contact

LONGEST = 64  # characters of a scene, WeChat's limit for scene_str
SITE = "site"
SLOTS = ("product", "version", "module", SITE, "account", "licence")  # what a scene may fill in
SCENE = "scene"  # the slot that keeps the scene itself
_PREFIX = "qrscene_"  # in front of the scene when somebody follows the account by scanning


@dataclass(frozen=True)
class Scene:
    """What a scene stands for: slots, and a greeting of its own."""

    slots: Mapping[str, str] = field(default_factory=dict)
    greeting: str = ""


def scene_of(event: str, key: str) -> str:
    """The scene of a subscription or a scan; empty when there is none."""
    if event == "subscribe":
        return cleaned(key.removeprefix(_PREFIX)) if key.startswith(_PREFIX) else ""
    return cleaned(key)


def cleaned(scene: str) -> str:
    """One line of at most 64 characters without anything that is not seen."""
    seen = "".join(char if unicodedata.category(char)[0] != "C" else " " for char in scene)
    return " ".join(seen.split())[:LONGEST].strip()


def placed(slots: Mapping[str, str], scene: str, scenes: Mapping[str, Scene]) -> dict[str, str]:
    """Slots after a scan: what the person has said stays, what an earlier scan has filled in gives way."""
    before = scenes.get(slots.get(SCENE, ""), Scene()).slots
    said = {name: value for name, value in slots.items() if name != SCENE and before.get(name) != value}
    return {**scenes.get(scene, Scene()).slots, **said, SCENE: scene}


@dataclass(frozen=True)
class Located:
    """A place that was sent: besides what every message means, it is where they are. See `Incoming.also`."""

    contact: Contact
    place: str

    def __call__(self, session: Session, message: Message, now: datetime) -> None:
        self.contact(session, message, now)
        if self.place:
            slots = conversations.get(session, message.conversation_id).slots
            conversations.update(session, message.conversation_id, {"slots": {**slots, SITE: self.place}}, now=now)
