"""Our own files of entries (.yml and .jsonl) -> records: JSON objects, each with its place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import yaml

from kb_ingest.documents.decoding import decode
from kb_ingest.documents.limits import Limits
from kb_ingest.documents.model import Block, Document
from kb_ingest.errors import Unsuitable
from kb_ingest.loading import LOADER, load_with_node


def read(data: bytes, name: str, limits: Limits) -> Document:
    """Lines are those on which the entries begin. Raises Undecodable or Unsuitable."""
    decoded = decode(data)
    found = _lines(decoded.text) if name.lower().endswith(".jsonl") else _list(decoded.text)
    return Document(name, tuple(_records(found)), decoded.encoding)


def _records(found: Iterator[tuple[int, Any]]) -> Iterator[Block]:
    for place, data in found:
        yield Block("record", json.dumps(data, ensure_ascii=False, default=str), place)


def _lines(text: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except ValueError as error:
                raise Unsuitable(f"第 {number} 行不是 JSON（{error}）；.jsonl 每行一个条目") from error


def _list(text: str) -> Iterator[tuple[int, Any]]:
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=LOADER)):
            raise Unsuitable("YAML 里用了引用（*名字），几行就能展开成几个 GB；请把内容写全")
        data, node = load_with_node(text)
    except yaml.YAMLError as error:
        raise Unsuitable(f"YAML 无法解析（{' '.join(str(error).split())[:120]}）") from error
    if not isinstance(data, list) or not isinstance(node, yaml.SequenceNode):
        raise Unsuitable("不是条目文件：应是条目列表，每条以“- id:”开头")
    for item, value in zip(data, node.value, strict=True):
        yield value.start_mark.line + 1, item
