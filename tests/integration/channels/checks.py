"""What every channel must do, each as one function over a harness; raises AssertionError where it does not.

`test_channel_conformance` runs all of them over all channels, `test_conformance_can_fail` over channels with a fault.
"""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

from contract.decisions import Answer, Choices, Handoff, Option, Runbook
from desk import attachments
from gateway.channels.splitting import size
from gateway.engine import Said
from tests.integration.channels.harness import Harness, png

QUESTION = "怎么导出报表？"
ENDS = "。！？；：…）)】\n"  # where a text may be cut
SIMPLIFIED = set("导报选择数复问题请吗来")  # characters that a Traditional text does not have
HANDOFF = Handoff("request", "import_export", "P2", "导入失败", {"phenomenon": "导入失败"})
CHOICES = Choices((Option("entry:a", "怎么导出报表"), Option("entry:b", "怎么打印清单")), "build", "trace")
MARKED = "# 步骤\n- 打开**设置**\n- 输入 `reset`\n\n```\nctl restart\n```"


def answer(*blocks: str, title: str = "怎么导出报表") -> Answer:
    return Answer("faq-a", "1", title, blocks, "手册", "2026-12-31", 0.9, "build", "trace")


async def keeps_the_order(harness: Harness) -> None:
    """What is said comes in the order in which it was said, within a turn and between turns."""
    world = harness.stage.world
    world.says(Runbook("run-a", "先救数据", ("停止写入。",), "手册", "build", "trace"))
    await harness.say("数据库坏了，全丢了！", "order-1")
    for number in (1, 2, 3):
        world.says(Said(f"第{number}个答复。"))
        await harness.say(f"第{number}个问题？", f"order-{number + 1}")
    shown = "\n".join(await harness.screen())
    wanted = ["先救数据", "停止写入", "第1个答复", "第2个答复", "第3个答复"]
    assert [shown.count(one) for one in wanted] == [1] * len(wanted), shown
    assert sorted(wanted, key=shown.index) == wanted, shown


async def takes_a_repeat_once(harness: Harness) -> None:
    """A message that the platform delivers again, at the same time or later, is one message with one answer."""
    harness.stage.world.says(Said("只答一次。"))
    await asyncio.gather(*(harness.say(QUESTION, "same") for _ in range(3)))
    await harness.say(QUESTION, "same")
    assert len(harness.stage.messages("user")) == 1
    assert len(harness.stage.world.asked) == 1
    assert "".join(await harness.screen()).count("只答一次") == 1


async def takes_the_same_words_again(harness: Harness) -> None:
    """Two messages of the same words are two."""
    harness.stage.world.says(Said("又问了一次。"))
    await harness.say(QUESTION, "one")
    await harness.say(QUESTION, "two")
    assert len(harness.stage.messages("user")) == 2
    assert "".join(await harness.screen()).count("又问了一次") == 2


async def lets_people_pick(harness: Harness, how: str) -> None:
    """Options are shown, and picked by a press, a digit or their words."""
    harness.stage.world.says(CHOICES)
    await harness.say("报表怎么弄？", "pick-1")
    shown = "\n".join(await harness.screen())
    for number, option in enumerate(CHOICES.options, 1):
        marked = option.label if harness.channel.abilities.buttons else f"{number}. {option.label}"
        assert marked in shown, shown
    harness.stage.world.says(Said("好的。"))
    if how == "press":
        await harness.press("怎么打印清单")
    else:
        await harness.say(how, "pick-2")
    picked = harness.stage.world.context.choice
    assert picked is not None
    assert picked["id"] == "entry:b"


async def shows_long_texts_whole(harness: Harness) -> None:
    """Nothing is lost or said twice, no piece is longer than the channel takes, cuts are at sentence ends."""
    lines = [f"第{number:03}步，打开窗口后点【下一步】并等待完成。" for number in range(1, 121)]
    harness.stage.world.says(answer("\n".join(lines)))
    await harness.say(QUESTION, "long-1")
    for more in range(2, 12):  # what does not fit at once comes when asked for
        if any(lines[-1] in piece for piece in await harness.screen()):
            break
        await harness.say("继续", f"long-{more}")
    pieces = await harness.screen()
    assert re.findall(r"第(\d{3})步", "".join(pieces)) == [f"{number:03}" for number in range(1, 121)]
    longest = harness.channel.abilities.longest
    assert longest is None or len(pieces) > 1
    for piece in pieces if longest is not None else ():
        assert size(piece) <= 2048
        assert piece.rstrip()[-1] in ENDS, piece[-40:]


async def keeps_pictures(harness: Harness) -> None:
    """A picture is stored for the human, who gets it, and acknowledged in words; the bot is not asked."""
    await harness.picture(png(), "picture-1")
    sent = harness.stage.messages("user")
    assert [one.kind for one in sent] == ["image"]
    with harness.stage.db.read() as session:
        kept = attachments.of_messages(session, [sent[0].id]).get(sent[0].id, ())
    assert [one.status in ("stored", "expected") for one in kept] == [True]
    assert harness.stage.world.asked == []
    shown = "".join(await harness.screen())
    assert all(word in shown for word in ("图片", "文字")), shown


async def hands_over_to_people(harness: Harness) -> None:
    """The ticket's number is told; then the bot is silent and the agent's words arrive, each once."""
    harness.stage.world.says(HANDOFF)
    await harness.say("转人工", "human-1")
    assert harness.stage.ticket().number in "".join(await harness.screen())
    harness.stage.take()
    await harness.stage.work()
    before = len(await harness.screen())
    harness.stage.world.says(Said("机器人插嘴。"))
    await harness.say("在吗？", "human-2")
    assert len(await harness.screen()) == before, "somebody else than the agent spoke"
    for key in ("click-1", "click-1", "click-2"):
        harness.stage.reply({"click-1": "您好，我是李伟。", "click-2": "请发一下日志。"}[key], key)
    await harness.stage.work()
    shown = "".join((await harness.screen())[before:])
    assert [shown.count(one) for one in ("我是李伟", "请发一下日志", "机器人插嘴")] == [1, 1, 0], shown
    assert shown.index("我是李伟") < shown.index("请发一下日志")


async def asks_whether_it_is_solved(harness: Harness) -> None:
    """解决了吗 and its score can be answered on the channel, and are counted."""
    harness.stage.world.says(HANDOFF)
    await harness.say("转人工", "survey-1")
    harness.stage.take()
    harness.stage.resolve("已重启服务。")
    await harness.stage.work()
    assert "已解决" in "".join(await harness.screen())
    await (harness.press("已解决") if harness.channel.abilities.buttons else harness.say("1", "survey-2"))
    assert harness.stage.ticket().status == "closed"
    await harness.say("5", "survey-3")
    assert "谢谢您的评价" in "".join(await harness.screen())


async def survives_a_while_of_trouble(harness: Harness) -> None:
    """What cannot get through now gets through later, once."""
    await _in_human_hands(harness)
    harness.trouble("for a while")
    harness.stage.reply("日志收到了。", "trouble-1")
    await harness.stage.work()
    assert "日志收到了" not in "".join(await harness.screen())
    assert harness.stage.counts().pending == (1 if harness.called else 0)
    harness.trouble("")
    for _ in range(3):
        await harness.stage.work(passing=timedelta(minutes=1))
    assert "".join(await harness.screen()).count("日志收到了") == 1
    assert harness.stage.counts().pending == 0


async def never_says_sent_of_what_was_refused(harness: Harness) -> None:
    """Refused for good is failed or parked, where the team sees it."""
    await _in_human_hands(harness)
    sent = harness.stage.counts().sent
    harness.trouble("for good")
    harness.stage.reply("日志收到了。", "trouble-2")
    for _ in range(3):
        await harness.stage.work(passing=timedelta(hours=2))
    counts = harness.stage.counts()
    assert "日志收到了" not in "".join(await harness.screen())
    assert counts.sent == sent
    assert counts.failed + counts.parked == 1
    assert counts.pending == 0


async def answers_in_the_readers_script(harness: Harness) -> None:
    """Who writes Traditional reads Traditional, the channel's own words included."""
    harness.stage.world.says(answer("点导出，再选择报表。"), CHOICES)
    await harness.say("請問怎麼匯出報表？", "script-1")
    shown = "".join(await harness.screen())
    assert "匯出報表" in shown
    assert not set(shown) & SIMPLIFIED, shown


async def shows_no_marks(harness: Harness) -> None:
    """Where markup is not shown, its marks are not either; where it is, they stay."""
    harness.stage.world.says(answer(MARKED))
    await harness.say(QUESTION, "marks-1")
    shown = "\n".join(await harness.screen())
    assert all(word in shown for word in ("步骤", "打开", "设置", "reset", "ctl restart"))
    marks = [mark for mark in ("**", "`", "# ", "- 打开") if mark in shown]
    assert bool(marks) is harness.channel.abilities.markup, shown


async def _in_human_hands(harness: Harness) -> None:
    harness.stage.world.says(HANDOFF)
    await harness.say("转人工", "human-1")
    harness.stage.take()
    await harness.stage.work()
