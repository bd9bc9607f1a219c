"""Which events go where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Routes:
    """Targets (wecom, dingtalk, feishu, email) by event; an event that is not named goes nowhere."""

    by_event: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
