"""A document on its way out of the child process: JSON, never a pickle."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from kb_ingest.documents.model import Block, Document

READY = b"ready\n"  # the first that a child says


def dumped(document: Document) -> dict[str, Any]:
    """Plain lists, numbers and texts."""
    return asdict(document)


def loaded(data: dict[str, Any]) -> Document:
    """The document again. Raises KeyError or TypeError on anything else."""
    return Document(
        str(data["name"]),
        tuple(_block(block) for block in data["blocks"]),
        str(data["encoding"]),
        tuple(str(note) for note in data["notes"]),
    )


def packed(data: dict[str, Any]) -> bytes:
    """One line of bytes. Half surrogate pairs, which no store would take, become the mark of a lost character."""
    return json.dumps(data, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _block(data: dict[str, Any]) -> Block:
    rows = tuple(tuple(str(cell) for cell in row) for row in data["rows"])
    lines = tuple(int(line) for line in data["row_lines"])
    plain = {key: value for key, value in data.items() if key not in ("rows", "row_lines")}
    return Block(**plain, rows=rows, row_lines=lines)
