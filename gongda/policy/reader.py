"""A section of support.toml, read item by item; mistakes are collected with the line they stand on."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

_DURATION = re.compile(r"^(\d{1,5})(s|m|h|d)$")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_EXAMPLE = 20  # characters of a value that the sentence about it repeats


class Reader:
    """The lines of the file, and what is wrong with them. `section` is a name such as `sla.resolution`."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self.problems: list[str] = []

    def table(self, section: str, data: Any, known: Collection[str]) -> dict[str, Any]:
        """A section's items; those nobody reads are mistakes, because they would do nothing in silence."""
        if not isinstance(data, dict):
            parent, _, name = section.rpartition(".")
            self.wrong(parent, name, f"{name} 应是一个部分，写成 [{section}] 另起一行")
            return {}
        for key in sorted(data.keys() - set(known)):
            self.wrong(section, key, f"不认识的项 {key}，{section} 里只能是 {'、'.join(known)}")
        return data

    def whole(
        self, section: str, data: dict[str, Any], key: str, default: int, least: int, most: int, says: str
    ) -> int:
        """A whole number between two limits."""
        value = data.get(key, default)
        if type(value) is not int or not least <= value <= most:
            self.wrong(section, key, f"{key}（{says}）应是 {least} 到 {most} 之间的整数，不是 {value!r}")
            return default
        return value

    def share(
        self, section: str, data: dict[str, Any], key: str, default: float, least: float, most: float, says: str
    ) -> float:
        """A share between two limits."""
        value = data.get(key, default)
        if type(value) not in (int, float) or not least <= value <= most:
            message = f"{key}（{says}）应是 {least:g} 到 {most:g} 之间的小数，不是 {value!r}；百分之五写成 0.05"
            self.wrong(section, key, message)
            return default
        return float(value)

    def seconds(
        self, section: str, data: dict[str, Any], key: str, default: int, least: int, most: int, says: str
    ) -> int:
        """A time such as 15m, 4h, 3d (a day has 24 hours), in seconds."""
        value = data.get(key)
        if value is None:
            return default
        found = _DURATION.match(value) if isinstance(value, str) else None
        length = int(found[1]) * _SECONDS[found[2]] if found else -1
        if not least <= length <= most:
            limits = f"{written(least)} 到 {written(most)} 之间"
            message = f'{key}（{says}）应是{limits}的时长，写成 "15m"、"4h" 或 "3d"，不是 {value!r}'
            self.wrong(section, key, message)
            return default
        return length

    def flag(self, section: str, data: dict[str, Any], key: str, *, default: bool) -> bool:
        """True or false."""
        value = data.get(key, default)
        if not isinstance(value, bool):
            self.wrong(section, key, f"{key} 只能是 true 或 false，不是 {value!r}")
            return default
        return value

    def words(
        self, section: str, data: dict[str, Any], key: str, default: Sequence[str], allowed: Collection[str] = ()
    ) -> tuple[str, ...]:
        """A list of texts, from a set where there is one."""
        values = data.get(key)
        if values is None:
            return tuple(default)
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            example = values if isinstance(values, str) and len(values) < _EXAMPLE else next(iter(allowed), "…")
            self.wrong(section, key, f'{key} 应是列表，例如 ["{example}"]')
            return tuple(default)
        for value in values:
            if allowed and value not in allowed:
                self.wrong(section, key, f"{key} 里的 {value!r} 不认识，只能是 {'、'.join(allowed)}", value)
        return tuple(value for value in values if not allowed or value in allowed)

    def wrong(self, section: str, key: str, message: str, value: Any = None) -> None:
        """`value` is the item of a list that may stand lines below its key."""
        line = self._line(section, key)
        if value is not None:
            line = next((n for n, text in enumerate(self._lines, 1) if n >= line and str(value) in text), line)
        self.problems.append(f"第 {line} 行：{message}" if line else message)

    def _line(self, section: str, key: str) -> int:
        """Where the key stands in its section; 0 where it stands nowhere."""
        present = ""
        for number, text in enumerate(self._lines, 1):
            header = re.match(r"\s*\[([\w.]+)\]", text)
            if header:
                present = header[1]
                if present in (key, f"{section}.{key}"):
                    return number
            elif re.match(rf"\s*\"?{re.escape(key)}\"?\s*=", text) and (present or key) in (section, key):
                return number
        return 0


def written(seconds: int) -> str:
    """As an operator writes it: 90 m, 4h, 3d."""
    for unit in ("d", "h", "m"):
        if seconds and seconds % _SECONDS[unit] == 0:
            return f"{seconds // _SECONDS[unit]}{unit}"
    return f"{seconds}s"
