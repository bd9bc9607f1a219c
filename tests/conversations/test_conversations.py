"""Every dialogue of the YAML files in this folder, through the real channels, engine and actions."""

from __future__ import annotations

from pathlib import Path

import pytest

from gongda.replay import ScratchStack
from tests.conversations.dialogue import Dialogue
from tests.conversations.judging import complaints, transcript
from tests.conversations.reading import read_folder

pytestmark = pytest.mark.e2e


def cases() -> list[object]:
    """A dialogue with a known gap must fail: the day it passes, the line has to go."""
    return [
        pytest.param(
            dialogue,
            id=dialogue.name,
            marks=[pytest.mark.xfail(reason=dialogue.known_gap, strict=True)] if dialogue.known_gap else [],
        )
        for dialogue in read_folder(Path(__file__).parent)
    ]


@pytest.mark.parametrize("dialogue", cases())
def test_the_dialogue_goes_as_written(dialogue: Dialogue, scratch: ScratchStack) -> None:
    result = scratch.play(dialogue.script())

    wrong = complaints(dialogue, result)

    if wrong:
        shown = "\n".join([*(f"✗ {what}" for what in wrong), "", transcript(result)])
        pytest.fail(f"{dialogue.name}（{dialogue.channel}）\n{shown}", pytrace=False)
