import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.indexing.match import Groups, Removed
from retrieval.indexing.postings import Postings, Saturation, counted, hashed, merged, term_hash

USUAL = Saturation(1.2, 0.5)
LETTERS = "甲乙丙丁戊己庚辛壬癸"
# Common words first: the last ones are rare, so that there is something to prune.
WORD = st.integers(0, 63).map(lambda number: LETTERS[(number * number) // 448])
TEXT = st.lists(WORD, max_size=8)
TEXTS = st.lists(TEXT, min_size=1, max_size=60)
QUESTION = st.lists(st.sampled_from(LETTERS + "子丑"), min_size=1, max_size=7)


def both(postings, question, removed=None):
    terms = hashed(question)
    return postings.ask(terms, removed=removed), postings.ask(terms, removed=removed, small=0)


@given(TEXTS, QUESTION, st.integers(1, 6), st.booleans())
@settings(max_examples=300, deadline=None)
def test_the_pruned_search_finds_what_scoring_everything_finds(texts, question, depth, cover):
    everywhere, pruned = both(counted(texts, USUAL), question)

    documents, scores = everywhere.top(depth, cover=cover)
    found, found_scores = pruned.top(depth, cover=cover)

    assert found_scores == pytest.approx(scores, abs=1e-6)
    assert pruned.of(found, cover=cover) == pytest.approx(found_scores, abs=1e-6)
    assert everywhere.of(found, cover=cover) == pytest.approx(scores, abs=1e-6)
    assert len(set(found.tolist())) == len(documents)


@given(TEXTS, QUESTION, st.integers(1, 4), st.data())
@settings(max_examples=200, deadline=None)
def test_groups_count_by_their_best_visible_document(texts, question, depth, data):
    sizes = data.draw(st.lists(st.integers(1, 4), min_size=len(texts), max_size=len(texts)))
    owners = np.repeat(np.arange(len(sizes)), sizes)[: len(texts)].astype(np.int32)
    groups = Groups(owners, np.flatnonzero(np.diff(owners, prepend=-1)))
    hidden = np.array(data.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts))))
    everywhere, pruned = both(counted(texts, USUAL), question)
    scores = np.where(hidden, 0, everywhere.of(np.arange(len(texts))))
    expected = np.sort(np.maximum.reduceat(scores, groups.starts))[::-1][:depth]

    for match in (everywhere, pruned):
        found, best = match.top(depth, groups=groups, hidden=hidden)

        assert best == pytest.approx(expected[expected > 0], abs=1e-6)
        assert all(
            scores[owners == owner].max() == pytest.approx(s, abs=1e-6) for owner, s in zip(found, best, strict=True)
        )


@given(st.lists(TEXT, min_size=2, max_size=20), QUESTION, st.data(), st.booleans())
@settings(max_examples=200, deadline=None)
def test_removed_words_count_as_never_there(texts, question, data, cover):
    document = data.draw(st.integers(0, len(texts) - 1))
    gone = data.draw(st.lists(st.sampled_from(texts[document]), unique=True) if texts[document] else st.just([]))
    postings = counted(texts, USUAL)
    less = [[word for word in text if number != document or word not in gone] for number, text in enumerate(texts)]
    without = postings.__class__(*(getattr(counted(less, USUAL, postings.mean), name) for name in ("terms", "indptr", "docs", "counts")),
                                 postings.norm, counted(less, USUAL, postings.mean).peaks, postings.scale)  # fmt: skip
    removed = Removed(document, {term_hash(word): texts[document].count(word) for word in gone})
    expected = without.ask(hashed(question)).of(np.arange(len(texts)), cover=cover)

    for match in both(postings, question, removed):
        assert match.of(np.arange(len(texts)), cover=cover) == pytest.approx(expected, abs=1e-5)
        assert match.top(3, cover=cover)[1] == pytest.approx(np.sort(expected[expected > 0])[::-1][:3], abs=1e-5)


def test_a_small_index_that_belongs_to_a_large_one_scores_like_the_large_one():
    texts = [list(text) for text in ("甲乙丙", "乙丙丁", "丙丁戊", "甲戊")]
    whole = counted(texts, USUAL)
    part = counted(texts[2:], USUAL, whole.mean)
    question = hashed("甲丙丁")

    scores = part.ask(question, idf=whole.idf(question)).of(np.arange(2))

    assert scores == pytest.approx(whole.ask(question).of(np.array([2, 3])), abs=1e-6)


def test_merged_counts_are_weighted_sums():
    questions = counted([["甲", "乙"], ["甲"], ["丙"]], USUAL)
    answers = counted([["乙", "乙"], ["甲", "丁"]], USUAL)

    both_of_them = merged(
        [(questions, np.array([0, 0, 1], dtype=np.int32), 2), (answers, np.arange(2, dtype=np.int32), 1)], 2, 0.5, USUAL
    )

    begin, many = both_of_them.spans(hashed("甲乙丙丁戊"))
    counts = [both_of_them.counts[start : start + size].tolist() for start, size in zip(begin, many, strict=True)]
    assert counts == [[4, 1], [4], [2], [1], []]
    assert both_of_them.mean == pytest.approx((4 + 2) / 2)


def test_what_is_loaded_is_what_was_saved(tmp_path):
    saved = counted([["甲", "乙"], ["甲"], []], USUAL)

    saved.save(tmp_path / "some")
    counted([[], []], USUAL).save(tmp_path / "none")

    question = hashed("甲乙")
    documents = np.arange(3)
    loaded = Postings.load(tmp_path / "some")
    assert loaded.ask(question).of(documents).tolist() == saved.ask(question).of(documents).tolist()
    assert Postings.load(tmp_path / "none").ask(question).top(3)[0].tolist() == []


def test_pruning_leaves_no_score_behind_for_the_next_question():
    postings = counted([["甲"], ["甲", "乙"], ["丙"]] * 20, USUAL)

    first = postings.ask(hashed("甲乙丙"), small=0).top(5)
    again = postings.ask(hashed("甲乙丙"), small=0).top(5)

    assert first[1].tolist() == again[1].tolist()
    assert len(postings.scratch) == 1
    assert not any(array.any() for array in postings.scratch[0])
