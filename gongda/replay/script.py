"""Scripts: what one contact says, and when. One JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from gateway.turns.bursts import Pace
from gongda.replay.errors import BadScript

CHANNELS = ("web", "wechat")
BETWEEN = timedelta(seconds=20)  # from one turn to the next when nothing else is said
TOGETHER = timedelta(seconds=Pace().pause)  # turns nearer to each other are one burst


@dataclass(frozen=True)
class Turn:
    """Something said; `at` is aware, None for a little after the turn before."""

    user: str
    at: datetime | None = None


@dataclass(frozen=True)
class Script:
    """A fresh contact's side of a conversation."""

    id: str
    channel: str  # one of CHANNELS
    turns: tuple[Turn, ...]

    @classmethod
    def saying(cls, channel: str, *said: str | Turn, id: str = "script") -> Script:
        """For tests: texts, and turns where the time matters."""
        return cls(id, channel, tuple(one if isinstance(one, Turn) else Turn(one) for one in said))


def read_scripts(path: Path) -> tuple[Script, ...]:
    """The scripts of a file, in order; empty lines are skipped. Raises BadScript with the number of the line."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise BadScript(f"读不了剧本文件 {path}：{error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadScript(f"{path} {_line_of(path, error)}不是 UTF-8 编码，请用 UTF-8 另存一次") from error
    scripts = tuple(_script(_Line(path, number), text) for number, text in enumerate(lines, 1) if text.strip())
    if not scripts:
        raise BadScript(f"{path} 里没有剧本；每行写一个 JSON 对象")
    return scripts


def timetable(script: Script, now: datetime) -> tuple[tuple[datetime, Turn], ...]:
    """When each turn is said. Turns before the first `at` lead up to it; without any, the first is said `now`.

    Raises ValueError when the time would run backwards, naming the turn (from 1).
    """
    known = next((index for index, turn in enumerate(script.turns) if turn.at), None)
    start = now if known is None else _at(script.turns[known]) - known * BETWEEN
    times: list[tuple[datetime, Turn]] = []
    for number, turn in enumerate(script.turns, 1):
        earliest = times[-1][0] if times else start
        when = turn.at or (earliest + BETWEEN if times else start)
        if when < earliest:
            said = f"turns 第 {number} 项的 at（{when.isoformat()}）早于前一项的时间（{earliest.isoformat()}）"
            raise ValueError(f"{said}，时间不能倒退")
        times.append((when, turn))
    return tuple(times)


def bursts(script: Script, now: datetime) -> Iterator[tuple[tuple[datetime, Turn], ...]]:
    """The timetable in groups: turns with an `at` less than 1.5 s after that of the turn before belong together."""
    group: list[tuple[datetime, Turn]] = []
    for when, turn in timetable(script, now):
        together = group and turn.at and group[-1][1].at and when - group[-1][0] < TOGETHER
        if group and not together:
            yield tuple(group)
            group = []
        group.append((when, turn))
    yield tuple(group)


@dataclass(frozen=True)
class _Line:
    """A place to complain about."""

    path: Path
    number: int

    def bad(self, what: str) -> BadScript:
        return BadScript(f"{self.path} 第 {self.number} 行：{what}")


def _script(line: _Line, text: str) -> Script:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise line.bad(f"不是有效的 JSON（第 {error.colno} 列：{error.msg}）") from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, brackets without end
        raise line.bad("不是有效的 JSON") from error
    if not isinstance(data, dict):
        raise line.bad('应是 JSON 对象，形如 {"id": "a", "channel": "web", "turns": [{"user": "你好"}]}')
    script = Script(_name(line, data), _channel(line, data), _turns(line, data))
    try:
        timetable(script, datetime.now(timezone.utc))
    except (ValueError, OverflowError) as error:
        raise line.bad(str(error)) from error
    return script


def _name(line: _Line, data: Mapping[str, Any]) -> str:
    name = data.get("id")
    if not isinstance(name, str) or not name:
        raise line.bad("缺少 id，它应是非空的字符串")
    return name


def _channel(line: _Line, data: Mapping[str, Any]) -> str:
    channel = data.get("channel")
    if channel not in CHANNELS:
        given = "缺少 channel" if channel is None else f"不认识的 channel {channel!r}"
        raise line.bad(f"{given}，只能是 {' 或 '.join(CHANNELS)}")
    return str(channel)


def _turns(line: _Line, data: Mapping[str, Any]) -> tuple[Turn, ...]:
    turns = data.get("turns")
    if not isinstance(turns, list) or not turns:
        raise line.bad('turns 应是非空的列表，形如 [{"user": "你好"}]')
    return tuple(_turn(line, number, turn) for number, turn in enumerate(turns, 1))


def _turn(line: _Line, number: int, data: Any) -> Turn:
    if not isinstance(data, dict) or not isinstance(data.get("user"), str):
        raise line.bad(f'turns 第 {number} 项缺少 user，形如 {{"user": "你好"}}')
    at = data.get("at")
    if at is None:
        return Turn(data["user"])
    try:
        when = datetime.fromisoformat(at)
        if when.tzinfo is None:
            raise ValueError("no offset")
        return Turn(data["user"], when.astimezone(timezone.utc))
    except (TypeError, ValueError, OverflowError) as error:
        wanted = "应是带时区的 ISO 8601 时间，例如 2026-11-23T09:00:00+08:00"
        raise line.bad(f"turns 第 {number} 项的 at {at!r} 不对，{wanted}") from error


def _at(turn: Turn) -> datetime:
    if turn.at is None:
        raise ValueError("the turn has no time of its own")
    return turn.at


def _line_of(path: Path, error: UnicodeDecodeError) -> str:
    """Where the first byte stands that is no UTF-8."""
    number = path.read_bytes()[: error.start].count(b"\n") + 1
    return f"第 {number} 行"
