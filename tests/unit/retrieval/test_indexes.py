import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.errors import EncoderMissing
from retrieval.indexing.dense import DenseIndex
from retrieval.indexing.encoder import HashEncoder, open_encoder
from retrieval.indexing.lexical import K1, B, lexical
from retrieval.indexing.postings import hashed
from retrieval.indexing.tokens import char_tokens, text_key, word_tokens
from retrieval.indexing.whole import removed, whole

TEXTS = st.lists(st.lists(st.sampled_from("甲乙丙丁戊己"), min_size=1, max_size=8), min_size=2, max_size=8)


def bm25(tokens, documents, document):
    """Lucene's BM25, written out."""
    average = sum(map(len, documents)) / len(documents)
    score = 0.0
    for token in set(tokens):
        frequency = sum(token in other for other in documents)
        count = document.count(token)
        idf = math.log(1 + (len(documents) - frequency + 0.5) / (frequency + 0.5))
        score += idf * count / (count + K1 * (1 - B + B * len(document) / average))
    return score


@given(TEXTS, st.lists(st.sampled_from("甲乙丙丁戊己庚"), min_size=1, max_size=6))
@settings(max_examples=50, deadline=None)
def test_lexical_scores_are_bm25_as_a_share_of_the_best_possible(documents, query):
    scores = lexical(documents).ask(hashed(query)).of(np.arange(len(documents)))

    ideal = sum(
        math.log(1 + (len(documents) - df + 0.5) / (df + 0.5))
        for df in (sum(token in other for other in documents) for token in set(query))
    )
    expected = [bm25(query, documents, document) / ideal for document in documents]
    assert scores == pytest.approx(expected, abs=1e-5)
    assert (scores <= 1).all()


def test_faiss_agrees_with_a_dot_product():
    vectors = HashEncoder().encode_documents(
        [f"第{number}个问题怎么处理{chr(0x4E00 + number)}" for number in range(200)]
    )
    index = DenseIndex.of(vectors)
    query = HashEncoder().encode_query("第七十个问题")
    exact = vectors @ query

    rows, scores = index.search(query, 10)

    assert scores == pytest.approx(np.sort(exact)[::-1][:10], abs=1e-6)
    assert exact[rows] == pytest.approx(scores, abs=1e-6)
    assert index.similarities(query, rows) == pytest.approx(scores, abs=1e-6)


def test_the_index_for_many_rows_finds_what_the_exact_one_finds():
    chance = np.random.default_rng(7)
    centres = np.repeat(chance.normal(size=(300, 64)), 10, axis=0)
    vectors = (centres + 0.5 * chance.normal(size=(3_000, 64))).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    index = DenseIndex.of(vectors, exact_up_to=100)
    queries = vectors[:50] + 0.05

    found = [set(index.search(query, 10)[0]) & set(np.argsort(-(vectors @ query))[:10]) for query in queries]

    assert np.mean([len(hits) for hits in found]) / 10 >= 0.95


@given(TEXTS)
@settings(max_examples=30, deadline=None)
def test_removed_words_count_as_never_there(rows):
    owners = np.array([0, *([1] * (len(rows) - 1))], dtype=np.int32)
    answers = [["甲", "庚"], ["乙"]]
    question, entries = hashed("甲乙丙庚"), np.arange(2)
    full = whole(lexical(rows), owners, lexical(answers))
    without = whole(lexical([rows[0], *rows[2:]]), np.delete(owners, 1), lexical(answers))

    cover = full.ask(question, removed=removed(1, [rows[1]])).of(entries, cover=True)

    assert cover == pytest.approx(without.ask(question).of(entries, cover=True), abs=1e-5)


def test_tokens_are_characters_pairs_and_whole_latin_words():
    assert char_tokens("导入Excel表") == ["导", "入", "导入", "excel", "表"]
    assert "，" not in word_tokens("导入，失败")
    assert text_key("怎么 导入?") == text_key("怎么导入！")


def test_an_encoder_that_is_nowhere_is_named():
    assert open_encoder("hash").name == "hash"
    with pytest.raises(EncoderMissing, match="no-such-model"):
        open_encoder("./no-such-model")
