"""常见问题: what is asked most, as a list to pick from.

The operator's own list where there is one. Otherwise entries that were shown most in the last month without being
found useless, and then those of pinned questions, which every publication makes sure are found.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from contract.decisions import ENTRY, Option
from desk import asked, entries, pins, publications
from desk.session import Session
from zhtext.contacts import AllowList, strangers

MOST = 8  # a list that fits the screen of a phone
SAY = "say:"  # an option that stands for words
_RECENT = timedelta(days=30)
_LONGEST = 40  # characters of a title in the list


def frequent(session: Session, own: tuple[str, ...], allow: AllowList, *, now: datetime) -> tuple[Option, ...]:
    """Options that pick an entry, or ask the operator's question; none while nothing is published."""
    if own:
        return tuple(Option(f"{SAY}{question}", question) for question in own)
    last = publications.latest(session)
    if last is None:
        return ()
    found: dict[str, Option] = {}
    for entry_id in _candidates(session, now):
        if len(found) == MOST:
            break
        title = _title(session, entry_id, last.created_at)
        if title and not strangers(title, allow):
            found[entry_id] = Option(f"{ENTRY}{entry_id}", title)
    return tuple(found.values())


def _candidates(session: Session, now: datetime) -> list[str]:
    """Ids of entries, the best first."""
    usage = asked.usage(session, since=now - _RECENT)
    liked = {entry_id: use.shown - 2 * use.disliked for entry_id, use in usage.items()}
    most = sorted((entry_id for entry_id, score in liked.items() if score > 0), key=lambda each: (-liked[each], each))
    return list(dict.fromkeys([*most, *(pin.entry_id for pin in pins.listing(session))]))


def _title(session: Session, entry_id: str, published_at: datetime) -> str:
    """Of what is live; empty when nothing of the entry is, or it is first aid, which nobody browses for."""
    entry = entries.in_force_at(session, entry_id, published_at)
    if entry is None or entry.content.get("type") == "runbook":
        return ""
    title = " ".join(str(entry.content.get("title", "")).split())
    return title if len(title) <= _LONGEST else title[: _LONGEST - 1] + "…"
