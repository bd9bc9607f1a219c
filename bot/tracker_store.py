"""Live trackers in memory, bounded in number and length.

Rasa's own in-memory store serialises a tracker after each turn and rebuilds it from its events
before the next, a third of a turn's cost. Here the tracker object itself stays. Nothing is
written to disk: the gateway's database is the record, and a lost conversation is seeded anew.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Iterable, Optional

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker


class BoundedTrackerStore(TrackerStore):
    """Keeps the `max_conversations` used last; each tracker remembers its last `max_events` events."""

    def __init__(
        self,
        domain: Domain,
        event_broker: Optional[EventBroker] = None,
        max_conversations: int = 5_000,
        max_events: int = 200,
        host: Optional[str] = None,
        **kwargs: Any,
    ) -> None:
        self._trackers: OrderedDict[str, DialogueStateTracker] = OrderedDict()
        self._max_conversations = max_conversations
        self._max_events = max_events
        super().__init__(domain, event_broker, **kwargs)

    def init_tracker(self, sender_id: str) -> DialogueStateTracker:
        """A new tracker with a bounded history: the action call carries every event."""
        return DialogueStateTracker(sender_id, self.domain.slots, max_event_history=self._max_events)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the live object; drop the conversation that has been silent longest."""
        self._trackers[tracker.sender_id] = tracker
        self._trackers.move_to_end(tracker.sender_id)
        while len(self._trackers) > self._max_conversations:
            self._trackers.popitem(last=False)

    async def retrieve(self, sender_id: str) -> Optional[DialogueStateTracker]:
        return self._trackers.get(sender_id)

    async def retrieve_full_tracker(self, sender_id: str) -> Optional[DialogueStateTracker]:
        return self._trackers.get(sender_id)

    async def delete(self, sender_id: str) -> None:
        self._trackers.pop(sender_id, None)

    async def keys(self) -> Iterable[str]:
        return list(self._trackers)
