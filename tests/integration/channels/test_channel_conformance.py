from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.integration.channels import checks
from tests.integration.channels.example_harness import example
from tests.integration.channels.harness import Harness
from tests.integration.channels.harnesses import HARNESSES
from tests.integration.channels.stage import Stage

EVERY = {**HARNESSES, "example": example}  # a new channel adds its harness here


@pytest.fixture(params=EVERY)
async def harness(request: pytest.FixtureRequest, stage: Stage) -> AsyncIterator[Harness]:
    async with EVERY[request.param](stage) as made:
        yield made


async def test_what_is_said_comes_in_order(harness: Harness) -> None:
    await checks.keeps_the_order(harness)


async def test_a_repeat_of_the_platform_is_one_message_with_one_answer(harness: Harness) -> None:
    await checks.takes_a_repeat_once(harness)


async def test_the_same_words_again_are_another_message(harness: Harness) -> None:
    await checks.takes_the_same_words_again(harness)


@pytest.mark.parametrize("how", ["press", "2", "第二个", "怎么打印清单", "打印清单的那个"])
async def test_options_are_shown_and_can_be_picked(harness: Harness, how: str) -> None:
    if how == "press" and not harness.channel.abilities.buttons:
        how = "2"
    await checks.lets_people_pick(harness, how)


async def test_a_long_text_comes_whole_and_is_cut_at_sentence_ends(harness: Harness) -> None:
    await checks.shows_long_texts_whole(harness)


async def test_a_picture_is_kept_for_the_human_and_acknowledged_in_words(harness: Harness) -> None:
    await checks.keeps_pictures(harness)


async def test_after_the_hand_off_only_the_agent_speaks_and_everything_comes_once(harness: Harness) -> None:
    await checks.hands_over_to_people(harness)


async def test_the_survey_is_asked_and_answered(harness: Harness) -> None:
    await checks.asks_whether_it_is_solved(harness)


async def test_what_cannot_get_through_now_gets_through_later_once(harness: Harness) -> None:
    await checks.survives_a_while_of_trouble(harness)


async def test_what_was_refused_for_good_is_never_called_sent(harness: Harness) -> None:
    if not harness.called:
        pytest.skip("nothing is sent: people come and look")
    await checks.never_says_sent_of_what_was_refused(harness)


async def test_who_writes_traditional_reads_traditional(harness: Harness) -> None:
    await checks.answers_in_the_readers_script(harness)


async def test_marks_are_shown_only_where_markup_is(harness: Harness) -> None:
    await checks.shows_no_marks(harness)
