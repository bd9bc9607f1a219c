import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.asking.alignment import ANSWER, Alignment, TokenLists, word_table
from retrieval.asking.scorer import FEATURES, Hidden, Scorer
from retrieval.indexing.encoder import HashEncoder
from retrieval.indexing.indexes import index
from tests.unit.retrieval.corpus import ENTRIES
from zhtext.normalize import normalize

TEXT = st.one_of(st.text(max_size=20), st.text("怎么导入材料清单登录不上报表excel ", max_size=20)).map(normalize)
KNOWN = st.text("怎么导入材料清单登录不上报表", min_size=1, max_size=20).map(normalize)
NOTHING = TokenLists.of([""], word_table()).take(np.array([0]))


def alignment():
    return Alignment(word_table())


def taken(*texts):
    return TokenLists.of(texts, word_table()).take(np.arange(len(texts)))


@given(TEXT, st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_shares_lie_between_0_and_1(question, entries):
    one = alignment()

    shares = one.shares(one.asked(question), taken(*(row for row, _ in entries)), taken(*(said for _, said in entries)))

    assert shares.shape == (len(entries),)
    assert (shares >= 0).all()
    assert (shares <= 1 + 1e-5).all()


@given(KNOWN)
@settings(max_examples=40, deadline=None)
def test_a_text_aligned_with_itself_is_about_1(text):
    one = alignment()

    assert one.shares(one.asked(text), taken(text), NOTHING) == pytest.approx([1.0], abs=1e-4)


@given(KNOWN)
@settings(max_examples=40, deadline=None)
def test_words_that_stand_in_the_answer_alone_count_less(text):
    one = alignment()

    assert one.shares(one.asked(text), NOTHING, taken(text)) == pytest.approx([ANSWER], abs=1e-4)


@given(KNOWN, st.lists(TEXT, min_size=1, max_size=3), TEXT)
@settings(max_examples=40, deadline=None)
def test_what_an_entry_says_more_never_takes_away(question, said, more):
    one = alignment()
    asked = one.asked(question)

    rows, further = (TokenLists.of(texts, word_table()) for texts in (said, [*said, more]))
    few, many = (one.shares(asked, (lists.ids, np.array([len(lists.ids)])), NOTHING)[0] for lists in (rows, further))
    assert many >= few - 1e-6


def test_without_a_known_word_nothing_is_near():
    one = alignment()

    assert one.shares(one.asked(""), taken("怎么导入"), NOTHING).tolist() == [0.0]
    assert one.shares(one.asked("怎么导入"), NOTHING, NOTHING).tolist() == [0.0]


def test_lists_of_many_texts_are_taken_in_any_order_and_survive_files(tmp_path):
    texts = [one.question for one in ENTRIES]
    lists = TokenLists.of(texts, word_table())
    lists.save(tmp_path / "words")

    ids, sizes = TokenLists.load(tmp_path / "words").take(np.array([3, 0, 3]))

    third, first = (TokenLists.of([texts[n]], word_table()).ids for n in (3, 0))
    assert sizes.tolist() == [len(third), len(first), len(third)]
    assert ids.tolist() == [*third, *first, *third]


@pytest.fixture(scope="module")
def scorer():
    return Scorer(index(ENTRIES, HashEncoder()))


@pytest.mark.parametrize("entry", range(len(ENTRIES)))
def test_hidden_rows_say_nothing(scorer, entry):
    text = normalize(ENTRIES[entry].question)
    evidence = scorer.evidence(text, HashEncoder().encode_query(text))
    aligned = FEATURES.index("aligned")

    def own(hidden):
        scored = scorer.score(evidence, hidden=hidden)
        return scored.features[scored.entries.tolist().index(entry), aligned] if entry in scored.entries else 0.0

    hidden = own(Hidden(entry, scorer.rows_of(entry)))
    answer = scorer.base.answer_words.take(np.array([entry]))
    assert own(None) == pytest.approx(1.0, abs=1e-4)
    asked = alignment().asked(text)
    assert hidden in (0.0, pytest.approx(float(alignment().shares(asked, NOTHING, answer)[0]), abs=1e-5))
