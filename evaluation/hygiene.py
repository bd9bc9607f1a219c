"""What ugly documents become, and whether a stranger's contact ever reaches an answer.

`.venv/bin/python -m evaluation.hygiene`

Two walls are measured apart. Documents: the files of `tests/fixtures/ugly` through ingest, twice. Answers: questions
until a thousand are answered, to a base in which every third entry was poisoned behind the back of ingest; what
customers would read is counted before and after the check of outgoing answers.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from contract.decisions import Answer, Runbook
from evaluation.engine_models import ROOT
from evaluation.report import foot, surroundings, table, write
from gateway.turns.outgoing import checked
from kb_ingest.asked import read_asked
from kb_ingest.changes import changes
from kb_ingest.documents.decoding import decode
from kb_ingest.folder import read_folder
from kb_ingest.ingest import ingest
from kb_ingest.publishing import Source, publish
from retrieval.asking.answers import decision_of
from retrieval.asking.live import Live
from retrieval.indexing.encoder import open_encoder
from retrieval.knowledge.entry import Entry
from zhtext.contacts import AllowList, strangers

UGLY = ROOT / "tests" / "fixtures" / "ugly" / "files"
ANSWERS = 1000
_POISON = (
    "\n如仍不能解决，请拨打售后热线 400-820-{n:04d} 咨询。", "\n加客服微信：jishu{n}fuwu，远程处理。",
    "\n技术交流 QQ 群：5{n:07d}。", "\n补丁下载见 www.soft-down{n}.com/patch。", "\n直接联系王工 1{n:010d}。",
)  # fmt: skip
_SOUGHT = ("数据", "現場", "数據", "數據", "现场")


def run() -> dict[str, Any]:
    """Both walls; the report's data."""
    allow = AllowList()
    began = time.monotonic()
    first = ingest([UGLY], allow=allow, now=datetime.now(timezone.utc))
    seconds = time.monotonic() - began
    second = ingest([UGLY], allow=allow, now=datetime.now(timezone.utc))
    return {
        "surroundings": surroundings(),
        "documents": {
            "files": len(first.files),
            "seconds": round(seconds, 2),
            "status": dict(Counter(file.status for file in first.files)),
            "entries": len(first.entries),
            "changes_of_second_run": changes(first.entries, second.entries).count,
            "repaired": sum(sum(file.repaired.values()) for file in first.files),
            "quarantined": sum(len(file.quarantined) for file in first.files),
            "contacts_refused": sum(len(file.refused_contacts) for file in first.files),
            "contacts_left": sum(len(strangers(text, allow)) for entry in first.entries for text in entry.shown),
        },
        "found": _found(allow),
        "answers": _answers(allow),
        "files": [{**file.to_json(), "path": Path(file.path).name} for file in first.files],
    }


def _found(allow: AllowList) -> dict[str, dict[str, int]]:
    """How often a word stands in the pages full of readings, and in the entries made of these pages."""
    pages = sorted(path for path in UGLY.glob("0[12]_*") if path.suffix == ".html")
    raw = "".join(decode(path.read_bytes()).text for path in pages)
    made = ingest(pages, allow=allow, now=datetime.now(timezone.utc)).entries
    clean = "".join("".join((entry.title, *entry.questions, *entry.shown)) for entry in made)
    return {word: {"before": raw.count(word), "after": clean.count(word)} for word in _SOUGHT}


def _answers(allow: AllowList) -> dict[str, Any]:
    entries = read_folder(ROOT / "kb")
    asked = read_asked(ROOT / "kb", frozenset(entry.id for entry in entries)).covered
    poisoned = [_poisoned(entry, number) if number % 3 == 0 else entry for number, entry in enumerate(entries)]
    own = (question for place in (-1, -2) for entry in entries for question in entry.similar[place:][:1])
    questions = (*asked, *own)
    with tempfile.TemporaryDirectory(prefix="gongda-hygiene-") as folder:
        publish(Source(tuple(poisoned), asked), open_encoder(), Path(folder), now=datetime.now(timezone.utc))
        shown, checks = _shown(Live(Path(folder), open_encoder()), questions, allow)
    return {
        "poisoned_entries": sum(one is not other for one, other in zip(entries, poisoned, strict=True)),
        "answered": len(shown),
        "with_stranger_before": sum(before for before, _ in shown),
        "with_stranger_after": sum(after for _, after in shown),
        "check_ms": {"p50": _share(checks, 0.5), "p99": _share(checks, 0.99)},
    }


def _poisoned(entry: Entry, number: int) -> Entry:
    """As if somebody had pasted a scraped page straight into the database."""
    return replace(entry, answer=entry.answer + _POISON[number % len(_POISON)].format(n=number + 1))


def _shown(live: Live, questions: Sequence[str], allow: AllowList) -> tuple[list[tuple[bool, bool]], list[float]]:
    """For each answer whether a stranger's contact stands in it before and after the check; milliseconds of checks."""
    shown: list[tuple[bool, bool]] = []
    seconds: list[float] = []
    for question in questions:
        if len(shown) == ANSWERS:
            break
        found = decision_of(live.ask(question), live.retriever)
        began = time.perf_counter()
        kept = checked(found, allow)
        seconds.append((time.perf_counter() - began) * 1000)
        if isinstance(found, (Answer, Runbook)):
            shown.append((_strange(found, allow), isinstance(kept, (Answer, Runbook)) and _strange(kept, allow)))
    return shown, seconds


def _strange(answer: Answer | Runbook, allow: AllowList) -> bool:
    return any(strangers(block, allow) for block in answer.blocks)


def _share(values: Sequence[float], share: float) -> float:
    return round(sorted(values)[int(len(values) * share)], 3)


def main() -> None:
    data = run()
    rows = [(file["path"], file["status"], file["entries"], file["reason"][:60]) for file in data["files"]]
    figures = {name: data[name] for name in ("documents", "found", "answers")}
    shown = json.dumps(figures, ensure_ascii=False, indent=1)
    listed = table(("文件", "结果", "条目", "理由"), rows)
    text = f"# 文档清洗与外部联系方式\n\n```json\n{shown}\n```\n\n{listed}"
    print(text)
    print(write(None, "hygiene", data, text + foot(data)))


if __name__ == "__main__":
    main()
