from __future__ import annotations

import asyncio
import os
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from gateway.channels.terminal.channel import Terminal
from gateway.channels.terminal.sitting import Refused, Sitting
from gateway.engine import Said
from gongda.commands.chatting import talk
from tests.integration.channels.checks import CHOICES, answer
from tests.integration.channels.harness import png
from tests.integration.channels.stage import Stage
from tests.integration.gateway.turn_world import WORDING


@pytest.fixture
def terminal(stage: Stage) -> Stage:
    stage.put_on(Terminal(WORDING))
    return stage


async def spoken(stage: Stage, *lines: str) -> str:
    """What is on the screen after these lines from a pipe."""
    queue, screen = asyncio.Queue[str](), StringIO()
    for line in (*lines, ""):
        queue.put_nowait(line)
    await talk(stage.services, Console(file=screen, width=400), queue, waits=True)
    return screen.getvalue()


async def test_lines_are_answered_one_after_the_other(terminal: Stage) -> None:
    shown = await spoken(terminal, "第一个问题？", "第二个问题？")

    assert WORDING.text("web.notice") in shown
    assert shown.index("答：第一个问题？") < shown.index("答：第二个问题？")


async def test_an_answer_shows_its_source_and_choices_their_numbers(terminal: Stage) -> None:
    terminal.world.says(answer("点导出。"), CHOICES)

    shown = await spoken(terminal, "怎么导出报表？")

    assert "来源：手册（版本 1" in shown
    assert "2. 怎么打印清单" in shown


async def test_a_line_that_is_too_long_is_refused_and_the_talk_goes_on(terminal: Stage) -> None:
    shown = await spoken(terminal, "长" * 3000, "怎么导出报表？")

    assert f"✗ {WORDING.text('errors.too_large', limit=2000)}" in shown
    assert "答：怎么导出报表？" in shown


async def test_a_path_that_leads_nowhere_is_a_line_like_any_other(terminal: Stage) -> None:
    assert "no/such/file.png 打不开？" in await spoken(terminal, "/no/such/file.png 打不开？")


@pytest.mark.parametrize("start", ["/", "./", "~/", "~nobody-here/"])
async def test_a_line_like_a_path_but_too_long_for_one_is_a_question(terminal: Stage, start: str) -> None:
    line = start + "导出" * 100

    await Sitting(terminal.services, terminal.flow, "me").say(line)

    assert [one.text for one in terminal.messages("user")] == [line]


async def test_a_file_that_is_too_big_is_not_read_to_its_end(terminal: Stage, tmp_path: Path) -> None:
    path = tmp_path / "big.png"
    path.touch()
    os.truncate(path, 1 << 40)  # a terabyte of nothing

    with pytest.raises(Refused, match="10 MB"):
        await Sitting(terminal.services, terminal.flow, "me").say(str(path))


async def test_a_file_that_is_no_picture_or_document_is_refused_with_the_reason(
    terminal: Stage, tmp_path: Path
) -> None:
    path = tmp_path / "tool.exe"
    await asyncio.to_thread(path.write_bytes, b"MZ\x90\x00" + bytes(200))

    with pytest.raises(Refused, match="不能发送"):
        await Sitting(terminal.services, terminal.flow, "me").say(str(path))


async def test_the_path_of_a_picture_sends_the_picture(terminal: Stage, tmp_path: Path) -> None:
    path = tmp_path / "screen shot.png"
    await asyncio.to_thread(path.write_bytes, png())

    shown = await spoken(terminal, f"'{path}'")

    assert "图片收到了" in shown
    assert [one.kind for one in terminal.messages("user")] == ["image"]


async def test_everything_said_is_shown_once_however_often_one_looks(terminal: Stage) -> None:
    sitting = Sitting(terminal.services, terminal.flow, "me")
    terminal.world.says(Said("好的。"))
    await sitting.say("怎么导出报表？")
    await terminal.work()

    looked = [[piece.text for piece in await sitting.news()] for _ in range(2)]

    assert looked == [["好的。"], []]
