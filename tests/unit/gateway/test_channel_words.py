from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.conversations import Choice
from gateway.channels.channel import Abilities, Piece
from gateway.channels.phrases import Phrases
from gateway.channels.splitting import size
from gateway.channels.words import pieces, render
from gateway.render import Voice
from gateway.turns.flow import Outgoing
from gateway.wording import UnknownWording, Wording

WORDING = Wording.load()
PHRASES = Phrases(WORDING, Voice("hans", "cn"))
BUTTONS = Abilities(buttons=True, markup=True)
PICTURE = {"key": "k1", "name": "a.png", "media_type": "image/png"}
PAPER = {"key": "k2", "name": "log.txt", "media_type": "text/plain"}


def said(text: str = "", kind: str = "text", **payload: Any) -> Outgoing:
    return Outgoing(1, text, kind, payload)


def options(*labels: str) -> list[dict[str, str]]:
    return [{"id": f"o{number}", "label": label} for number, label in enumerate(labels, 1)]


def test_with_buttons_each_message_is_a_piece_with_its_options_below() -> None:
    shown = pieces([said("一"), said("二", "choices", options=options("甲"))], PHRASES, BUTTONS)

    assert shown == (Piece("一"), Piece("二", (Choice("o1", "甲"),)))


def test_without_buttons_what_is_said_at_once_is_one_piece() -> None:
    shown = pieces([said("一"), said("二", "choices", options=options("甲"))], PHRASES, Abilities())

    assert shown == (Piece("一\n\n二\n1. 甲\n回复数字选择。"),)


def test_the_buttons_of_a_long_text_are_below_its_last_part() -> None:
    able = Abilities(buttons=True, longest=30)

    shown = pieces([said("第一句话。第二句话。第三句话。", options=options("甲"))], PHRASES, able)

    assert len(shown) > 1
    assert [bool(piece.options) for piece in shown] == [False] * (len(shown) - 1) + [True]


def test_marks_stay_where_markup_is_shown() -> None:
    card = {"title": "标题", "blocks": ["**重要**"], "source": "手册"}

    assert "**重要**" in render([said(kind="answer", card=card)], PHRASES, BUTTONS)
    assert "**" not in render([said(kind="answer", card=card)], PHRASES)


def test_pictures_are_sent_where_that_is_possible_and_named_elsewhere() -> None:
    message = said("请看。", "image", attachments=[PICTURE, PAPER])

    assert pieces([message], PHRASES, Abilities(images=True)) == (
        Piece("请看。\n【文件：log.txt】"),
        Piece(picture="k1"),
    )
    assert pieces([message], PHRASES, Abilities()) == (Piece("请看。\n【图片：a.png】\n【文件：log.txt】"),)


def test_a_picture_without_words_is_a_picture_alone() -> None:
    assert pieces([said("", "image", attachments=[PICTURE])], PHRASES, Abilities(images=True)) == (Piece(picture="k1"),)


def test_nothing_said_is_no_piece() -> None:
    assert pieces([], PHRASES, Abilities()) == pieces([said(" ")], PHRASES, BUTTONS) == ()


@given(st.lists(st.text("甲乙a。，\n", max_size=60), max_size=5), st.integers(20, 200))
def test_no_piece_is_longer_than_allowed_and_no_character_is_lost(texts: list[str], longest: int) -> None:
    shown = pieces([said(text) for text in texts], PHRASES, Abilities(longest=longest))

    assert all(size(piece.text) <= longest for piece in shown)
    assert "".join("".join(piece.text for piece in shown).split()) == "".join("".join(texts).split())


def test_a_section_may_say_a_common_sentence_its_own_way() -> None:
    own = Wording({"channels.choose_hint": "大家的", "pager.choose_hint": "自己的", "channels.source_only": "都一样"})

    phrases = Phrases(own, Voice("hans", "cn"), "pager")

    assert (phrases.text("choose_hint"), phrases.text("source_only")) == ("自己的", "都一样")


@pytest.mark.parametrize("section", ["channels", "pager"])
def test_a_sentence_that_nobody_wrote_is_an_error(section: str) -> None:
    with pytest.raises(UnknownWording):
        Phrases(WORDING, Voice("hans", "cn"), section).text("no_such_sentence")
