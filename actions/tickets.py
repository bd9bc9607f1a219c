"""What is asked of the service desk: open, how far, hurry, complain, call back, suggest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import drafts
from actions.heard import Heard, heard
from contract.decisions import Decision, OpenTicket, TicketStatus, TicketUrge, to_json

Decide = Callable[[Heard, Mapping[str, Any]], Decision]


class DeskAction(Action):
    """Says one decision; the gateway carries it out."""

    def __init__(self, name: str, decide: Decide, forget: tuple[str, ...] = ()) -> None:
        self._name = name
        self._decide = decide
        self._forget = forget

    def name(self) -> str:
        return self._name

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        decision = self._decide(heard(tracker), tracker.current_slot_values())
        dispatcher.utter_message(json_message=to_json(decision))
        return [SlotSet(slot, None) for slot in self._forget]


def desk_actions() -> list[Action]:
    """Every action that asks something of the desk."""
    return [
        DeskAction("action_open_ticket", drafts.open_ticket, forget=("phenomenon",)),
        DeskAction("action_complaint", drafts.complaint),
        DeskAction("action_callback", drafts.callback),
        DeskAction("action_suggestion", _suggestion),
        DeskAction("action_ticket_status", lambda message, _: TicketStatus(message.entity("ticket_number"))),
        DeskAction("action_ticket_urge", lambda message, _: TicketUrge(message.entity("ticket_number"))),
    ]


def _suggestion(message: Heard, slots: Mapping[str, Any]) -> Decision:
    """A wish is a ticket too, but nobody has to take over the chat for it."""
    kept = drafts.known_slots(message, slots)
    return OpenTicket(category="suggestion", priority="P4", summary=message.text[: drafts.SUMMARY_CHARS], slots=kept)
