"""What is certain wins over what is likely: a picked option, a plain wish, a ticket number, a bare error code."""

from __future__ import annotations

import json
import re
from typing import Any, Dict, FrozenSet, List, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.intent_classifier import OUT_OF_SCOPE
from contract.decisions import ENTRY
from zhtext.wish import cancels_human, says_no, split_wish

# A code in a sentence with one of these intents does not turn it into a question about the code.
_KEEP = frozenset({"request_human", "ticket_create", "complaint", "callback_request"})
_ABOUT_A_TICKET = frozenset({"ticket_status", "ticket_urge", "ticket_close"})
# Moves of a conversation: none of them is what somebody means who names an error code or tells of a disaster.
_TALK = frozenset(
    {"greet", "thanks", "bye", "bot_challenge", "affirm", "deny", "repeat", "praise", "provide_info"}
    | {"feedback_helpful", "feedback_unhelpful"}
)
# The topic of an emergency by what the person feels.
_FELT = {"data_loss": "data_loss_recovery", "network": "network_offline", "login": "login_failure"}
# What has to be heard by the situation model as well.
_EVIDENCE = {"request_human": ("wants_human",), "complaint": ("complaint", "negative")}
_NO_HELP = re.compile(
    r"没(有|什么|啥|得)?(帮助|帮到|用处|作用|效果|解决)|没用(?!过)|(不|无)(管用|顶用|起作用|好使|得要领|对题)|帮不[上到了]|解决不了|无效|无助"
)
# Who says one of these is served by a person anyway, in the way that was asked for.
_PEOPLE = frozenset({"callback_request", "complaint", "remote_onsite_service", "ticket_create"})


# Below this probability of the best intent, the number says more than the words around it.
_CLEAR = 0.5


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class CertainIntents(GraphComponent):
    """Runs last and replaces the guess where the message leaves no doubt; only ever by an intent that was trained.

    On other data than this product's (`gongda eval intents`) none of these intents exists, and it does nothing.
    """

    def __init__(
        self,
        model_storage: ModelStorage,
        resource: Resource,
        intents: FrozenSet[str] = frozenset(),
    ) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._intents = intents

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CertainIntents:
        return cls(model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        self._intents = frozenset(map(str, training_data.intents))
        with self._model_storage.write_to(self._resource) as folder:
            (folder / "intents.json").write_text(json.dumps(sorted(self._intents)), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> CertainIntents:
        with model_storage.read_from(resource) as folder:
            intents = frozenset(json.loads((folder / "intents.json").read_text(encoding="utf-8")))
        return cls(model_storage, resource, intents)

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            certain = _picked(message) or self._certain(message)
            if certain is not None:
                message.set(INTENT, {"name": certain, "confidence": 1.0}, add_to_output=True)
        return messages

    def _certain(self, message: Message) -> Optional[str]:
        for said in (_wish(message), _emergency(message), _number(message), _feedback(message)):
            if said in self._intents:
                return said
        return _without_evidence(message)


def _without_evidence(message: Message) -> Optional[str]:
    """人工费怎么录入: a wish to the intents, and none to the model that learnt just that. Complaints likewise."""
    situation = message.get("situation")
    evidence = _EVIDENCE.get((message.get(INTENT) or {}).get("name") or "")
    if situation is None or evidence is None or any(situation[flag] for flag in evidence):
        return None
    ranked = [each["name"] for each in message.get("intent_ranking") or []]
    return next((name for name in ranked if name not in (*_EVIDENCE, "cancel_human")), None)


def _picked(message: Message) -> Optional[str]:
    choice = (message.get("metadata") or {}).get("choice") or {}
    return "choose_entry" if choice.get("id", "").startswith(ENTRY) else None


def _wish(message: Message) -> Optional[str]:
    """A person, or no person any more."""
    intent = (message.get(INTENT) or {}).get("name")
    text = message.get(TEXT) or ""
    if cancels_human(text):
        return "cancel_human"  # 取消真人客服: the widget's own words for it
    if split_wish(text)[0]:
        return "request_human"
    if intent == "cancel_human" and not says_no(text):
        return "request_human"  # 拜託轉人工啦 shares all its words with the refusals but the no
    wants = (message.get("situation") or {}).get("wants_human", False)
    return "request_human" if wants and intent not in _PEOPLE else None


def _emergency(message: Message) -> Optional[str]:
    """全公司都打不开，没有一个人能用 is no feedback on the last answer."""
    situation = message.get("situation") or {}
    intent = (message.get(INTENT) or {}).get("name")
    sure = situation.get("priority") == "P1" and situation["scores"]["priority"] >= _CLEAR
    return _FELT.get(situation["category"], "crash") if sure and intent in (_TALK | _ABOUT_A_TICKET) else None


def _number(message: Message) -> Optional[str]:
    """A ticket or a code is named, and nothing clear is asked beside it."""
    intent = (message.get(INTENT) or {}).get("name")
    entities = {entity["entity"] for entity in message.get(ENTITIES) or []}
    if "ticket_number" in entities and _unclear(message):
        return "ticket_status"
    if "error_code" not in entities or intent in _KEEP:
        return None
    # 急急急，ERROR_403 怎么处理: nobody urges a ticket that is not there.
    ticketless = intent in _ABOUT_A_TICKET and (message.get("metadata") or {}).get("open_tickets") == 0
    return "error_code_query" if ticketless or intent in _TALK or _unclear(message) else None


def _feedback(message: Message) -> Optional[str]:
    """没有帮助 shares all its words with 有帮助 but the no."""
    helpful = (message.get(INTENT) or {}).get("name") == "feedback_helpful"
    return "feedback_unhelpful" if helpful and _NO_HELP.search(message.get(TEXT) or "") else None


def _unclear(message: Message) -> bool:
    """Nothing understood, declined as foreign, or one guess among several."""
    intent = message.get(INTENT) or {}
    return intent.get("name") in (None, OUT_OF_SCOPE) or float(intent.get("confidence") or 0.0) < _CLEAR
