from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from contract.turn import TurnContext
from desk import conversations, messages
from desk.conversations import Choice
from desk.errors import ConflictingRepeat
from gateway.engine import FakeEngine, Part, Said
from gateway.errors import TooLarge, Unusable
from gateway.turns.bursts import Pace
from gateway.turns.flow import _AT_ONCE, Flow, Incoming
from gateway.turns.line import Line
from tests.integration.gateway.turn_world import ANSWER, CHOICES, PATIENCE, World, texts
from tests.waiting import eventually


class Slow:
    """An engine that takes its time, and notices when it is asked twice at once for one conversation."""

    def __init__(self, *delays: float) -> None:
        self._delays = delays or (0.0,)
        self._free = asyncio.Event()
        self._free.set()
        self.asked: list[str] = []
        self.running: set[str] = set()
        self.overlapped: list[str] = []

    async def ask(self, sender: str, text: str, context: TurnContext) -> tuple[Part, ...]:
        conversation = sender.partition(":")[0]
        if conversation in self.running:
            self.overlapped.append(text)
        self.running.add(conversation)
        self.asked.append(text)
        await asyncio.sleep(self._delays[len(self.asked) % len(self._delays)])
        await self._free.wait()
        self.running.discard(conversation)
        return (Said(f"答：{text}"),)

    async def ready(self) -> bool:
        return True

    def hold(self) -> None:
        """It answers nothing until `let_go`."""
        self._free.clear()

    def let_go(self) -> None:
        self._free.set()

    async def until_asked(self) -> None:
        await eventually(lambda: self.running, "the engine is asked")


def with_engine(world: World, engine: Slow) -> Slow:
    world.engine = engine  # type: ignore[assignment]
    world.restart()
    return engine


def with_pace(world: World, pause: float, longest: float) -> None:
    world.pace = Pace(pause, longest)
    world.restart()


# -- bursts --------------------------------------------------------------------------------------


async def test_three_short_messages_are_one_turn(turns_world: World) -> None:
    with_pace(turns_world, pause=60.0, longest=120.0)

    accepted = [await turns_world.receive(text) for text in ("在吗", "导入报错", "ERROR_403")]
    outcomes = [await turns_world.flow.outcome(one, PATIENCE) for one in accepted]

    assert turns_world.asked == ["导入报错，ERROR_403"]
    assert all(outcomes)  # the code completed the question: nobody waited for a pause
    assert len({outcome.turn_id for outcome in outcomes if outcome}) == 1
    assert [one.seq for one in accepted] == [1, 2, 3]


async def test_fragments_are_answered_after_a_pause(turns_world: World) -> None:
    with_pace(turns_world, pause=2.0, longest=20.0)

    await turns_world.receive("在吗")
    await turns_world.say("打不开")

    assert turns_world.asked == ["打不开"]


async def test_whoever_never_pauses_gets_an_answer_all_the_same(turns_world: World) -> None:
    with_pace(turns_world, pause=0.3, longest=0.5)

    for _ in range(8):
        await turns_world.receive("嗯嗯")
        await asyncio.sleep(0.1)
    await turns_world.flow.idle()

    assert len(turns_world.asked) >= 2  # the first one before the talking was over
    assert "，".join(turns_world.asked).count("嗯嗯") == 8


@pytest.mark.parametrize("text", ["怎么导出报表", "ERROR_403", "转人工"])
async def test_a_complete_question_is_not_held_back(turns_world: World, text: str) -> None:
    with_pace(turns_world, pause=30.0, longest=60.0)

    assert texts(await turns_world.say(text)) == [f"答：{text}"]


async def test_an_answer_to_a_choice_or_a_form_is_not_held_back_either(turns_world: World) -> None:
    with_pace(turns_world, pause=30.0, longest=60.0)
    turns_world.says(CHOICES)
    await turns_world.say("报表怎么弄")
    turns_world.says(ANSWER)

    await turns_world.say("打印那个")

    assert turns_world.asked[-1] == "怎么打印报表"


async def test_what_arrives_during_a_turn_is_the_next_one(turns_world: World) -> None:
    engine = with_engine(turns_world, Slow())
    engine.hold()

    first = await turns_world.receive("怎么导出报表")
    await engine.until_asked()
    later = [await turns_world.receive("那手机端呢"), await turns_world.receive("怎么打印")]
    engine.let_go()
    outcomes = [await turns_world.flow.outcome(one, PATIENCE) for one in (first, *later)]

    assert engine.asked == ["怎么导出报表", "那手机端呢", "怎么打印"]
    assert engine.overlapped == []
    assert [texts(outcome) for outcome in outcomes if outcome] == [
        ["答：怎么导出报表"],
        ["答：那手机端呢"],
        ["答：怎么打印"],
    ]


async def test_a_story_in_pieces_is_one_turn_with_its_question(turns_world: World) -> None:
    engine = with_engine(turns_world, Slow())
    engine.hold()

    await turns_world.receive("我们项目昨天升级到 6.2 了")
    await engine.until_asked()
    for text in ("然后导入清单就报错", "ERROR_403", "怎么处理", "急"):
        await turns_world.receive(text)
    engine.let_go()
    await turns_world.flow.idle()

    assert engine.asked[1:] == ["然后导入清单就报错，ERROR_403，怎么处理", "急"]


async def test_questions_asked_without_network_are_answered_one_by_one(turns_world: World) -> None:
    with_pace(turns_world, pause=30.0, longest=60.0)  # a complete question ends the wait

    for text in ("在吗？", "怎么导出报表？", "手机端在哪里下载？", "一次能导多少行？"):
        await turns_world.receive(text)
    await turns_world.flow.idle()

    assert turns_world.asked == ["怎么导出报表？", "手机端在哪里下载？", "一次能导多少行？"]


@asynccontextmanager
async def nobody_is_let_in(world: World) -> AsyncIterator[None]:
    """What comes meanwhile waits in line."""
    line = Line(places=1)
    world.flow = Flow(world.services, pace=world.pace, line=line)
    async with line.place(0.0):
        yield
        await asyncio.sleep(0.05)


async def test_a_button_pressed_while_others_are_served_is_a_turn_by_itself(turns_world: World) -> None:
    turns_world.says(CHOICES)
    await turns_world.say("报表怎么弄")
    turns_world.says(ANSWER)

    async with nobody_is_let_in(turns_world):
        await turns_world.receive("那个", choice=Choice("entry:b", "怎么打印报表"))
        await turns_world.receive("一次能导多少行？")
    await turns_world.flow.idle()

    assert turns_world.asked[1:] == ["怎么打印报表", "一次能导多少行？"]


async def test_a_number_is_picked_and_not_read_into_the_question_behind_it(turns_world: World) -> None:
    turns_world.says(CHOICES)
    await turns_world.say("报表怎么弄")
    turns_world.says(ANSWER)

    async with nobody_is_let_in(turns_world):
        await turns_world.receive("2")
        await turns_world.receive("一次能导多少行？")
    await turns_world.flow.idle()

    assert turns_world.asked[1:] == ["怎么打印报表", "一次能导多少行？"]


async def test_what_was_offered_can_be_picked_though_the_next_question_was_written_before_it_came(
    turns_world: World,
) -> None:
    turns_world.script = lambda text, _: [CHOICES if "弄" in text else ANSWER]
    async with nobody_is_let_in(turns_world):
        await turns_world.receive("报表怎么弄")
        await turns_world.receive("一次能导多少行？")
    await turns_world.flow.idle()

    await turns_world.say("2")

    assert turns_world.asked[-1] == "怎么打印报表"


# -- turns never overlap -------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_turns_of_one_conversation_never_overlap_and_no_message_is_lost_or_doubled(
    turns_world: World, seed: int
) -> None:
    chance = random.Random(seed)
    engine = with_engine(turns_world, Slow(*(chance.uniform(0.0, 0.03) for _ in range(7))))
    users = ["visitor", "wang", "chen"]

    async def write(user: str, number: int) -> None:
        await asyncio.sleep(chance.uniform(0.0, 0.3))
        text = f"{user}第{number}个问题怎么办？"
        for _ in range(chance.choice([1, 1, 2, 3])):  # some deliveries are repeated
            accepted = await turns_world.flow.receive(Incoming("web", user, f"{user}-{number}", text))
        assert await turns_world.flow.outcome(accepted, 60.0) is not None

    await asyncio.gather(*(write(user, number) for user in users for number in range(8)))
    await turns_world.flow.idle()

    said = "，".join(engine.asked)
    assert engine.overlapped == []
    assert all(said.count(f"{user}第{number}个问题") == 1 for user in users for number in range(8))


# -- outcomes ------------------------------------------------------------------------------------


async def test_all_deliveries_of_a_message_share_one_outcome(turns_world: World) -> None:
    engine = with_engine(turns_world, Slow(0.1))

    async def deliver() -> object:
        accepted = await turns_world.receive("怎么导出报表", "wx-1")
        return await turns_world.flow.outcome(accepted, PATIENCE)

    outcomes = await asyncio.gather(*(deliver() for _ in range(8)))

    assert len(engine.asked) == 1
    assert outcomes[0] is not None
    assert all(outcome == outcomes[0] for outcome in outcomes)


async def test_only_the_first_delivery_is_fresh(turns_world: World) -> None:
    first = await turns_world.receive("怎么导出报表", "wx-1")
    again = await turns_world.receive("怎么导出报表", "wx-1")

    assert (first.fresh, again.fresh) == (True, False)
    assert (first.message_id, first.seq) == (again.message_id, again.seq)


async def test_an_outcome_that_is_late_is_none_and_the_turn_goes_on(turns_world: World) -> None:
    engine = with_engine(turns_world, Slow())
    engine.hold()
    accepted = await turns_world.receive("怎么导出报表")

    assert await turns_world.flow.outcome(accepted, 0.01) is None

    engine.let_go()
    outcome = await turns_world.flow.outcome(accepted, PATIENCE)
    assert outcome is not None
    assert texts(outcome) == ["答：怎么导出报表"]


async def test_two_may_wait_for_one_message_and_one_may_leave(turns_world: World) -> None:
    engine = with_engine(turns_world, Slow())
    engine.hold()
    accepted = await turns_world.receive("怎么导出报表")
    leaving = asyncio.create_task(turns_world.flow.outcome(accepted, PATIENCE))
    staying = asyncio.create_task(turns_world.flow.outcome(accepted, PATIENCE))
    await engine.until_asked()
    await asyncio.sleep(0)

    leaving.cancel()
    engine.let_go()

    outcome = await staying
    assert outcome is not None
    assert outcome.replies


async def test_the_same_id_with_other_words_is_refused(turns_world: World) -> None:
    await turns_world.say("怎么导出报表", "wx-1")

    with pytest.raises(ConflictingRepeat):
        await turns_world.receive("怎么打印报表", "wx-1")
    assert turns_world.asked == ["怎么导出报表"]


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "你好\ud800", "你好\0"])
async def test_what_cannot_be_used_is_refused_and_not_stored(turns_world: World, text: str) -> None:
    await turns_world.say("怎么导出报表")

    with pytest.raises(Unusable):
        await turns_world.receive(text)
    assert len(turns_world.messages()) == 2


async def test_a_text_at_the_limit_is_taken_and_one_over_it_is_refused(turns_world: World) -> None:
    await turns_world.say("怎" * 2_000)

    with pytest.raises(TooLarge) as refused:
        await turns_world.receive("怎" * 2_001)
    assert refused.value.values == {"limit": 2_000}


async def test_pictures_are_kept_for_the_human_and_open_no_turn(turns_world: World) -> None:
    accepted = await turns_world.receive("", kind="image", payload={"file": "a.png"})

    outcome = await turns_world.flow.outcome(accepted, PATIENCE)

    assert turns_world.asked == []
    assert outcome is not None
    assert outcome.replies == ()


# -- crashes -------------------------------------------------------------------------------------


async def stored_by_a_process_that_died(world: World, *messages: str) -> None:
    """Stored, and killed before the turn: the flow of the dead process does nothing any more."""
    dead = Flow(world.services, pace=Pace(pause=60.0, longest=60.0))
    for number, text in enumerate(messages):
        await asyncio.to_thread(dead._store, Incoming("web", "visitor", f"dead-{number}", text))
    world.clock.advance(timedelta(seconds=1))
    world.restart()


async def test_after_a_crash_the_turns_left_undone_are_run(turns_world: World) -> None:
    await stored_by_a_process_that_died(turns_world, "在吗", "怎么导出报表")

    assert await turns_world.flow.resume() == 2
    await turns_world.flow.idle()

    assert turns_world.asked == ["怎么导出报表"]
    assert [message.author for message in turns_world.messages()] == ["user", "user", "bot"]


async def test_however_many_a_crash_has_left_all_are_taken_up(turns_world: World) -> None:
    now = turns_world.clock()
    with turns_world.db.write() as session:
        for number in range(_AT_ONCE + 5):
            talk = conversations.open_for(session, "web", f"visitor {number}", now=now)
            messages.record_inbound(session, talk.id, f"m-{number}", "怎么导出报表", now=now)
    turns_world.clock.advance(timedelta(seconds=1))
    turns_world.restart()

    assert await turns_world.flow.resume() == _AT_ONCE + 5
    await turns_world.flow.idle()

    with turns_world.db.read() as session:
        assert messages.pending(session) == ()


async def test_what_was_done_before_the_crash_is_not_done_again(turns_world: World) -> None:
    await turns_world.say("怎么导出报表")
    turns_world.clock.advance(timedelta(seconds=1))
    turns_world.restart()

    assert await turns_world.flow.resume() == 0


async def test_the_senders_retry_during_the_recovery_changes_nothing(turns_world: World) -> None:
    await stored_by_a_process_that_died(turns_world, "怎么导出报表")
    await turns_world.flow.resume()

    outcome = await turns_world.say("怎么导出报表", "dead-0")

    assert texts(outcome) == ["答：怎么导出报表"]
    assert turns_world.asked == ["怎么导出报表"]


async def test_a_retry_alone_runs_what_a_crash_left_undone(turns_world: World) -> None:
    await stored_by_a_process_that_died(turns_world, "怎么导出报表")

    assert texts(await turns_world.say("怎么导出报表", "dead-0")) == ["答：怎么导出报表"]


async def test_a_turn_that_fails_does_not_stop_the_conversation(turns_world: World) -> None:
    fails = True

    class Broken(FakeEngine):
        async def ask(self, sender: str, text: str, context: TurnContext) -> tuple[Part, ...]:
            if fails:
                turns_world.db.close()  # the whole store is gone: not even an apology can be kept
            return await super().ask(sender, text, context)

    def script(text: str, context: TurnContext) -> Sequence[Part]:
        return (Said(f"答：{text}"),)

    turns_world.engine = Broken(script)
    turns_world.restart()
    lost = await turns_world.receive("怎么导出报表")
    await turns_world.flow.idle()
    turns_world.db.open()
    fails = False

    assert await turns_world.flow.outcome(lost, 1.0) is None
    assert texts(await turns_world.say("怎么打印报表")) == ["答：怎么打印报表"]
    assert texts(await turns_world.say("怎么导出报表", "m-1")) == ["答：怎么导出报表"]


async def test_the_flow_forgets_conversations_that_are_at_rest(turns_world: World) -> None:
    for number in range(20):
        incoming = Incoming("web", f"user-{number}", f"id-{number}", "怎么导出报表")
        await turns_world.flow.outcome(await turns_world.flow.receive(incoming), PATIENCE)
    await turns_world.flow.idle()

    assert turns_world.flow._mailboxes == {}
