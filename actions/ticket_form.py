"""The form before a ticket: asks what is not known yet, and nothing else, and nothing twice."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.drafts import SKIPPED
from actions.empathy import needs_a_person, soothe
from actions.heard import Heard, heard
from zhtext.slots import slot_values
from zhtext.wish import split_wish

_PHENOMENON_CHARS = 2_000
_TELLING = 4  # characters; less than that beside 转人工 is no description
_DIGITS = re.compile(r"(?:\d[\s\-]*){5,}")  # an attempt at a number
_NO = re.compile(r"^(不是|不对|错了|说错了|不)[的了]?[,，。\s]*(应该)?是?")
_SHORT_NO = 6  # characters of 不方便, 不想留; a longer no tells something
# Said beside a wish for a human it tells no problem; the last question does.
_EMPTY = re.compile(
    r"^(还是|都|也|试了|试过了|我|已经|照做了|按你说的)*(不行|没用|不管用|没解决|没搞定|看不懂|搞不定|不会弄|不懂|不对|没好|弄不好|解决不了)[了啊呀,，。!！]*$"
)
_GOES_ON = re.compile(r"还是|仍然|依然|照样|试了|试过|没用|不管用|没解决|看不懂|搞不定|按你说的|照做|也不行|都不行")
_WISHES = ("request_human", "ticket_create", "callback_request")


class ValidateTicketForm(FormValidationAction):
    """`phenomenon` unless a question was asked before; `phone` only where leaving the page would lose the person.

    An emergency asks nothing, and who repeats the wish for a human is not asked any further.
    """

    def name(self) -> str:
        return "validate_ticket_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        """Who is upset hears a kind word before the first question.

        Later ones go without: an event of ours would look like an answer to what the form asked.
        """
        soothed = [] if tracker.get_slot("requested_slot") else soothe(dispatcher, heard(tracker), tracker)
        return [*soothed, *await super().run(dispatcher, tracker, domain)]

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
        asking = tracker.get_slot("requested_slot")
        if _insists(message, tracker) or _urgent(message, tracker):
            return [asking] if asking else ["phenomenon"] if message.emergency else []
        told = tracker.get_slot("phenomenon") or _came_along(message)
        asked = ["phenomenon"] if told or not message.context.last_question else []
        return [*asked, "phone"] if message.context.channel == "web" else asked

    def extract_phenomenon(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> dict[str, Any]:
        """What came along with the wish (转人工，审批卡住了); answers to the form's question the domain maps."""
        message = heard(tracker)
        if tracker.get_slot("requested_slot") == "phone" and message.intent == "deny" and len(message.text) > _SHORT_NO:
            # 不是，是入库单卡住了: a correction of what was told, not a refusal.
            return {"phenomenon": _NO.sub("", message.text)}
        said = _came_along(message) or (message.text if message.emergency else None)
        if _insists(message, tracker, "phenomenon"):
            return {"phenomenon": said or SKIPPED}
        return {"phenomenon": said} if said and not tracker.get_slot("phenomenon") else {}

    def extract_phone(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> dict[str, Any]:
        """A number known from an earlier episode, unless this turn brings one; an attempt at one goes to validation."""
        message = heard(tracker)
        if message.entity("phone"):
            return {}
        asking = tracker.get_slot("requested_slot") == "phone"
        if asking and message.intent == "deny" and len(message.text) <= _SHORT_NO:
            return {"phone": SKIPPED}
        if asking and message.emergency:
            return {"phone": SKIPPED}
        if asking and _DIGITS.search(message.text):
            return {"phone": message.text}
        if _insists(message, tracker, "phone"):
            return {"phone": SKIPPED}
        known = message.context.slots.get("phone")
        return {"phone": known} if known and not tracker.get_slot("phone") else {}

    def validate_phenomenon(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> dict[str, Any]:
        text = str(value).strip()
        readable = any(map(str.isalnum, text)) or text == SKIPPED
        return {"phenomenon": text[:_PHENOMENON_CHARS] if readable else None}

    def validate_phone(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> dict[str, Any]:
        if value == SKIPPED:
            return {"phone": SKIPPED}
        number = slot_values(str(value)).get("phone")
        if number is None and tracker.get_slot("requested_slot") == "phone":
            dispatcher.utter_message(response="utter_invalid_phone")
        return {"phone": number}


def _insists(message: Heard, tracker: Tracker, slot: str | None = None) -> bool:
    """转人工 or rage in reply to a question of the form (about `slot`, or any): no more questions."""
    asked = tracker.get_slot("requested_slot")
    told = message.intent in _WISHES or (message.intent != "complaint" and needs_a_person(message))
    return told and bool(asked) and slot in (None, asked)


def _urgent(message: Heard, tracker: Tracker) -> bool:
    """What is told now, or what the ticket is about."""
    told = tracker.get_slot("phenomenon") or message.context.last_question
    return message.emergency or bool(told and message.judged(told).emergency)


def _came_along(message: Heard) -> str | None:
    """The description that a wish for a human brings along, if it says enough."""
    wish, rest = split_wish(message.text)
    if wish:
        asked = message.context.last_question
        if asked and _GOES_ON.search(rest):
            # 关了Excel还是不行: what was tried, of the problem that was asked about.
            return None if _EMPTY.match(rest) else f"{asked}；{rest}"
        return rest if len(rest) >= _TELLING else None
    told = message.intent in _WISHES and message.situation.priority is not None
    return message.entity("phenomenon") if told else None
