"""The file as a whole."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomllib

from desk.calendar import WorkingHours
from gateway.rules import ServiceRules
from gongda.errors import BadSetting
from gongda.policy import attachments, care, contacts, hours, incidents, knowledge, notify, routing, sla, wechat
from gongda.policy.knowledge import KnowledgeRules
from gongda.policy.reader import Reader
from zhtext.contacts import AllowList

_PARTS = (hours, sla, routing, care, incidents, notify, contacts, knowledge, wechat, attachments)
_SECTIONS = {part.NAME: part for part in _PARTS}


@dataclass(frozen=True)
class Policy:
    """What the rest of the system takes from support.toml."""

    hours: WorkingHours = field(default_factory=WorkingHours)
    contacts: AllowList = field(default_factory=AllowList)  # the vendor's own: no answer names anybody else's
    knowledge: KnowledgeRules = field(default_factory=KnowledgeRules)
    service: ServiceRules = field(default_factory=ServiceRules)


def load_policy(path: Path) -> Policy:
    """The policy of a file; the defaults when there is none. Raises BadSetting with every mistake."""
    if not path.exists():
        return Policy()
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise BadSetting(f"{path.name} 不是 UTF-8 编码，请用 UTF-8 另存一次") from error
    except tomllib.TOMLDecodeError as error:
        raise BadSetting(f"{path.name} {_place(error)}不是有效的 TOML：{error}") from error
    reader = Reader(text)
    policy = _policy(reader, data)
    if reader.problems:
        raise BadSetting(f"{path.name} 有 {len(reader.problems)} 处错误：" + "；".join(reader.problems))
    return policy


def _policy(reader: Reader, data: dict[str, Any]) -> Policy:
    for name in sorted(data.keys() - _SECTIONS.keys()):
        reader.wrong("", name, f"不认识的部分 {name}，只能是 {'、'.join(_SECTIONS)}")
    tables = {name: reader.table(name, data.get(name, {}), part.KEYS) for name, part in _SECTIONS.items()}
    week, desk = hours.read(reader, tables[hours.NAME]), care.read(reader, tables[care.NAME])
    service = ServiceRules(
        routes=notify.read(reader, tables[notify.NAME], week.tz),
        asks=desk.asks,
        queue=desk.queue,
        care=desk.care,
        morning=desk.morning,
        sla=sla.read(reader, tables[sla.NAME]),
        routing=routing.read(reader, tables[routing.NAME]),
        incidents=incidents.read(reader, tables[incidents.NAME]),
        wechat=wechat.read(reader, tables[wechat.NAME]),
        attachments=attachments.read(reader, tables[attachments.NAME]),
    )
    return Policy(
        hours=week,
        contacts=contacts.read(reader, tables[contacts.NAME]),
        knowledge=knowledge.read(reader, tables[knowledge.NAME]),
        service=service,
    )


def _place(error: tomllib.TOMLDecodeError) -> str:
    """The line, which Python 3.11 tells in the message only."""
    found = re.search(r"\(at line (\d+)", str(error))
    return f"第 {found.group(1)} 行" if found else ""
