"""The first sentence to somebody who is angry or desperate; once in an episode, or it rings hollow."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.heard import Heard
from zhtext import emotion

SOOTHED = "soothed"  # the slot that remembers it


def soothe(dispatcher: CollectingDispatcher, message: Heard, tracker: Tracker) -> list[Any]:
    """Say the sentence where it is due; the events that remember it."""
    if not message.situation.negative or tracker.get_slot(SOOTHED):
        return []
    dispatcher.utter_message(response="utter_empathy")
    return [SlotSet(SOOTHED, True)]


def needs_a_person(message: Heard) -> bool:
    """Strong words, or a second angry message: no answer of a machine helps any more."""
    if not message.situation.negative:
        return False
    earlier = list(message.before.values())
    return emotion.strong(message.text) or bool(earlier and earlier[-1].negative)
