"""All slots of a message, in one pass each."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from zhtext.normalize import normalize
from zhtext.slots.clauses import Clause, clauses
from zhtext.slots.found import Found, overlap
from zhtext.slots.modules import files, modules, roles
from zhtext.slots.numbers import phones, tickets
from zhtext.slots.phenomenon import phenomenon
from zhtext.slots.scope import scopes
from zhtext.slots.systems import systems
from zhtext.slots.times import begins, frequencies, times
from zhtext.slots.trouble import asks
from zhtext.slots.versions import versions

# Named by one word or number of the text; what the engine marks as entities and masking hides.
ENTITIES = ("ticket_number", "phone", "os", "version")
# What is told by the message as a whole.
CIRCUMSTANCES = ("module", "when", "frequency", "scope", "phenomenon", "role", "file")
SLOTS = (*ENTITIES, *CIRCUMSTANCES)


def find_slots(text: str, names: Collection[str] = ENTITIES) -> tuple[Found, ...]:
    """The slots called `names` in a normalised text, in the order of the text.

    Those of `ENTITIES` never overlap each other and may occur several times. Of `module`, `when`, `frequency`,
    `scope` and `phenomenon` there is one at most; it may contain others (Win10 上导出报错 names a system).
    """
    entities = _entities(text)
    found = [slot for slot in entities if slot.name in names]
    if any(name in CIRCUMSTANCES for name in names):
        found += [slot for slot in _circumstances(text, entities) if slot.name in names]
    return tuple(sorted(found, key=lambda slot: slot.start))


def slot_values(text: str, names: Collection[str] = SLOTS) -> dict[str, str]:
    """The first value of each slot called `names` in a text of any script."""
    values: dict[str, str] = {}
    for slot in find_slots(normalize(text), names):
        values.setdefault(slot.name, slot.value)
    return values


def _entities(text: str) -> list[Found]:
    found: list[Found] = []
    for finder in (tickets, phones, systems, versions):
        for slot in finder(text):
            if not any(overlap(slot, other) for other in found):
                found.append(slot)
    return found


def _circumstances(text: str, entities: list[Found]) -> Iterator[Found]:
    wrong = next(phenomenon(text), None)
    if wrong is not None:
        yield wrong
    yield from modules(text, wrong)
    yield from roles(text)
    yield from files(text)
    parts = clauses(text)
    for slot in (*times(text, entities), *frequencies(text), *scopes(text)):
        told = _APPOINTMENT.search(text) is None
        if (
            wrong is not None
            or (told and _answers(parts, slot))
            or (told and slot.name == "when" and _tells_a_beginning(text, slot))
        ):
            yield slot


_FILLER = re.compile(
    r"大概|好像|应该|差不多|可能|似乎|左右|的时候|开始|出现|这样|情况|问题|发生|遇到|碰到|影响|现象|[是从在自就的了吧啊呢呀嘛哦嗯才有起都会吗着我,，。.!！\s]"
)
_APPOINTMENT = re.compile(r"回电|打我|别打|打过来|打给|打来|通话|约|有人|在线|值班|你们|急件|业主|等到|回复|聊|上班")
_LEFT = 2  # characters beside the value; more of them tell something else


def _answers(parts: tuple[Clause, ...], slot: Found) -> bool:
    """Whether a clause is that value and nothing more, as an answer to our question is."""
    for part in parts:
        if part.start <= slot.start and slot.end <= part.end:
            rest = part.text[: slot.start - part.start] + part.text[slot.end - part.start :]
            return len(_FILLER.sub("", rest)) <= _LEFT and not asks(part.text)
    return False


def _tells_a_beginning(text: str, slot: Found) -> bool:
    return begins(text, slot) and not asks(text)
