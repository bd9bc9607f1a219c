"""The folder of deliberately ugly files, with the real hygiene: what becomes of each is written in expected.yml."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from kb_ingest.changes import changes
from kb_ingest.documents import reading
from kb_ingest.documents.model import Document
from kb_ingest.documents.parser import Parser
from kb_ingest.folder import read_folder
from kb_ingest.ingest import Ingested, ingest
from kb_ingest.report import FileReport, remarks
from kb_ingest.writing import write_folder
from retrieval.knowledge.entry import Entry
from tests.timing import best_of_three
from zhtext.contacts import AllowList, strangers

UGLY = Path(__file__).parents[2] / "fixtures" / "ugly"
FILES = UGLY / "files"
EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load((UGLY / "expected.yml").read_text(encoding="utf-8"))
ALLOW = AllowList(frozenset({"400-000-6200", "help.jiangheng.example"}))
NOW = datetime(2026, 11, 22, tzinfo=UTC)
BOMBS = [name for name, expected in EXPECTED.items() if "seconds" in expected]


def run(*paths: Path) -> Ingested:
    return ingest(paths, allow=ALLOW, now=NOW)


@pytest.fixture(scope="module")
def whole() -> Ingested:
    return run(FILES)


@pytest.fixture(scope="module")
def alone() -> dict[str, tuple[FileReport, tuple[Entry, ...]]]:
    """Each file by itself, so that its entries are known to be its own."""
    ingested = {name: run(FILES / name) for name in EXPECTED}
    return {name: (one.files[0], one.entries) for name, one in ingested.items()}


def told(entries: tuple[Entry, ...]) -> str:
    """All that stands in the entries, line breaks as they are."""
    return (
        "\n".join(json.dumps(entry.to_json(), ensure_ascii=False) for entry in entries)
        .replace("\\n", "\n")
        .replace("\\\\", "\\")
        .replace('\\"', '"')
    )


def test_every_file_has_its_expectation() -> None:
    assert sorted(EXPECTED) == sorted(path.name for path in FILES.iterdir())
    assert len(EXPECTED) >= 25


@pytest.mark.parametrize("name", EXPECTED)
def test_a_file_becomes_what_is_expected(name: str, alone: dict[str, tuple[FileReport, tuple[Entry, ...]]]) -> None:
    expected, (report, entries) = EXPECTED[name], alone[name]

    assert report.status == expected["status"], report
    assert expected.get("reason", "") in report.reason
    assert report.entries == len(entries) == expected.get("entries", 0)
    text = told(entries)
    assert [phrase for phrase in expected.get("keep", ()) if phrase not in text] == []
    assert [phrase for phrase in expected.get("gone", ()) if phrase in text] == []


@pytest.mark.parametrize("name", EXPECTED)
def test_the_report_of_a_file_says_what_was_done(
    name: str, alone: dict[str, tuple[FileReport, tuple[Entry, ...]]]
) -> None:
    expected, (report, _) = EXPECTED[name], alone[name]
    said = {
        "mistakes": "\n".join(remarks(report)),
        "notes": "\n".join(report.notes),
        "contacts": "\n".join(report.refused_contacts),
        "repaired": "\n".join(report.repaired),
        "quarantined": "\n".join(line.text for line in report.quarantined),
    }

    assert [
        (kind, phrase) for kind, text in said.items() for phrase in expected.get(kind, ()) if phrase not in text
    ] == []
    assert len(report.mistakes) == len(expected.get("mistakes", ())) or expected["status"] == "refused"


def test_one_bad_file_never_stops_the_others(
    whole: Ingested, alone: dict[str, tuple[FileReport, tuple[Entry, ...]]]
) -> None:
    assert len(whole.files) == len(EXPECTED)
    assert {entry.id for entry in whole.entries} == {entry.id for _, entries in alone.values() for entry in entries}


def test_a_second_run_changes_nothing(whole: Ingested) -> None:
    assert changes(whole.entries, run(FILES).entries).count == 0


def test_no_strangers_contact_is_left_in_any_entry(whole: Ingested) -> None:
    assert [contact for entry in whole.entries for text in entry.shown for contact in strangers(text, ALLOW)] == []


@pytest.mark.parametrize("word", ["數據", "現場", "数据", "现场"])
def test_a_search_finds_the_words_that_debris_had_torn_apart(word: str, whole: Ingested) -> None:
    source = {"數據": "01_现场数据采集_转载.html", "現場": "01_现场数据采集_转载.html"}.get(
        word, "02_数据导入错误_gb2312.html"
    )
    raw = (FILES / source).read_bytes().decode("gb18030" if "gb2312" in source else "utf-8").partition("<body>")[2]
    stem = source.partition(".")[0]

    assert word not in raw
    assert any(word in entry.answer for entry in whole.entries if stem in entry.source)


def test_everything_taken_in_can_be_written_and_read_back(whole: Ingested, tmp_path: Path) -> None:
    write_folder(tmp_path, whole.entries)

    assert {entry.id: entry for entry in read_folder(tmp_path)} == {entry.id: entry for entry in whole.entries}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_within_a_second(name: str) -> None:
    assert best_of_three(lambda: ingest([FILES / name], allow=ALLOW, now=NOW, parsers=Here)) < EXPECTED[name]["seconds"]


class Here(Parser):
    """Parses in this thread, whose time can be told from that of the others on the machine."""

    def parse(self, kind: str, data: bytes, name: str) -> Document:
        return reading.read(kind, data, name, self._limits)
