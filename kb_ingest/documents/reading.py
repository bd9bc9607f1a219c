"""Picks the reader. Each is imported when the first file of its kind comes."""

from __future__ import annotations

from importlib import import_module

from kb_ingest.documents.limits import Limits
from kb_ingest.documents.model import Document
from kb_ingest.errors import NoText, OverLimit

_MODULES = frozenset({"plain", "markdown", "html", "word", "excel", "csv", "pdf", "entries"})


def read(kind: str, data: bytes, name: str, limits: Limits) -> Document:
    """The document in `data`. Raises Refused; whatever a library raises beyond that is a damaged file."""
    if kind not in _MODULES:
        raise ValueError(f"no reader for {kind!r}")
    document: Document = import_module(f"kb_ingest.documents.{kind}").read(data, name, limits)
    if not document.blocks:
        raise NoText("里面没有文字")
    characters = sum(
        len(block.text) + sum(len(cell) for row in block.rows for cell in row) for block in document.blocks
    )
    if characters > limits.characters:
        raise OverLimit(f"文字共 {characters:,} 个字，超过上限 {limits.characters:,} 个；请拆成几个文件再导入")
    return document
