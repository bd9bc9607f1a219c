"""What is asked of the service desk: open, how far, hurry, complain, call back, suggest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import drafts
from actions.emergency import first_aid
from actions.empathy import needs_a_person, soothe
from actions.heard import Heard, heard
from actions.knowledge import Knowledge
from actions.take_back import ActionTakeBack
from contract.decisions import Complaint, Decision, Feedback, OpenTicket, TicketStatus, TicketUrge, to_json

Decide = Callable[[Heard, Mapping[str, Any]], Decision]
Draft = Callable[[Heard, Mapping[str, Any]], OpenTicket | Complaint]


class DeskAction(Action):
    """Says one decision; the gateway carries it out."""

    def __init__(self, name: str, decide: Decide) -> None:
        self._name = name
        self._decide = decide

    def name(self) -> str:
        return self._name

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        decision = self._decide(heard(tracker), tracker.current_slot_values())
        dispatcher.utter_message(json_message=to_json(decision))
        if (tracker.active_loop or {}).get("name"):
            return []  # asked in the middle of the form, which goes on with what it was told
        return [SlotSet("phenomenon", None)]


class ActionLeaveForm(Action):
    """The form is cancelled: what was told for it is forgotten, as the sentence says."""

    def name(self) -> str:
        return "action_leave_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        dispatcher.utter_message(response="utter_form_cancelled")
        return [SlotSet("phenomenon", None)]


class ActionOpenTicket(Action):
    """The complete form, or a complaint: in an emergency the first aid comes before the number."""

    def __init__(self, name: str, decide: Draft, knowledge: Knowledge) -> None:
        self._name = name
        self._decide = decide
        self._knowledge = knowledge

    def name(self) -> str:
        return self._name

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        message, slots = heard(tracker), tracker.current_slot_values()
        events = soothe(dispatcher, message, tracker)
        decided = self._decide(message, slots)
        told = f"{drafts.problem_of(message, slots)} {message.text}"
        aid = first_aid(self._knowledge, decided.category, told) if decided.priority == "P1" else None
        if aid:
            dispatcher.utter_message(json_message=to_json(aid))
        dispatcher.utter_message(json_message=to_json(decided))
        return [*events, SlotSet("phenomenon", None)]


def desk_actions(knowledge: Knowledge) -> list[Action]:
    """Every action that asks something of the desk."""
    return [
        ActionTakeBack(knowledge),
        ActionLeaveForm(),
        ActionOpenTicket("action_open_ticket", drafts.open_ticket, knowledge),
        ActionOpenTicket("action_complaint", drafts.complaint, knowledge),
        DeskAction("action_callback", drafts.callback),
        DeskAction("action_suggestion", _suggestion),
        DeskAction("action_ticket_status", lambda message, _: TicketStatus(message.entity("ticket_number"))),
        DeskAction("action_ticket_urge", _urge),
        DeskAction("action_unhelpful", _unhelpful),
    ]


def _suggestion(message: Heard, slots: Mapping[str, Any]) -> Decision:
    """A wish is a ticket too, but nobody has to take over the chat for it."""
    kept = drafts.known_slots(message, slots)
    return OpenTicket(category="suggestion", priority="P4", summary=message.text[: drafts.SUMMARY_CHARS], slots=kept)


def _urge(message: Heard, slots: Mapping[str, Any]) -> Decision:
    """Hurry with the ticket; rage without a ticket wants a person, not a number."""
    if needs_a_person(message) and not message.context.open_tickets:
        return drafts.handoff(message, slots, "emotion")
    return TicketUrge(message.entity("ticket_number"))


def _unhelpful(message: Heard, slots: Mapping[str, Any]) -> Decision:
    """没用: one 👎 for the last answer, or a person where nerves are at an end."""
    return drafts.handoff(message, slots, "emotion") if needs_a_person(message) else Feedback(helpful=False)
