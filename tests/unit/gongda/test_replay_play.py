import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from contract.decisions import Answer, Choices, OpenTicket, Option
from contract.turn import TurnContext
from desk import conversations, messages, outbox, turns
from desk.calendar import FixedHours
from desk.clock import FixedClock
from desk.database import Database
from desk.turns import Content, TurnDraft
from gateway.answers import FakeAnswers
from gateway.channels.known import all_channels
from gateway.channels.wechat.delivering.delivery import drafts
from gateway.engine import FakeEngine, Part, Said
from gateway.errors import NoReply
from gateway.hub import Hub
from gateway.services import Services
from gateway.settings import GatewaySettings
from gateway.wording import Wording
from gongda.replay import ScratchStack, Script, ScriptResult, Turn
from gongda.replay.player import Player
from gongda.replay.record import Record
from gongda.replay.stack import fake_account
from gongda.replay.stage import STEPS, Stage, stage
from zhtext.contacts import AllowList

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc)  # a Monday, 10:00 in Beijing
ANSWER = Answer(
    "faq-a", "1", "怎么导出报表", ("打开软件。", "点【导出】。"), "手册", "2026-12-31", 0.9, "build", "trace"
)
CHOICES = Choices((Option("entry:a", "怎么导出报表"), Option("entry:b", "怎么打印报表")), "build", "trace")
TICKET = OpenTicket("import_export", "P2", "导入失败", {"phenomenon": "导入失败", "version": "6.2"})
LONG = "先在【备份恢复】里备份数据库，再继续下一步。" * 60  # 3,960 bytes: passive, and two more
BOTH = pytest.mark.parametrize("channel", ["web", "wechat"])

Reaction = Callable[[str, TurnContext], Sequence[Part]]


def echo(text: str, _: TurnContext) -> Sequence[Part]:
    return (Said(f"答：{text}"),)


def says(*parts: Part) -> Reaction:
    return lambda text, context: parts


def silent(text: str, context: TurnContext) -> Sequence[Part]:
    raise NoReply("engine_silent")


def services(engine: FakeEngine) -> Services:
    return Services(
        db=Database("sqlite:///unused.db"),
        clock=FixedClock(NOW),
        engine=engine,
        answers=FakeAnswers(),
        hub=Hub(),
        calendar=FixedHours(),
        wording=Wording.load(),
        settings=GatewaySettings("http://engine", "http://actions", actions_token="t", secret="s"),
        contacts=AllowList(),
        channels=all_channels(Wording.load(), pushes=False),
    )


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "desk.db"
    database = Database(f"sqlite:///{path}").open()
    database.migrate()
    database.close()
    return path


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as made:
        yield made


class Theatre:
    """A stack whose engine does what a test wants; `wechat_waits` are the seconds WeChat waits for an answer."""

    def __init__(self, template: Path, folder: Path, runner: asyncio.Runner) -> None:
        self._place = (template, folder, runner)
        self.engine = FakeEngine(echo)

    def play(
        self, script: Script, react: Reaction = echo, *, delay: float = 0.0, wechat_waits: float = 5.0
    ) -> ScriptResult:
        self.engine = FakeEngine(react, delay)
        account = replace(fake_account(), passive_deadline=wechat_waits, cut=wechat_waits + 0.5)
        template, folder, runner = self._place
        stack = ScratchStack(services(self.engine), template, folder, runner, FixedClock(NOW), account)
        return stack.play(script)

    @property
    def asked(self) -> list[str]:
        return [text for _, text, _ in self.engine.asked]


@pytest.fixture
def theatre(template: Path, tmp_path: Path, runner: asyncio.Runner) -> Theatre:
    return Theatre(template, tmp_path, runner)


@BOTH
def test_each_turn_gets_its_own_answer(theatre: Theatre, channel: str) -> None:
    result = theatre.play(Script.saying(channel, "怎么导出报表？", "怎么打印报表？", id="two"))

    assert result.id == "two"
    assert [(turn.user, turn.texts) for turn in result.turns] == [
        ("怎么导出报表？", ("答：怎么导出报表？",)),
        ("怎么打印报表？", ("答：怎么打印报表？",)),
    ]


def test_an_answer_is_its_title_and_blocks_in_the_script_of_the_question(theatre: Theatre) -> None:
    result = theatre.play(Script.saying("web", "怎麼匯出報表？"), says(ANSWER))
    assert result.turns[0].texts == ("怎麼匯出報表\n開啟軟體。\n點【导出】。",)


@BOTH
def test_no_channel_names_a_stranger(theatre: Theatre, channel: str) -> None:
    answer = replace(ANSWER, blocks=("打开软件，点【导出】。", "不行就打 400-999-8888。"))

    (turn,) = theatre.play(Script.saying(channel, "怎么导出报表？"), says(answer)).turns

    assert "点【导出】" in turn.texts[0]
    assert "8888" not in "".join(turn.texts)


@BOTH
def test_options_stand_beside_the_texts(theatre: Theatre, channel: str) -> None:
    result = theatre.play(Script.saying(channel, "报表怎么办？"), says(CHOICES))
    assert result.turns[0].options[:2] == ("怎么导出报表", "怎么打印报表")
    assert result.to_json()["turns"][0]["options"][0] == "怎么导出报表"


@BOTH
def test_what_the_engine_has_decided_is_told(theatre: Theatre, channel: str) -> None:
    (turn,) = theatre.play(Script.saying(channel, "怎么导出报表？"), says(ANSWER)).turns
    assert [(decision["type"], decision["entry_id"]) for decision in turn.decisions] == [("answer", "faq-a")]


@BOTH
def test_a_ticket_is_told_by_its_number(theatre: Theatre, channel: str) -> None:
    (turn,) = theatre.play(Script.saying(channel, "导入失败怎么办？"), says(TICKET)).turns
    assert turn.ticket is not None
    assert turn.ticket.startswith("GD-20261123-0001-")
    assert turn.ticket in turn.texts[0]


@BOTH
def test_the_pieces_of_a_burst_are_one_question_and_the_last_gets_the_answer(theatre: Theatre, channel: str) -> None:
    said = [
        Turn(text, NOW + timedelta(seconds=n)) for n, text in enumerate(["在吗", "导入报错", "ERROR_403", "版本六"])
    ]

    result = theatre.play(Script.saying(channel, *said[:3]))

    assert theatre.asked == ["导入报错，ERROR_403"]
    assert [turn.texts for turn in result.turns] == [(), (), ("答：导入报错，ERROR_403",)]


@BOTH
def test_a_complete_question_in_a_burst_is_answered_by_itself(theatre: Theatre, channel: str) -> None:
    said = [Turn(text, NOW + timedelta(seconds=n)) for n, text in enumerate(["怎么导出报表？", "在线等"])]

    result = theatre.play(Script.saying(channel, *said))

    assert [turn.texts for turn in result.turns] == [("答：怎么导出报表？",), ("答：在线等",)]


@BOTH
def test_a_text_that_is_too_long_shows_what_the_channel_says(theatre: Theatre, channel: str) -> None:
    (turn,) = theatre.play(Script.saying(channel, "长" * 2001)).turns
    assert "2000" in turn.texts[0]
    assert theatre.asked == []
    assert not turn.degraded


def test_a_burst_whose_end_is_refused_is_answered_all_the_same(theatre: Theatre) -> None:
    said = [Turn("在吗", NOW), Turn("长" * 2001, NOW + timedelta(seconds=1))]

    result = theatre.play(Script.saying("web", *said))

    assert result.turns[0].texts == ("答：在吗",)
    assert "2000" in result.turns[1].texts[0]


@BOTH
def test_an_engine_that_is_silent_is_told_as_degraded(theatre: Theatre, channel: str) -> None:
    (turn,) = theatre.play(Script.saying(channel, "怎么导出报表？"), silent).turns
    assert turn.degraded
    assert turn.texts


def test_the_parts_of_a_long_wechat_answer_belong_to_one_turn(theatre: Theatre) -> None:
    result = theatre.play(
        Script.saying("wechat", "怎么备份？", "谢谢"), lambda t, c: (Said(LONG if "备份" in t else t),)
    )

    assert len(result.turns[0].texts) == 3
    assert sum(text.count("备份数据库") for text in result.turns[0].texts) == 60
    assert result.turns[1].texts == ("谢谢",)
    assert result.turns[1].pushed == ()


def test_an_answer_that_comes_too_late_for_wechat_is_pushed_and_belongs_to_its_turn(theatre: Theatre) -> None:
    (turn,) = theatre.play(Script.saying("wechat", "怎么备份？"), delay=0.3, wechat_waits=0.1).turns
    assert turn.texts == ("答：怎么备份？",)
    assert turn.pushed == ()


def test_the_engine_hears_the_time_of_the_script(theatre: Theatre) -> None:
    theatre.play(Script.saying("web", Turn("怎么导出？", NOW + timedelta(hours=12)), "怎么打印？"))

    contexts = [context for _, _, context in theatre.engine.asked]
    assert [context.now for context in contexts] == ["2026-11-23T14:00:00+00:00", "2026-11-23T14:00:20+00:00"]
    assert not contexts[0].working


def test_more_turns_than_a_visitor_may_send_in_a_minute_are_no_trouble(theatre: Theatre) -> None:
    result = theatre.play(Script.saying("web", *(f"第{n}种报表怎么导出？" for n in range(40))))
    assert all(turn.texts[0].startswith("答：") for turn in result.turns)


def test_scripts_under_way_at_once_share_neither_contact_nor_memory(
    template: Path, tmp_path: Path, runner: asyncio.Runner
) -> None:
    engine = FakeEngine(echo, delay=0.02)
    stack = ScratchStack(services(engine), template, tmp_path, runner, FixedClock(NOW))
    scripts = [Script.saying("web", f"{n}怎么导出？", f"{n}怎么打印？", id=str(n)) for n in range(4)]

    async def together() -> list[ScriptResult]:
        return await asyncio.gather(*map(stack.perform, scripts))

    results = runner.run(together())

    assert [result.turns[1].texts for result in results] == [(f"答：{n}怎么打印？",) for n in range(4)]
    assert len({sender for sender, _, _ in engine.asked}) == 4
    assert list(tmp_path.iterdir()) == []


@BOTH
async def test_what_somebody_says_unasked_is_pushed_to_the_next_turn(
    template: Path, tmp_path: Path, channel: str
) -> None:
    async with stage(services(FakeEngine(echo)), template, tmp_path, NOW, fake_account()) as made:
        made.ticks.insert(0, Reminder(made, channel, NOW + timedelta(minutes=30)).tick)
        script = Script.saying(channel, Turn("怎么导出？", NOW), Turn("怎么打印？", NOW + timedelta(hours=1)))
        result = await Player(made, channel).play(script, NOW)

    assert [turn.pushed for turn in result.turns] == [(), ("还在处理。",)]
    assert result.turns[1].texts == ("答：怎么打印？",)
    assert result.pushed_after == ()


@BOTH
async def test_what_comes_after_the_last_turn_is_told_too(template: Path, tmp_path: Path, channel: str) -> None:
    async with stage(services(FakeEngine(echo)), template, tmp_path, NOW, fake_account()) as made:
        made.ticks.insert(0, Reminder(made, channel, NOW + timedelta(seconds=10)).tick)
        result = await Player(made, channel).play(Script.saying(channel, "怎么导出？"), NOW)

    assert result.pushed_after == ("还在处理。",)
    assert result.to_json()["pushed_after"] == ["还在处理。"]


async def test_timers_go_off_on_the_way_to_a_later_turn(template: Path, tmp_path: Path) -> None:
    async with stage(services(FakeEngine(echo)), template, tmp_path, NOW, fake_account()) as made:
        seen: list[datetime] = []

        async def tick() -> int:
            seen.append(made.clock())
            return 0

        made.ticks.append(tick)
        await made.move_on(NOW + timedelta(minutes=3, seconds=30))
        await made.move_on(NOW + timedelta(days=30))

    moments = list(dict.fromkeys(seen))  # where another timer had something to do, all look once more
    assert [(moment - NOW).total_seconds() for moment in moments[:4]] == [60, 120, 180, 210]
    assert moments[-1] == NOW + timedelta(days=30)
    assert len(moments) < 4 + STEPS + 2


def test_decisions_are_those_that_the_turn_has_recorded(template: Path, tmp_path: Path) -> None:
    (tmp_path / "desk.db").write_bytes(template.read_bytes())
    database = Database(f"sqlite:///{tmp_path / 'desk.db'}").open()
    with database.write() as session:
        conversation = conversations.open_for(session, "web", "visitor", now=NOW)
        content = Content(outcome={"decisions": [{"type": "decline", "reason": "no_evidence"}]})
        turns.record_turn(session, TurnDraft("t1", conversation.id, ()), content, now=NOW)

    found = Record(database).turn("t1")

    assert found is not None
    assert found.decisions == ({"type": "decline", "reason": "no_evidence"},)
    assert Record(database).turn("t2") is None
    database.close()


class Reminder:
    """Says something once when its time has come, as a timer of the worker's would."""

    def __init__(self, made: Stage, channel: str, when: datetime) -> None:
        self._stage, self._channel, self._when = made, channel, when

    async def tick(self) -> int:
        now = self._stage.clock()
        if now < self._when:
            return 0
        self._when = datetime.max.replace(tzinfo=timezone.utc)
        with self._stage.services.db.write() as session:
            conversation = conversations.get(session, 1)
            messages.add(session, 1, "system", "还在处理。", now=now)
            if self._channel == "wechat":
                for draft in drafts("还在处理。", openid=conversation.external_id, conversation_id=1, key="r"):
                    outbox.enqueue(session, draft, now=now)
        return 1
