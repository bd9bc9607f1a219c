from evaluation.gap_clusters import FILES, Gathering, compare
from evaluation.labelled import read_questions
from retrieval.indexing.encoder import HashEncoder


def test_figures_count_pairs():
    found = compare([1, 1, 1, 2, None], ["a", "a", "b", "b", "b"])

    assert (found.precision, found.recall, found.clusters) == (1 / 3, 1 / 4, 2)
    assert round(found.f1, 3) == 0.286


def test_nothing_gathered_is_no_precision():
    assert compare([None, None], ["a", "a"]).f1 == 0.0


def test_questions_that_come_in_batches_keep_their_clusters():
    questions = [one for one in read_questions(FILES[1]) if one.label][:8]

    found = Gathering(HashEncoder(), 1.0).gather(questions, 0.2, batch=3)

    assert len(found) == 8
    assert None not in found
    assert len(set(found)) < 8


def test_the_question_sets_are_large_enough_to_say_something():
    first = read_questions(FILES[0])

    assert sum(bool(one.label) for one in first) >= 150
    assert len({one.label for one in first if one.label}) >= 40
    assert any(not one.label for one in first)
