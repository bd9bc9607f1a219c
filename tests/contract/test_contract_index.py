"""The one file of an index build that the engine reads."""

from __future__ import annotations

import json
from pathlib import Path

from retrieval.indexing.codes import CodeTable
from retrieval.knowledge.entry import Entry

GOLDEN = Path(__file__).parent / "golden" / "index" / "b1" / "codes.json"


def entry(entry_id: str, code: str) -> Entry:
    return Entry(
        id=entry_id, type="error_code", code=code, title=code, question=code, similar=(), answer="重新登录。",
        source="手册", review="2026-12-31",
    )  # fmt: skip


def test_the_retriever_writes_its_codes_as_the_engine_reads_them() -> None:
    entries = [entry("err-e1001", "E1001"), entry("err-403", "ERROR_403"), entry("err-403-mobile", "ERROR_403")]

    written = CodeTable.of(entries).to_json(entries)

    assert written == json.loads(GOLDEN.read_text(encoding="utf-8"))
