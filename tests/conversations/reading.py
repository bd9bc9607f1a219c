"""Reads dialogues from YAML. Whatever is unknown or misspelt is refused with the place and the remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import yaml

from contract.decisions import DECISIONS
from tests.conversations.dialogue import BEIJING, BETWEEN, CHANNELS, Dialogue, Exchange, Expected, WantedDecision
from tests.conversations.errors import BadDialogue
from tests.conversations.judging import MAIN

START = "2026-11-23 10:00"  # a Monday in working time
_DIALOGUE = ("name", "channel", "start", "turns", "known_gap")
_TURN = ("user", "after", "decisions", "says", "begins", "never_says", "ticket", "options", "silent")
_ANY_OF, _SLOTS = "any_of", "slots"
T = TypeVar("T")


@dataclass(frozen=True)
class _Place:
    """Where something stands, for complaints."""

    words: str

    def at(self, more: str) -> _Place:
        return _Place(f"{self.words}，{more}")

    def bad(self, what: str) -> BadDialogue:
        return BadDialogue(f"{self.words}：{what}")


def read_folder(folder: Path) -> tuple[Dialogue, ...]:
    """The dialogues of all files, in the order of their names. Raises BadDialogue, also when two share a name."""
    found = [dialogue for path in sorted(folder.glob("*.yml")) for dialogue in read_file(path)]
    seen: set[str] = set()
    for dialogue in found:
        if dialogue.name in seen:
            raise BadDialogue(f"有两个对话都叫“{dialogue.name}”，请改一个名字")
        seen.add(dialogue.name)
    return tuple(found)


def read_file(path: Path) -> tuple[Dialogue, ...]:
    """The dialogues of one file. Raises BadDialogue."""
    return read_text(path.read_text(encoding="utf-8"), path.name)


def read_text(text: str, source: str) -> tuple[Dialogue, ...]:
    """The dialogues of a YAML text; `source` names it in complaints. Raises BadDialogue."""
    place = _Place(source)
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise place.bad(f"不是有效的 YAML：{error}") from error
    if not isinstance(data, list) or not data:
        raise place.bad("应是对话的列表，每个对话以“- name: ……”开头")
    return tuple(_dialogue(item, place.at(f"第 {number} 个对话")) for number, item in enumerate(data, 1))


def _dialogue(data: Any, place: _Place) -> Dialogue:
    _keys(data, _DIALOGUE, place)
    name = _text(data.get("name"), place.at("name"))
    place = _Place(f"{place.words}“{name}”")
    channel = data.get("channel", CHANNELS[0])
    if channel not in CHANNELS:
        raise place.bad(f"不认识的 channel {channel!r}，只能是 {'、'.join(CHANNELS)}")
    turns = data.get("turns")
    if not isinstance(turns, list) or not turns:
        raise place.bad("缺少 turns，它应是客户说的话的列表")
    exchanges = tuple(_exchange(turn, place.at(f"第 {number} 句")) for number, turn in enumerate(turns, 1))
    gap = data.get("known_gap")
    why = None if gap is None else _text(gap, place.at("known_gap"))
    return Dialogue(name, channel, _start(data.get("start", START), place), exchanges, why)


def _exchange(data: Any, place: _Place) -> Exchange:
    _keys(data, _TURN, place)
    if not isinstance(data.get("user"), str):
        raise place.bad("缺少 user（客户说的话）；数字要加引号，例如 user: '1'")
    after = data.get("after", BETWEEN)
    if isinstance(after, bool) or not isinstance(after, (int, float)) or after < 0:
        raise place.bad("after 是离上一句的秒数，例如 after: 1")
    return Exchange(data["user"], float(after), _expected(data, place))


def _expected(data: Mapping[str, Any], place: _Place) -> Expected:
    decisions, options = data.get("decisions"), data.get("options")
    if decisions is not None and not isinstance(decisions, list):
        raise place.bad("decisions 是列表，例如 decisions: [answer]；没有判定写 decisions: []")
    return Expected(
        decisions=None if decisions is None else _each(_wanted, decisions, place.at("decisions")),
        says=_texts(data, "says", place),
        begins=_texts(data, "begins", place),
        never_says=_texts(data, "never_says", place),
        ticket=_yes_or_no(data, "ticket", place),
        options=None if options is None else _texts(data, "options", place),
        silent=bool(_yes_or_no(data, "silent", place)),
    )


def _wanted(data: Any, place: _Place) -> WantedDecision:
    """`answer`, or `{answer: err-error-403}`, or `{handoff: emergency, priority: P1, slots: {os: Windows 10}}`."""
    if isinstance(data, str):
        return WantedDecision((_type(data, place),))
    if not isinstance(data, Mapping) or not data:
        raise place.bad("每一项写类型，例如 answer，或 {answer: err-error-403}")
    rest = dict(data)
    if _ANY_OF in rest:
        kinds = rest.pop(_ANY_OF)
        types = tuple(_type(kind, place) for kind in kinds) if isinstance(kinds, list) else ()
        if not types:
            raise place.bad("any_of 是类型的列表，例如 {any_of: [answer, choices]}")
        main = None
    else:
        kind = next(iter(rest))
        types, main = (_type(kind, place),), _main(kind, rest.pop(kind), place)
    slots = rest.pop(_SLOTS, {})
    if not isinstance(slots, Mapping):
        raise place.bad("slots 形如 {os: Windows 10, version: '6.1'}")
    said = tuple((name, None if value is None else _text(value, place.at(name))) for name, value in slots.items())
    return WantedDecision(types, main, _fields(rest, types, place), said)


def _fields(rest: Mapping[str, Any], types: Sequence[str], place: _Place) -> tuple[tuple[str, str | bool], ...]:
    known = set.intersection(*(set(DECISIONS[kind].__dataclass_fields__) for kind in types))
    for name, value in rest.items():
        if name not in known:
            raise place.bad(f"{'、'.join(types)} 没有 {name} 这一项，可以写的有 {'、'.join(sorted(known))}")
        if not isinstance(value, (str, bool)):
            raise place.bad(f"{name} 应是文字；数字要加引号")
    return tuple(rest.items())


def _main(kind: str, value: Any, place: _Place) -> str | bool | tuple[str, ...] | None:
    if value is None:
        return None
    if kind not in MAIN:
        raise place.bad(f"{kind} 后面不写内容，只写 {kind}")
    if isinstance(value, list):
        return _each(_text, value, place)
    return value if isinstance(value, bool) else _text(value, place.at(kind))


def _type(kind: Any, place: _Place) -> str:
    if kind not in DECISIONS:
        raise place.bad(f"不认识的判定 {kind!r}，只能是 {'、'.join(DECISIONS)}")
    return str(kind)


def _keys(data: Any, known: Sequence[str], place: _Place) -> None:
    if not isinstance(data, dict):
        raise place.bad(f"应有这些键：{'、'.join(known)}")
    for key in data:
        if key not in known:
            raise place.bad(f"不认识的键 {key!r}，只能是 {'、'.join(known)}")


def _texts(data: Mapping[str, Any], key: str, place: _Place) -> tuple[str, ...]:
    """One text or a list of texts."""
    value = data.get(key)
    if value is None:
        return ()
    return _each(_text, value if isinstance(value, list) else [value], place.at(key))


def _each(read: Callable[[Any, _Place], T], items: Iterable[Any], place: _Place) -> tuple[T, ...]:
    return tuple(read(item, place) for item in items)


def _text(value: Any, place: _Place) -> str:
    if not isinstance(value, str) or not value:
        raise place.bad(f"应是文字，不是 {value!r}；数字、日期、是和否要加引号")
    return value


def _yes_or_no(data: Mapping[str, Any], key: str, place: _Place) -> bool | None:
    value = data.get(key)
    if value is not None and not isinstance(value, bool):
        raise place.bad(f"{key} 只能是 true 或 false")
    return value


def _start(value: Any, place: _Place) -> datetime:
    try:
        given = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError as error:
        raise place.bad(f"start {value!r} 不对，应是北京时间，例如 2026-11-23 23:00") from error
    return given if given.tzinfo else given.replace(tzinfo=BEIJING)
