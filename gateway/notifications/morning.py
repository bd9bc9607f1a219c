"""The morning report as the robots say it: the numbers first, then as many tickets as there is room for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from gateway.wording import Wording

LONGEST = 1_500  # characters; DingTalk and WeCom cut or refuse what is much longer
_SUMMARY = 40
_DONE = {"assigned": "assigned", "replied": "replied", "resolved": "resolved", "closed": "resolved"}
_PRIORITIES = ("P1", "P2", "P3", "P4")

Report = Mapping[str, Any]


@dataclass(frozen=True)
class Brief:
    """Title and lines; together with the ends of lines never more than LONGEST characters."""

    title: str
    lines: tuple[str, ...]


def brief(report: Report, day: date, wording: Wording, tz: tzinfo, link: str) -> Brief:
    """The report in a few lines."""
    opened = report["opened"]
    text = _Text(wording, tz)
    title = text("title", date=f"{day:%m-%d}", total=len(opened), p1=len(report["p1"]))
    before = list(_numbers(report, text))
    after = [*_people(report["duty"], text), *_doubts(report, text), text("link", link=link)]
    room = LONGEST - sum(len(line) + 1 for line in (title, *before, *after))
    return Brief(title, (*before, *_details(report, text, room), *after))


@dataclass(frozen=True)
class _Text:
    """Sentences of morning.yml, and times in words."""

    wording: Wording
    tz: tzinfo

    def __call__(self, key: str, **values: object) -> str:
        return self.wording.text(f"morning.{key}", **values)

    def moment(self, iso: str) -> str:
        local = datetime.fromisoformat(iso).astimezone(self.tz)
        return self("moment", month=local.month, day=local.day, time=f"{local:%H:%M}")

    def age(self, minutes: int) -> str:
        return self("hours", n=minutes // 60) if minutes >= 120 else self("minutes", n=minutes)


def _numbers(report: Report, text: _Text) -> Iterator[str]:
    yield text("span", since=text.moment(report["since"]), until=text.moment(report["until"]))
    counts: Mapping[str, int] = report["priorities"]
    priorities = "，".join(f"{name} {counts[name]}" for name in _PRIORITIES if counts.get(name))
    total = len(report["opened"])
    yield text("opened", total=total, priorities=priorities) if total else text("opened_none")
    waiting = report["waiting"]
    longest = max((one["minutes"] or 0 for one in waiting), default=0)
    yield text("waiting", n=len(waiting), age=text.age(longest)) if waiting else text("waiting_none")
    marks = [one["mark"] for one in report["marks"]]
    if marks:
        yield text("marks", **{name: marks.count(name) for name in ("breached", "escalated", "warned")})
    promises, contacts = report["promises"], report["contacts"]
    if promises or contacts:
        overdue = sum(one["overdue"] for one in (*promises, *contacts))
        yield text("due", promises=len(promises), contacts=len(contacts), overdue=overdue)
    if report["incidents"]:
        titles = "、".join(f"{_short(one['title'])}（{one['tickets']}）" for one in report["incidents"][:5])
        yield text("incidents", titles=titles)
    if report["unanswered"]:
        yield text("unanswered", n=report["unanswered"])


def _details(report: Report, text: _Text, room: int) -> list[str]:
    """P1 with what was done, then the others, while there is room; the last line says how many are left."""
    urgent = {one["number"] for one in report["p1"]}
    lines = [
        text("p1", number=one["number"], who=_who(one, text), summary=_short(one["summary"]), done=_done(one, text))
        for one in report["p1"]
    ]
    lines += [
        text(
            "ticket",
            priority=one["priority"],
            number=one["number"],
            who=_who(one, text),
            summary=_short(one["summary"]),
        )
        for one in report["opened"]
        if one["number"] not in urgent
    ]
    kept: list[str] = []
    room -= len(text("more", n=len(lines))) + 1
    for line in lines:
        if len(line) + 1 > room:
            break
        kept.append(line)
        room -= len(line) + 1
    return kept if len(kept) == len(lines) else [*kept, text("more", n=len(lines) - len(kept))]


def _people(duty: Sequence[Mapping[str, Any]], text: _Text) -> Iterator[str]:
    """Twelve names each; longer rosters are on the page."""
    names = {
        kind: list(dict.fromkeys(one["name"] for one in duty if one["kind"] == kind))[:12]
        for kind in ("shift", "on_call", "leave")
    }
    if not names["shift"] and not names["on_call"]:
        yield text("duty_none")
    for kind, key in (("shift", "duty"), ("on_call", "on_call"), ("leave", "leave")):
        if names[kind]:
            yield text(key, names="、".join(_short(name) for name in names[kind]))


def _doubts(report: Report, text: _Text) -> Iterator[str]:
    """Years of the calendar that nobody can rely on; reports of earlier releases say nothing about them."""
    for one in report.get("calendar", ()):
        yield text(f"calendar_{one['code']}", year=one["year"])


def _done(one: Mapping[str, Any], text: _Text) -> str:
    """The last thing that was done about it."""
    for step in reversed(one["done"]):
        key = _DONE.get(step["kind"])
        if key is not None:
            return text(key, agent=step["given"] or step["by"] or "")
    return text("nobody")


def _who(one: Mapping[str, Any], text: _Text) -> str:
    name = one["contact"] or text("customer", id=one["contact_id"])
    return _short(f"{one['company']} {name}" if one["company"] else name)


def _short(words: str) -> str:
    plain = " ".join(words.split())
    return plain if len(plain) <= _SUMMARY else plain[: _SUMMARY - 1] + "…"
