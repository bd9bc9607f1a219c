"""What a row of the outbox says to the team: plain text, because in markup a customer's words could do things."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.notifications.people import mention_for
from gateway.wording import Wording

CUT = "…"
_LONGEST_LINE = 300  # characters


@dataclass(frozen=True)
class Person:
    """Somebody who is called by name."""

    name: str
    mention: str | None = None
    phone: str | None = None
    email: str | None = None

    def known_as(self, target: str) -> str | None:
        """Their id on that target."""
        return mention_for(self.mention, target)


@dataclass(frozen=True)
class Message:
    """A notice ready to be sent. `foot` (number, link) stays when the text has to be cut."""

    title: str
    lines: tuple[str, ...] = ()
    foot: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    personal: bool = False  # concerns these people and nobody else

    def text(self, limit: int, *, more: Iterable[str] = ()) -> str:
        """At most `limit` bytes of UTF-8, cut at the end of a line. `more` follows the foot."""
        foot = (*self.foot, *more)
        whole = "\n".join((self.title, *self.lines, *foot))
        if len(whole.encode()) <= limit:
            return whole
        room = limit - len("".join(f"\n{line}" for line in (CUT, *foot)).encode())
        return "\n".join((_cut("\n".join((self.title, *self.lines)), room), CUT, *foot))


def compose(payload: Mapping[str, Any], wording: Wording, public_url: str) -> Message:
    """The message of a payload that `staff.tell` has made. Raises KeyError, TypeError for any other."""
    title = wording.text("notifications.title_urgent" if payload["urgent"] else "notifications.title")
    foot = []
    if payload["number"]:
        foot.append(wording.text("notifications.number", number=payload["number"]))
    if payload["path"] and public_url:
        foot.append(f"{public_url}{payload['path']}")
    return Message(
        title=f"{title}{one_line(payload['title'])}",
        lines=tuple(filter(None, map(one_line, payload["lines"]))),
        foot=tuple(foot),
        people=tuple(Person(**person) for person in payload["people"]),
        personal=bool(payload.get("personal")),
    )


def one_line(text: str) -> str:
    """Without line breaks, control and direction characters; at most 300 characters."""
    plain = "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in text)
    plain = " ".join("".join(char for char in plain if unicodedata.category(char) != "Cf").split())
    return plain if len(plain) <= _LONGEST_LINE else f"{plain[: _LONGEST_LINE - 1]}{CUT}"


def _cut(text: str, room: int) -> str:
    """Whole lines as long as there is one, else whole characters."""
    kept = text.encode()[: max(0, room)].decode(errors="ignore")
    if len(kept) < len(text) and "\n" in kept and text[len(kept)] != "\n":
        kept = kept.rpartition("\n")[0]
    return kept
