"""The shipped corpus keeps its promises."""

import re
from functools import cache
from pathlib import Path

import pytest

from kb_ingest.folder import read_folder
from retrieval.knowledge.entry import Entry

KB = Path(__file__).parents[3] / "kb"
WANTED_CODES = {
    "ERROR_403", "ERROR_500", "E1001", "E2031", "GC-5021", "0x80070005", "DB_CONNECTION_FAILED", "DB_DEADLOCK",
    "LICENSE_EXPIRED", "IMPORT_TEMPLATE_MISMATCH",
}  # fmt: skip
_CONTACT = re.compile(r"https?://|www\.|\b1[3-9]\d{9}\b|\b400-\d|QQ|@[\w-]+\.\w")


@cache
def corpus() -> tuple[Entry, ...]:
    return read_folder(KB)


def test_it_holds_the_families_of_codes_and_enough_entries() -> None:
    codes = {entry.code for entry in corpus() if entry.code}

    assert codes >= WANTED_CODES
    assert len(codes) >= 40
    assert sum(entry.type in ("faq", "howto") for entry in corpus()) >= 80


def test_every_entry_has_at_least_five_similar_questions_of_its_own() -> None:
    poor = [entry.id for entry in corpus() if len(set(entry.similar)) < 5]

    assert poor == []


def test_no_two_entries_share_a_question() -> None:
    seen: dict[str, str] = {}
    shared = []
    for entry in corpus():
        for question in set(entry.questions):
            if question in seen:
                shared.append((question, seen[question], entry.id))
            seen[question] = entry.id

    assert shared == []


@pytest.mark.parametrize("part", ["answer", "title", "workaround", "question"])
def test_nobodys_contact_stands_in_an_answer(part: str) -> None:
    leaking = [entry.id for entry in corpus() if _CONTACT.search(getattr(entry, part) or "")]

    assert leaking == []


def test_no_answer_begins_with_a_bare_restart() -> None:
    assert [entry.id for entry in corpus() if entry.answer.lstrip("*# \n").startswith("请重启")] == []


def test_every_entry_names_topic_module_source_and_review_date() -> None:
    bare = [
        e.id for e in corpus() if not (e.topic and e.module and e.source and re.match(r"\d{4}-\d\d-\d\d", e.review))
    ]

    assert bare == []
