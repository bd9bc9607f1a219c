import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.knowledge.links import Link, links, plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("先看 [表头不对](entry:faq-header)。", [Link("表头不对", "faq-header")]),
        ("见 entry:faq-header 与 entry:how-b", [Link("entry:faq-header", "faq-header"), Link("entry:how-b", "how-b")]),
        ("见 [下文](#how-b)", [Link("下文", "how-b", anchor=True)]),
        ("[官网](https://example.com/#top)、`JHentry:x`", []),
    ],
)
def test_internal_links_are_found_as_they_are_written(text, expected):
    assert list(links(text)) == expected


def test_plain_text_keeps_the_words_of_a_link():
    assert plain("先看 [表头不对](entry:faq-header)，再看 [官网](https://example.com)。") == (
        "先看 表头不对，再看 [官网](https://example.com)。"
    )


WORDS = st.text(st.characters(exclude_characters="[]()\n:", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=10)


@given(WORDS, WORDS, WORDS)
def test_whatever_stands_around_a_link_stays(before, words, after):
    assert plain(f"{before}[{words}](entry:faq-a){after}") == before + words + after
