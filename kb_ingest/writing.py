"""Entries -> the folder of YAML files that `folder.read_folder` reads: what is written is read back exactly.

An entry stays in the file it already stands in; a new one goes where its type and topic belong. Files whose content
does not change are not touched, and a file that holds no entry any more is removed.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from kb_ingest.errors import BadSource
from kb_ingest.loading import load
from retrieval.errors import BadEntry
from retrieval.knowledge.entry import Entry

FOLDERS = {
    "error_code": "error_codes",
    "faq": "faq",
    "howto": "howto",
    "policy": "policies",
    "runbook": "runbooks",
    "release": "releases",
    "case": "cases",
    "video": "videos",
}
_TOPICLESS = "general"
_NOT_IN_NAMES = re.compile(r"[^\w\-]+")
_LONGEST_NAME = 60
# The order in which an editor reads an entry; `similar` and the texts come last because they are long.
_ORDER = (
    "id type code title topic module versions audience owner source review question similar answer workaround variants"
)
KEYS = tuple(_ORDER.split())


def write_folder(folder: Path, entries: Iterable[Entry]) -> tuple[Path, ...]:
    """Makes `folder` hold exactly these entries; returns the files that were written or removed.

    Raises BadSource when a .yml file there is no list of entries, which would be lost, or an id occurs twice.
    """
    files = _files(folder)
    former = {str(item["id"]): path for path, items in files.items() for item in items}
    ordered: dict[str, Entry] = {}
    for entry in entries:
        if entry.id in ordered:
            raise BadSource([f"编号 {entry.id} 重复，没有写入任何文件"])
        ordered[entry.id] = entry
    groups: dict[Path, list[Entry]] = {path: [] for path in files}
    for entry in sorted(ordered.values(), key=_in_former_order(former)):
        groups.setdefault(former.get(entry.id, folder / file_of(entry)), []).append(entry)
    return tuple(path for path, group in groups.items() if _write(path, group, files.get(path, [])))


def file_of(entry: Entry) -> Path:
    """Where a new entry goes, below the folder: its type's folder, its topic's file."""
    topic = _NOT_IN_NAMES.sub("_", unicodedata.normalize("NFKC", entry.topic)).strip("_").lower()
    return Path(FOLDERS[entry.type]) / f"{topic[:_LONGEST_NAME] or _TOPICLESS}.yml"


def as_yaml(entries: Iterable[Entry]) -> str:
    """The text of a file: a list of entries, texts of several lines as blocks."""
    return "\n".join(_item(entry) for entry in entries)


def _item(entry: Entry) -> str:
    """One entry. Where YAML's blocks would lose a character, the texts stand in quotes."""
    data = [_plain(entry)]
    text = str(yaml.dump(data, Dumper=_Blocks, **_STYLE))
    return text if yaml.safe_load(text) == data else str(yaml.safe_dump(data, default_style='"', **_STYLE))


def _plain(entry: Entry) -> dict[str, Any]:
    """The entry's keys in reading order, without those that say nothing."""
    data = entry.to_json()
    return {key: data[key] for key in KEYS if data.get(key)}


def _files(folder: Path) -> dict[Path, list[dict[str, Any]]]:
    """What each file holds. One that is no list of entries must not be overwritten."""
    files: dict[Path, list[dict[str, Any]]] = {}
    for path in sorted(folder.rglob("*.yml")):
        try:
            data = load(path.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise BadSource([f"{path.name}：无法解析，没有写入任何文件"]) from error
        if not isinstance(data, list) or not all(isinstance(item, dict) and "id" in item for item in data):
            raise BadSource([f"{path.name}：不是条目列表，没有写入任何文件"])
        files[path] = data
    return files


def _in_former_order(former: Mapping[str, Path]) -> Any:
    """Sorts what was there as it was; new entries stay in the order given, behind."""
    order = {entry_id: place for place, entry_id in enumerate(former)}
    return lambda entry: order.get(entry.id, len(order))


def _write(path: Path, entries: list[Entry], former: list[dict[str, Any]]) -> bool:
    """Whether the file had to change; another way of writing the same entries is no reason."""
    if former and not entries:
        path.unlink()
        return True
    if _entries(former) == entries:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".yml.partial")
    partial.write_text(as_yaml(entries), encoding="utf-8")
    os.replace(partial, path)
    return True


def _entries(items: list[dict[str, Any]]) -> list[Entry] | None:
    try:
        return [Entry.from_json(item) for item in items]
    except BadEntry:
        return None


class _Blocks(yaml.SafeDumper):
    """Texts of several lines as `|` blocks."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Blocks.add_representer(str, _text)
_STYLE: dict[str, Any] = {"allow_unicode": True, "sort_keys": False, "width": 10_000}
