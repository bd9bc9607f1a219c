"""Channels with one fault each, for the test that the conformance suite can fail: the worked example, spoiled."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from desk.conversations import Conversation
from desk.messages import Message
from desk.outbox import Delivery
from desk.session import Session
from gateway.channels.channel import Piece, Said, Verdict
from gateway.channels.phrases import Phrases
from gateway.channels.words import pieces
from gateway.render import Voice
from tests.integration.channels import checks
from tests.integration.channels.example import Im, ImSender
from tests.integration.channels.example_harness import Colleague, FakeMessenger
from tests.integration.channels.harness import Harness
from tests.integration.channels.stage import Stage
from tests.integration.gateway.turn_world import WORDING

Check = Callable[[Harness], Awaitable[None]]


class NewestFirst(FakeMessenger):
    async def post(self, user: str, text: str) -> int:
        self.shown.insert(0, text)
        return 200


class Deaf(Colleague):
    """Loses the platform's id: each delivery is a message of its own."""

    async def say(self, text: str, message_id: str) -> None:
        await super().say(text, uuid.uuid4().hex)


class ByWords(Colleague):
    """Takes the words for the id."""

    async def say(self, text: str, message_id: str) -> None:
        await super().say(text, str(hash(text)))


class Quoting(Colleague):
    """Puts something before what the person said."""

    async def say(self, text: str, message_id: str) -> None:
        await super().say(f"用户说：{text}", message_id)


class PictureAsWords(Colleague):
    async def picture(self, data: bytes, message_id: str) -> None:
        await self.say("[图片]", message_id)


class PictureLost(Colleague):
    async def picture(self, data: bytes, message_id: str) -> None:
        await self.stage.work()


class Bare(Im):
    """The words alone, without what can be picked."""

    def render(self, said: Sequence[Said], reader: Voice) -> tuple[Piece, ...]:
        return tuple(Piece(one.text) for one in said)


class First(Im):
    """What does not fit is gone."""

    def render(self, said: Sequence[Said], reader: Voice) -> tuple[Piece, ...]:
        return super().render(said, reader)[:1]


class Torn(Im):
    """Cut wherever the limit is."""

    def render(self, said: Sequence[Said], reader: Voice) -> tuple[Piece, ...]:
        whole = "".join(
            piece.text for piece in pieces(said, Phrases(WORDING, reader), replace(self.abilities, longest=None))
        )
        return tuple(Piece(whole[at : at + 301]) for at in range(0, len(whole), 301))


class Endless(Im):
    """Never cut at all."""

    def render(self, said: Sequence[Said], reader: Voice) -> tuple[Piece, ...]:
        return pieces(said, Phrases(WORDING, reader), replace(self.abilities, longest=None))


class Twice(Im):
    """Forgets what it has recorded for a key."""

    def record(
        self, session: Session, conversation: Conversation, said: Sequence[Message], *, key: str, now: datetime
    ) -> None:
        super().record(session, conversation, said, key=uuid.uuid4().hex, now=now)


class BotOnly(Im):
    """Delivers nothing that nobody asked for."""

    def record(
        self, session: Session, conversation: Conversation, said: Sequence[Message], *, key: str, now: datetime
    ) -> None:
        if all(one.author == "bot" for one in said):
            super().record(session, conversation, said, key=key, now=now)


class Simplified(Im):
    def render(self, said: Sequence[Said], reader: Voice) -> tuple[Piece, ...]:
        return super().render(said, Voice("hans", "cn"))


class Marked(Im):
    def render(self, said: Sequence[Said], reader: Voice) -> tuple[Piece, ...]:
        return pieces(said, Phrases(WORDING, reader), replace(self.abilities, markup=True))


class Liar(ImSender):
    """Says `sent` whatever the other side has answered."""

    async def send(self, delivery: Delivery) -> Verdict:
        await self._messenger.post(str(delivery.payload["to"]), str(delivery.payload["text"]))
        return await self._settling.sent(delivery)


class GivesUp(ImSender):
    """Takes every trouble for a refusal."""

    async def send(self, delivery: Delivery) -> Verdict:
        if await self._messenger.post(str(delivery.payload["to"]), str(delivery.payload["text"])) == 200:
            return await self._settling.sent(delivery)
        return await self._settling.failed(delivery, "no", permanent=True)


class Stubborn(ImSender):
    """Takes every refusal for trouble."""

    async def send(self, delivery: Delivery) -> Verdict:
        if await self._messenger.post(str(delivery.payload["to"]), str(delivery.payload["text"])) == 200:
            return await self._settling.sent(delivery)
        return await self._settling.failed(delivery, "no")


@dataclass(frozen=True)
class Fault:
    """What is wrong, and which check must see it."""

    check: Check
    person: type[Colleague] = Colleague
    channel: type[Im] = Im
    messenger: type[FakeMessenger] = FakeMessenger
    sender: type[ImSender] = ImSender

    @asynccontextmanager
    async def harness(self, stage: Stage) -> AsyncIterator[Harness]:
        channel, messenger = self.channel(WORDING), self.messenger()
        stage.put_on(channel, [self.sender(messenger, stage.db, stage.clock)])
        yield self.person(stage, messenger, channel)


PICKED = partial(checks.lets_people_pick, how="2")
FAULTS: dict[str, Fault] = {
    "the newest comes first": Fault(checks.keeps_the_order, messenger=NewestFirst),
    "a repeat gets an id of its own": Fault(checks.takes_a_repeat_once, person=Deaf),
    "equal words are one message": Fault(checks.takes_the_same_words_again, person=ByWords),
    "options are not shown": Fault(PICKED, channel=Bare),
    "a digit does not arrive as a digit": Fault(PICKED, person=Quoting),
    "the end of a long text is lost": Fault(checks.shows_long_texts_whole, channel=First),
    "a long text is torn in the middle of sentences": Fault(checks.shows_long_texts_whole, channel=Torn),
    "a long text is not cut": Fault(checks.shows_long_texts_whole, channel=Endless),
    "a picture becomes words": Fault(checks.keeps_pictures, person=PictureAsWords),
    "a picture is lost": Fault(checks.keeps_pictures, person=PictureLost),
    "the agent is heard twice": Fault(checks.hands_over_to_people, channel=Twice),
    "the agent is not heard": Fault(checks.hands_over_to_people, channel=BotOnly),
    "the survey does not arrive": Fault(checks.asks_whether_it_is_solved, channel=BotOnly),
    "the survey cannot be answered": Fault(checks.asks_whether_it_is_solved, person=Quoting),
    "trouble is called success": Fault(checks.survives_a_while_of_trouble, sender=Liar),
    "trouble is called refusal": Fault(checks.survives_a_while_of_trouble, sender=GivesUp),
    "what was refused is called sent": Fault(checks.never_says_sent_of_what_was_refused, sender=Liar),
    "what was refused is tried for ever": Fault(checks.never_says_sent_of_what_was_refused, sender=Stubborn),
    "the channel's words are Simplified": Fault(checks.answers_in_the_readers_script, channel=Simplified),
    "marks are shown": Fault(checks.shows_no_marks, channel=Marked),
}
