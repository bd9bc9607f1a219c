"""The shipped corpus is what its own checks want."""

from __future__ import annotations

from pathlib import Path

from kb_ingest.folder import read_folder
from kb_ingest.lint.run import errors
from kb_ingest.statistics import statistics

KB = Path(__file__).parents[3] / "kb"


def test_nothing_in_the_sample_corpus_blocks_its_publication():
    assert [finding.message for finding in errors(read_folder(KB))] == []


def test_every_entry_is_asked_for_in_at_least_eight_different_ways_one_of_them_traditional():
    counted = statistics(read_folder(KB))

    assert counted.least >= 8
    assert counted.entries_with_traditional == counted.entries
