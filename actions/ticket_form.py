"""The form before a ticket: asks what is not known yet, and nothing else."""

from __future__ import annotations

from typing import Any

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.drafts import SKIPPED
from actions.heard import heard
from zhtext.slots import slot_values
from zhtext.wish import split_wish

_PHENOMENON_CHARS = 2_000
_TELLING = 4  # characters; less than that beside 转人工 is no description


class ValidateTicketForm(FormValidationAction):
    """`phenomenon` unless a question was asked before; `phone` only where leaving the page would lose the person."""

    def name(self) -> str:
        return "validate_ticket_form"

    def domain_slots(self, domain: dict[str, Any]) -> list[str]:
        return ["phenomenon", "phone"]

    async def required_slots(
        self,
        domain_slots: list[str],
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],
    ) -> list[str]:
        message = heard(tracker)
        known = message.context.last_question and not tracker.get_slot("phenomenon") and not _came_along(message.text)
        asked = [] if known else ["phenomenon"]
        return [*asked, "phone"] if message.context.channel == "web" else asked

    def extract_phenomenon(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> dict[str, Any]:
        """What came along with the wish (转人工，审批卡住了); answers to the form's question the domain maps."""
        said = _came_along(heard(tracker).text)
        return {"phenomenon": said} if said and not tracker.get_slot("phenomenon") else {}

    def extract_phone(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> dict[str, Any]:
        """A number known from an earlier episode, unless this turn brings one."""
        known = heard(tracker).context.slots.get("phone")
        return {"phone": known} if known and not tracker.get_slot("phone") else {}

    def validate_phenomenon(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> dict[str, Any]:
        text = str(value).strip()
        return {"phenomenon": text[:_PHENOMENON_CHARS] or None}

    def validate_phone(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> dict[str, Any]:
        if value == SKIPPED:
            return {"phone": SKIPPED}
        number = slot_values(str(value)).get("phone")
        if number is None and tracker.get_slot("requested_slot") == "phone":
            dispatcher.utter_message(response="utter_invalid_phone")
        return {"phone": number}


def _came_along(text: str) -> str | None:
    """The description that a wish for a human brings along, if it says enough."""
    wish, rest = split_wish(text)
    return rest if wish and len(rest) >= _TELLING else None
