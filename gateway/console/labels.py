"""How values are written for agents: names of states, times, ages, people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache

from desk.contacts import Contact
from gateway.care.reasons import sentence
from gateway.console.locale import theirs
from gateway.wording import Wording

_GROUPS_OF_SLOTS = {"scope": "scope"}  # slots whose values are keys
_NAMES = ("name", "before", "skill")  # values of a reason that people have chosen


@lru_cache(maxsize=8)
def console_keys(wording: Wording) -> Mapping[str, str]:
    """Whole keys by what follows the file's name, of `console.yml` and every `console_*.yml`: no matter which of them
    has a sentence, pages find it. Where several have one, that of `console.yml` counts."""
    found: dict[str, str] = {}
    for key in wording.keys():  # noqa: SIM118 - a method, no dict
        file, _, rest = key.partition(".")
        if file == "console" or (file.startswith("console_") and rest not in found):
            found[rest] = key
    return found


def console_text(wording: Wording, name: str, /, **values: object) -> str:
    """A sentence of the console. Raises UnknownWording, and KeyError for a missing value."""
    return wording.text(console_keys(wording).get(name, f"console.{name}"), **values)


@dataclass(frozen=True)
class Labels:
    """Wording, the team's time zone and the present moment."""

    wording: Wording
    tz: tzinfo
    now: datetime

    def name(self, group: str, value: str | None, *, default: str | None = None, **values: object) -> str:
        """The Chinese name of a value, its placeholders filled; one that nobody has named stands for itself."""
        try:
            return console_text(self.wording, f"{group}.{value}", **values)
        except KeyError:  # unknown, or a placeholder without its value
            return default if default is not None else value or ""

    def options(self, group: str, present: str | None = None) -> Mapping[str, str]:
        """All values of a group with their names, the present one included even when nobody has named it."""
        known = console_keys(self.wording)
        prefix = f"{group}."
        named = {name.removeprefix(prefix): self.wording.text(known[name]) for name in known if name.startswith(prefix)}
        return named if present is None or present in named else {present: present, **named}

    def slot(self, name: str, value: str) -> tuple[str, str]:
        """A slot's name and value."""
        group = _GROUPS_OF_SLOTS.get(name)
        return self.name("slot", name), self.name(group, value) if group else value

    def contact(self, contact: Contact) -> str:
        """A customer's name, or a number when we do not know it."""
        return contact.name or self.wording.text("console.contact.nameless", id=contact.id)

    def actor(self, actor: str, names: Mapping[int, str]) -> str:
        """Who did it; `names` are the agents' by id."""
        kind, _, number = actor.partition(":")
        if kind == "agent":
            known = names.get(int(number)) if number.isdigit() else None
            return known or self.wording.text("console.actor.unknown", id=number)
        return self.name("actor", kind)

    def reason(self, reason: object) -> str:
        """Why a ticket went where it is: a colleague's words, or the router's code with its values."""
        if not isinstance(reason, Mapping):
            return theirs(reason) if reason else ""
        values = {**(reason.get("values") or {})}
        values |= {name: theirs(values[name]) for name in _NAMES if values.get(name)}
        return sentence({**reason, "values": values}, self.wording)

    def written(self, moment: object) -> str:
        """A moment as an event has kept it; empty when it has none."""
        try:
            return self.time(datetime.fromisoformat(str(moment)))
        except ValueError:
            return ""

    def time(self, moment: datetime) -> str:
        """14:05 today, 11-21 14:05 this year, 2025-11-21 14:05 before."""
        local, now = moment.astimezone(self.tz), self.now.astimezone(self.tz)
        if local.date() == now.date():
            return f"{local:%H:%M}"
        return f"{local:%m-%d %H:%M}" if local.year == now.year else f"{local:%Y-%m-%d %H:%M}"

    @property
    def today(self) -> date:
        """The day in the team's time zone."""
        return self.now.astimezone(self.tz).date()

    def seconds(self, moment: datetime) -> int:
        """Since then."""
        return max(0, int((self.now - moment).total_seconds()))

    def moment(self, moment: datetime) -> str:
        """For a page that counts down: with its zone."""
        return moment.isoformat()

    def field_time(self, moment: datetime) -> str:
        """As the browser's own field for a time wants it, in the team's time zone."""
        return f"{moment.astimezone(self.tz):%Y-%m-%dT%H:%M}"

    def lasts(self, seconds: int) -> str:
        """A span: 45 分钟, 3 小时 5 分, 2 天."""
        return self.age(self.now - timedelta(seconds=seconds))

    def size(self, size: int) -> str:
        """Bytes as people count them: 812 B, 96 KB, 2.4 MB."""
        if size < 1024:
            return f"{size} B"
        return f"{size / 1024:.0f} KB" if size < 1024**2 else f"{size / 1024**2:.1f} MB"

    def full_time(self, moment: datetime) -> str:
        """With date and seconds, for tooltips."""
        return f"{moment.astimezone(self.tz):%Y-%m-%d %H:%M:%S}"

    def age(self, moment: datetime) -> str:
        """How long ago: 刚刚, 12 分钟, 3 小时 5 分, 2 天."""
        minutes = max(0, int((self.now - moment).total_seconds() // 60))
        if minutes < 1:
            return self.wording.text("console.age.now")
        if minutes < 60:
            return self.wording.text("console.age.minutes", n=minutes)
        hours, rest = divmod(minutes, 60)
        if hours >= 48:
            return self.wording.text("console.age.days", n=hours // 24)
        if hours >= 10 or rest == 0:
            return self.wording.text("console.age.hours", n=hours)
        return self.wording.text("console.age.hours_minutes", h=hours, m=rest)
