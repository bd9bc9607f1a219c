"""What goes into the one passive reply a message allows: first what is still owed, then the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from desk.outbox import Delivery
from gateway.channels.splitting import cut, size
from gateway.channels.wechat.phrases import Phrases
from gateway.channels.wechat.settings import TEXT_LIMIT

_BETWEEN = "\n\n"
_WORTH_A_START = 300  # bytes; a shorter beginning of the answer is not worth tearing it apart


@dataclass(frozen=True)
class PassiveReply:
    """What the HTTP answer says; empty is `success`. `brought` are outbox rows that it settles, `answers` the stored
    message whose answer it is: once it is out, the promise of one is over.

    With a `kf_account` the follower is handed over to that one in WeChat's own desk.
    """

    text: str = ""
    brought: tuple[Delivery, ...] = ()
    kf_account: str = ""
    answers: int | None = None


@dataclass(frozen=True)
class Owed:
    """A text that waits in the outbox."""

    id: int
    text: str


@dataclass(frozen=True)
class Framing:
    """The lines around: a heading over owed texts, a hint that more is to come."""

    earlier: str
    more: str

    @classmethod
    def of(cls, phrases: Phrases, *, pushes: bool) -> Framing:
        """In the follower's script; what is more to come is pushed, or has to be asked for."""
        return cls(phrases.text("earlier"), phrases.text("continued_pushed" if pushes else "continued_asked"))


@dataclass(frozen=True)
class Arrangement:
    """`text` goes out now and settles the owed rows in `brought`; `rest` is to be queued."""

    text: str
    brought: tuple[int, ...] = ()
    rest: str = ""
    torn: bool = False  # the answer's beginning is in `text` and the rest of it in `rest`


def arrange(owed: Sequence[Owed], answer: str, framing: Framing, limit: int = TEXT_LIMIT) -> Arrangement:
    """As much as fits into `limit` bytes, in order; nothing is lost."""
    heading = (framing.earlier,) if owed else ()
    whole = _joined(*heading, *(one.text for one in owed), answer)
    if size(whole) <= limit:
        return Arrangement(whole, tuple(one.id for one in owed))
    room = limit - size(_BETWEEN + framing.more)
    fitting = _fitting(owed, heading, room)
    if fitting < len(owed):
        made = _some_owed(owed, fitting, heading, answer, room)
    else:
        made = _start_of_answer(owed, heading, answer, room)
    return replace(made, text=_joined(made.text, framing.more))


def _fitting(owed: Sequence[Owed], heading: Sequence[str], room: int) -> int:
    count = 0
    while count < len(owed) and size(_joined(*heading, *(one.text for one in owed[: count + 1]))) <= room:
        count += 1
    return count


def _some_owed(owed: Sequence[Owed], fitting: int, heading: Sequence[str], answer: str, room: int) -> Arrangement:
    """Not even all that is owed fits. A first text that is too long by itself is cut."""
    taken = tuple(one.id for one in owed[:fitting])
    if fitting:
        text = _joined(*heading, *(one.text for one in owed[:fitting]))
        return Arrangement(text, taken, answer)
    head, tail = cut(owed[0].text, room - size("".join(heading) + _BETWEEN))
    return Arrangement(_joined(*heading, head), (owed[0].id,), _joined(tail, answer))


def _start_of_answer(owed: Sequence[Owed], heading: Sequence[str], answer: str, room: int) -> Arrangement:
    before = _joined(*heading, *(one.text for one in owed))
    taken = tuple(one.id for one in owed)
    left = room - size(before + _BETWEEN) if before else room
    if before and left < _WORTH_A_START:
        return Arrangement(before, taken, answer)
    head, tail = cut(answer, left)
    return Arrangement(_joined(before, head), taken, tail, torn=bool(tail.strip()))


def _joined(*texts: str) -> str:
    return _BETWEEN.join(stripped for text in texts if (stripped := text.strip()))
