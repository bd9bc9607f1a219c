"""What was wrong with a played dialogue, sentence by sentence, and the transcript that shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from gongda.replay import ScriptResult, TurnResult
from gongda.replay.script import TOGETHER
from tests.conversations.dialogue import Dialogue, Expected, WantedDecision

MOST_CHOICES = 3  # product statement U7
# The field that tells most about a decision: what stands after its type in a file.
MAIN = {
    "answer": "entry_id",
    "choices": "options",
    "decline": "reason",
    "runbook": "entry_id",
    "open_ticket": "category",
    "handoff": "reason",
    "ticket_status": "number",
    "ticket_urge": "number",
    "callback": "phone",
    "complaint": "priority",
    "feedback": "helpful",
    "asking": "slot",
}
_LISTED = {"choices": "options"}  # fields that hold options; a file names the entries that must be among them
_SHOWN = ("entry_id", "reason", "slot", "category", "priority", "number", "helpful", "phone", "codes")


def complaints(dialogue: Dialogue, result: ScriptResult) -> list[str]:
    """Everything that is not as expected; empty when all is well."""
    found: list[str] = []
    for number, (exchange, turn) in enumerate(zip(dialogue.exchanges, result.turns, strict=True), 1):
        opened = turn.ticket is not None and turn.ticket not in {before.ticket for before in result.turns[: number - 1]}
        wrong = [*_wrong(exchange.expected, turn, dialogue), *_tickets(exchange.expected.ticket, turn, opened)]
        if not turn.texts and _answer_is_due(dialogue, result, number - 1):
            wrong.append("没有任何回复；如果应当沉默，写 silent: true")
        found += [f"第 {number} 句“{turn.user}”：{what}" for what in wrong]
    return found


def transcript(result: ScriptResult) -> str:
    """The whole dialogue as it went, with every decision."""
    lines: list[str] = []
    for number, turn in enumerate(result.turns, 1):
        lines += [f"  （此前送达）{text}" for text in turn.pushed]
        lines.append(f"{number}. 客户：{turn.user}")
        lines += [f"   工答：{_indented(text)}" for text in turn.texts] or ["   工答：（沉默）"]
        if turn.options:
            lines.append(f"   可选：{' | '.join(turn.options)}")
        judged = "、".join(_shown(decision) for decision in turn.decisions) or "无"
        lines.append(f"   判定：{judged}{f'；工单 {turn.ticket}' if turn.ticket else ''}")
    return "\n".join([*lines, *(f"  （此后送达）{text}" for text in result.pushed_after)])


def _answer_is_due(dialogue: Dialogue, result: ScriptResult, index: int) -> bool:
    """Always, but for what goes on at once, and for what a person has to answer."""
    following = dialogue.exchanges[index + 1 : index + 2]
    goes_on = any(timedelta(seconds=exchange.after) < TOGETHER for exchange in following)
    with_a_person = any(turn.ticket for turn in result.turns[:index])
    return not (goes_on or with_a_person or dialogue.exchanges[index].expected.silent)


def _wrong(expected: Expected, turn: TurnResult, dialogue: Dialogue) -> Iterator[str]:
    yield from _always(expected, turn)
    if expected.decisions is not None:
        yield from _decisions(expected.decisions, turn.decisions)
    yield from _said(expected, turn, dialogue)
    if expected.options == () and turn.options:
        yield f"不应有选项，却有 {list(turn.options)}"
    for label in expected.options or ():
        if not any(label in shown for shown in turn.options):
            yield f"选项里应有“{label}”，实际是 {list(turn.options)}"


def _tickets(wanted: bool | None, turn: TurnResult, opened: bool) -> Iterator[str]:
    """A turn that adds to a ticket of before has opened none."""
    if wanted is not None and wanted != opened:
        yield "应建立工单而没有" if wanted else f"不应建立工单，却建立了 {turn.ticket}"


def _always(expected: Expected, turn: TurnResult) -> Iterator[str]:
    """What holds for every turn of every dialogue."""
    if turn.degraded:
        yield "对话引擎没有正常回答（降级）"
    if expected.silent and turn.texts:
        yield f"应沉默，却说了 {list(turn.texts)}"
    for decision in turn.decisions:
        if len(decision.get("options") or ()) > MOST_CHOICES:
            yield f"一次最多给 {MOST_CHOICES} 个选择，实际 {len(decision['options'])} 个"


def _said(expected: Expected, turn: TurnResult, dialogue: Dialogue) -> Iterator[str]:
    for words in map(dialogue.written, expected.says):
        if not any(words in text for text in turn.texts):
            yield f"回复里应有“{words}”"
    for words in map(dialogue.written, expected.begins):
        if not turn.texts or words not in turn.texts[0]:
            yield f"第一句回复里应有“{words}”，实际是“{turn.texts[0] if turn.texts else '（沉默）'}”"
    for words in map(dialogue.written, expected.never_says):
        if any(words in text for text in turn.texts):
            yield f"回复里不应有“{words}”"


def _decisions(wanted: Sequence[WantedDecision], made: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    fits = len(wanted) == len(made)
    if not fits or any(decision["type"] not in want.types for want, decision in zip(wanted, made, strict=True)):
        names = "、".join("或".join(want.types) for want in wanted) or "无"
        yield f"判定应是 {names}，实际是 {'、'.join(_shown(decision) for decision in made) or '无'}"
        return
    for want, decision in zip(wanted, made, strict=True):
        yield from _fields(want, decision)


def _fields(want: WantedDecision, decision: Mapping[str, Any]) -> Iterator[str]:
    kind = str(decision["type"])
    if want.main is not None and not _is_main(want.main, kind, decision):
        yield f"判定应是 {kind} {want.main}，实际是 {_shown(decision)}"
    for name, value in want.fields:
        if decision.get(name) != value:
            yield f"{kind} 的 {name} 应是 {value}，实际是 {decision.get(name)}"
    slots = decision.get("slots") or {}
    for name, said in want.slots:
        if slots.get(name) != said:
            yield f"{kind} 的 {name} 应{'没有' if said is None else f'是 {said}'}，实际是 {slots.get(name)}"


def _is_main(wanted: str | bool | tuple[str, ...], kind: str, decision: Mapping[str, Any]) -> bool:
    """One value or one of several; of options, all that are named."""
    found = decision.get(MAIN[kind])
    if kind in _LISTED:
        ids = {str(option["id"]).removeprefix("entry:") for option in found or ()}
        return ids >= set(wanted if isinstance(wanted, tuple) else (str(wanted),))
    return found in wanted if isinstance(wanted, tuple) else found == wanted


def _shown(decision: Mapping[str, Any]) -> str:
    told = [str(decision[name]) for name in _SHOWN if decision.get(name) not in (None, "", [], ())]
    told += [str(option["id"]) for option in decision.get("options") or ()]
    told += [f"{name}={value}" for name, value in (decision.get("slots") or {}).items()]
    return f"{decision['type']}({', '.join(told)})" if told else str(decision["type"])


def _indented(text: str) -> str:
    return text.strip().replace("\n", "\n        ")
