from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.splitting import size
from gateway.channels.wechat.passive import Framing, Owed, arrange

FRAMING = Framing(earlier="【补发】", more="（未完）")
WORDS = st.text(alphabet="甲乙。\n ", max_size=900)


def without(text: str, *marks: str) -> str:
    for mark in marks:
        text = text.replace(mark, "")
    return "".join(text.split())


def test_an_answer_that_fits_is_the_whole_reply() -> None:
    made = arrange([], "好的。", FRAMING)
    assert (made.text, made.brought, made.rest) == ("好的。", (), "")


def test_a_long_answer_is_started_and_says_that_more_will_come() -> None:
    made = arrange([], "先备份。" * 300, FRAMING)
    assert made.text.endswith("先备份。\n\n（未完）")
    assert made.rest


def test_what_is_owed_comes_first() -> None:
    made = arrange([Owed(7, "旧一"), Owed(8, "旧二")], "新", FRAMING)
    assert made.text == "【补发】\n\n旧一\n\n旧二\n\n新"
    assert made.brought == (7, 8)


def test_owed_texts_that_do_not_fit_stay_owed_and_the_answer_waits_behind_them() -> None:
    made = arrange([Owed(1, "旧" * 500), Owed(2, "旧" * 500)], "新", FRAMING)
    assert made.brought == (1,)
    assert made.rest == "新"
    assert made.text.endswith("（未完）")


def test_an_owed_text_that_is_too_long_by_itself_is_cut_and_never_stuck() -> None:
    made = arrange([Owed(1, "旧。" * 500)], "", FRAMING)
    assert made.brought == (1,)
    assert made.rest


def test_an_answer_is_not_torn_for_a_few_words() -> None:
    made = arrange([Owed(1, "旧" * 600)], "新。" * 200, FRAMING)
    assert "新" not in made.text
    assert made.rest == "新。" * 200


@given(st.lists(WORDS, max_size=4), st.text(alphabet="新。\n ", max_size=1500))
def test_nothing_is_lost_and_the_limit_is_kept(owed: list[str], answer: str) -> None:
    waiting = [Owed(number, text) for number, text in enumerate(owed)]
    made = arrange(waiting, answer, FRAMING)
    assert size(made.text) <= 2000
    assert made.brought == tuple(range(len(made.brought)))
    brought = "".join(owed[number] for number in made.brought)
    assert without(made.text + made.rest, FRAMING.earlier, FRAMING.more) == without(brought + answer)
