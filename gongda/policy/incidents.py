"""[incidents]: how many reports in how short a time are one trouble."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from desk.incidents import IncidentRules
from gongda.policy.reader import Reader

NAME, KEYS = "incidents", ("window", "contacts", "companies", "likeness", "silence")
_DAY = 86400  # seconds


def read(reader: Reader, data: dict[str, Any]) -> IncidentRules:
    """What the file leaves out is as shipped."""
    shipped = IncidentRules()
    window, silence = int(shipped.window.total_seconds()), int(shipped.silence.total_seconds())
    return IncidentRules(
        window=timedelta(seconds=reader.seconds(NAME, data, "window", window, 60, _DAY, "多长时间内的报修算在一起")),
        contacts=reader.whole(NAME, data, "contacts", shipped.contacts, 2, 100, "几位不同的客户报修"),
        companies=reader.whole(NAME, data, "companies", shipped.companies, 2, 100, "紧急报修来自几家公司"),
        likeness=reader.share(NAME, data, "likeness", shipped.likeness, 0.1, 1, "两条报修的用词有几成相同"),
        silence=timedelta(seconds=reader.seconds(NAME, data, "silence", silence, 60, 30 * _DAY, "忽略后多久不再提议")),
    )
