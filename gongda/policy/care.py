"""[desk]: the care of tickets, the queue, questions to customers, the morning report."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any

from desk.asks import AskRules
from desk.queueing import QueueRules
from desk.reports import MorningRules
from desk.tickets import CareRules
from gongda.policy.reader import Reader

NAME = "desk"
KEYS = (
    "queue_timeout", "promise_warning", "close_after_days", "solved_after", "ask_expires", "ask_from", "ask_until",
    "reason_up_to", "low_score", "morning_report",
)  # fmt: skip
_HOUR, _DAY = 3600, 86400  # seconds
_CLOCK = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)$")


@dataclass(frozen=True)
class DeskRules:
    """What the section decides."""

    queue: QueueRules = field(default_factory=QueueRules)
    care: CareRules = field(default_factory=CareRules)
    asks: AskRules = field(default_factory=AskRules)
    morning: MorningRules = field(default_factory=MorningRules)


def read(reader: Reader, data: dict[str, Any]) -> DeskRules:
    """What the file leaves out is as shipped."""
    queue, care = QueueRules(), CareRules()
    return DeskRules(
        queue=QueueRules(_time(reader, data, "queue_timeout", queue.time_out, 60, _DAY, "排队多久后告诉客户")),
        care=CareRules(
            _time(reader, data, "promise_warning", care.promise_warning, 0, _DAY, "承诺到期前多久提醒"),
            reader.whole(NAME, data, "close_after_days", care.close_after_days, 0, 365, "解决后几天自动关闭，0 为不关"),
        ),
        asks=_asks(reader, data),
        morning=MorningRules(at=_moment(reader, data, MorningRules().at)),
    )


def _asks(reader: Reader, data: dict[str, Any]) -> AskRules:
    shipped = AskRules()
    first = reader.whole(NAME, data, "ask_from", shipped.from_hour, 0, 23, "几点以后才问客户")
    last = reader.whole(NAME, data, "ask_until", shipped.until_hour, 1, 24, "几点以前问客户")
    if first >= last:
        reader.wrong(NAME, "ask_from", f"ask_from（{first} 点）应早于 ask_until（{last} 点）")
        first, last = shipped.from_hour, shipped.until_hour
    return AskRules(
        solved_after=_time(reader, data, "solved_after", shipped.solved_after, _HOUR, 30 * _DAY, "解决后多久询问"),
        expires_after=_time(reader, data, "ask_expires", shipped.expires_after, _HOUR, 30 * _DAY, "多久没回就不再问"),
        from_hour=first,
        until_hour=last,
        reason_up_to=reader.whole(NAME, data, "reason_up_to", shipped.reason_up_to, 0, 5, "几分及以下问原因"),
        low_score=reader.whole(NAME, data, "low_score", shipped.low_score, 0, 5, "几分及以下通知组长"),
    )


def _time(
    reader: Reader, data: dict[str, Any], key: str, shipped: timedelta, least: int, most: int, says: str
) -> timedelta:
    return timedelta(seconds=reader.seconds(NAME, data, key, int(shipped.total_seconds()), least, most, says))


def _moment(reader: Reader, data: dict[str, Any], shipped: time) -> time:
    value = data.get("morning_report")
    if value is None:
        return shipped
    found = _CLOCK.match(value) if isinstance(value, str) else None
    if found is None:
        reader.wrong(NAME, "morning_report", f'morning_report（早报时间）写成 "08:30"，不是 {value!r}')
        return shipped
    return time(int(found[1]), int(found[2]))
