from __future__ import annotations

import asyncio

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.tracker_store import BoundedTrackerStore

DOMAIN = Domain.from_yaml(
    """
version: "3.1"
intents: [greet]
slots:
  version:
    type: text
    influence_conversation: false
    mappings: [{type: custom}]
"""
)


def store(conversations: int = 3, events: int = 5) -> BoundedTrackerStore:
    return BoundedTrackerStore(DOMAIN, max_conversations=conversations, max_events=events)


async def talked(kept: BoundedTrackerStore, sender: str, times: int = 1) -> DialogueStateTracker:
    tracker = await kept.get_or_create_tracker(sender)
    for number in range(times):
        tracker.update(UserUttered(f"第{number}句"))
    await kept.save(tracker)
    return tracker


def test_the_live_tracker_itself_is_kept() -> None:
    async def scenario() -> None:
        kept = store()
        tracker = await talked(kept, "1:0")
        tracker.update(SlotSet("version", "6.2"))

        assert await kept.retrieve("1:0") is tracker
        assert await kept.retrieve_full_tracker("1:0") is tracker
        assert (await kept.get_or_create_tracker("1:0")).get_slot("version") == "6.2"

    asyncio.run(scenario())


def test_the_conversation_silent_longest_makes_room() -> None:
    async def scenario() -> None:
        kept = store(conversations=3)
        for sender in ("1:0", "2:0", "3:0"):
            await talked(kept, sender)
        await talked(kept, "1:0")  # speaks again
        await talked(kept, "4:0")

        assert sorted(await kept.keys()) == ["1:0", "3:0", "4:0"]
        assert await kept.retrieve("2:0") is None

    asyncio.run(scenario())


def test_a_long_conversation_remembers_only_its_end() -> None:
    async def scenario() -> None:
        kept = store(events=5)
        await talked(kept, "1:0", times=50)
        tracker: DialogueStateTracker | None = await kept.retrieve("1:0")

        assert tracker is not None
        assert len(tracker.events) == 5
        assert tracker.latest_message is not None
        assert tracker.latest_message.text == "第49句"

    asyncio.run(scenario())


def test_a_thousand_conversations_stay_within_the_bound() -> None:
    async def scenario() -> None:
        kept = store(conversations=10)
        for number in range(1_000):
            await talked(kept, f"{number}:0")

        assert len(list(await kept.keys())) == 10

    asyncio.run(scenario())


def test_a_deleted_conversation_is_gone() -> None:
    async def scenario() -> None:
        kept = store()
        await talked(kept, "1:0")

        await kept.delete("1:0")
        await kept.delete("never seen")

        assert await kept.retrieve("1:0") is None

    asyncio.run(scenario())


def test_rasa_finds_the_store_by_its_name_in_the_endpoints() -> None:
    endpoint = EndpointConfig(type="bot.tracker_store.BoundedTrackerStore", max_conversations=2, max_events=7)

    found = TrackerStore.create(endpoint, DOMAIN)

    inner = getattr(found, "_tracker_store", found)  # Rasa may wrap it to survive failures
    assert isinstance(inner, BoundedTrackerStore)
    assert inner.init_tracker("1:0")._max_event_history == 7
