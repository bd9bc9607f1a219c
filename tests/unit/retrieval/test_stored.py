from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.building.progress import told
from retrieval.errors import BadEntry
from retrieval.indexing import texts
from retrieval.indexing.dense import RECALL, DenseIndex, ladder
from retrieval.indexing.recall import Truth
from retrieval.indexing.rows import Rows, rows_of
from retrieval.indexing.texts import StoredTexts
from retrieval.knowledge import entries
from retrieval.knowledge.entries import Entries, Kept, StoredEntries, read_build
from tests.unit.retrieval.corpus import ENTRIES


def test_stored_entries_are_those_that_were_written(tmp_path):
    entries.save(tmp_path, ENTRIES)

    found = Entries(StoredEntries.load(tmp_path))

    assert list(found) == list(ENTRIES)
    assert [found[number] for number in range(len(found))] == list(ENTRIES)
    assert found[-1] == ENTRIES[-1]
    assert found[2:4] == ENTRIES[2:4]
    assert found == ENTRIES
    assert found != ENTRIES[1:]
    assert found.get("how-export") == next(one for one in ENTRIES if one.id == "how-export")
    assert found.get("nobody") is None
    assert read_build(tmp_path) == ENTRIES
    with pytest.raises(IndexError):
        found[len(ENTRIES)]


def test_a_file_of_entries_that_is_longer_than_its_list_is_refused(tmp_path):
    entries.save(tmp_path, ENTRIES)
    with (tmp_path / entries.FILE).open("ab") as file:
        file.write(b"{}\n")

    with pytest.raises(BadEntry, match="bytes long"):
        StoredEntries.load(tmp_path)


@given(st.integers(1, 30), st.data())
@settings(max_examples=100, deadline=None)
def test_numbers_and_places_are_each_others_inverse(size, data):
    gone = sorted(data.draw(st.sets(st.integers(0, size - 1), max_size=size)))
    kept = Kept(size, np.array(gone, dtype=np.int64))
    left = np.array([place for place in range(size) if place not in gone], dtype=np.int64)

    assert kept.numbers(left).tolist() == list(range(len(kept)))
    assert kept.places(np.arange(len(kept))).tolist() == left.tolist()
    assert [kept.number(place) is None for place in range(size)] == [place in gone for place in range(size)]


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=5), max_size=8))
@settings(max_examples=50, deadline=None)
def test_stored_texts_come_back(tmp_path_factory, some):
    folder = tmp_path_factory.mktemp("texts")
    texts.save(folder, some)

    found = StoredTexts.load(folder)

    assert list(found) == some
    assert found[:] == tuple(some)


def test_stored_rows_find_the_same_text_in_other_punctuation(tmp_path):
    twin = replace(ENTRIES[0], id="twin")
    rows = rows_of((*ENTRIES, twin))
    rows.save(tmp_path)

    found = Rows.load(tmp_path)

    assert tuple(found.texts) == tuple(rows.texts)
    assert found.owners[found.same("提示，没有权限访问该功能！")].tolist() == [0, len(ENTRIES)]
    assert found.same("谁也没问过") == []
    places, starts = found.spans(np.array([len(ENTRIES), 1]))
    assert places.tolist() == [*found.of(len(ENTRIES)).tolist(), *found.of(1).tolist()]
    assert starts.tolist() == [0, len(found.of(len(ENTRIES)))]


def clustered(rows, dimensions=32):
    chance = np.random.default_rng(11)
    centres = np.repeat(chance.normal(size=(rows // 4, dimensions)), 4, axis=0)
    vectors = (centres + 0.4 * chance.normal(size=centres.shape)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_a_large_index_keeps_the_recall_it_states(tmp_path):
    vectors = clustered(4_000)

    DenseIndex.of(vectors, exact_up_to=100).save(tmp_path)
    loaded = DenseIndex.load(tmp_path)

    assert loaded.plan.recall >= RECALL
    assert Truth.of(vectors.astype(np.float16)).recall(loaded.nearest) == loaded.plan.recall
    query = vectors[7]
    rows, similar = loaded.search(query, 3)
    assert rows[0] == 7
    assert loaded.similarities(query, rows) == pytest.approx(similar, abs=1e-6)


def test_recall_counts_what_is_missing():
    vectors = clustered(400)
    truth = Truth.of(vectors)

    assert truth.recall(lambda query, top: np.argsort(-(vectors @ query))[:top]) == 1.0
    assert truth.recall(lambda query, top: np.argsort(-(vectors @ query))[5 : top + 5]) == pytest.approx(0.5, abs=0.01)


def test_the_ladder_ends_with_vectors_that_are_read_from_end_to_end():
    assert list(dict.fromkeys(step.kind for step in ladder(256))) == ["PQ64x4fs", "PQ128x4fs", "SQfp16"]
    assert list(dict.fromkeys(step.kind for step in ladder(63))) == ["SQfp16"]


def test_progress_is_told_at_the_beginning_and_the_end():
    seen = []

    done = list(told("abc", lambda *words: seen.append(words), "letters"))

    assert done == ["a", "b", "c"]
    assert seen == [("letters", 0, 3), ("letters", 3, 3)]
