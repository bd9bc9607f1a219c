"""What is certain wins over what is likely: a picked option, a ticket number, a bare error code."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components.intent_classifier import OUT_OF_SCOPE
from zhtext.wish import cancels_human, says_no, split_wish

# A code in a sentence with one of these intents does not turn it into a question about the code.
_KEEP = frozenset(
    {"request_human", "ticket_create", "ticket_status", "ticket_urge", "ticket_close", "complaint", "callback_request"}
)


# Below this probability of the best intent, the number says more than the words around it.
_CLEAR = 0.5


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class CertainIntents(GraphComponent):
    """Runs after the classifier and replaces its guess where the message leaves no doubt."""

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CertainIntents:
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            certain = _certain(message)
            if certain is not None:
                message.set(INTENT, {"name": certain, "confidence": 1.0}, add_to_output=True)
        return messages


def _certain(message: Message) -> Optional[str]:
    choice = (message.get("metadata") or {}).get("choice") or {}
    if choice.get("id", "").startswith("entry:"):
        return "choose_entry"
    intent = (message.get(INTENT) or {}).get("name")
    text = message.get(TEXT) or ""
    if cancels_human(text):
        return "cancel_human"  # 取消真人客服: the widget's own words for it
    if split_wish(text)[0]:
        return "request_human"
    if intent == "cancel_human" and not says_no(text):
        return "request_human"  # 拜託轉人工啦 shares all its words with the refusals but the no
    entities = {entity["entity"] for entity in message.get(ENTITIES) or []}
    if "ticket_number" in entities and _unclear(message):
        return "ticket_status"
    if "error_code" in entities and intent not in _KEEP:
        return "error_code_query"
    return None


def _unclear(message: Message) -> bool:
    """Nothing understood, declined as foreign, or one guess among several."""
    intent = message.get(INTENT) or {}
    return intent.get("name") in (None, OUT_OF_SCOPE) or float(intent.get("confidence") or 0.0) < _CLEAR
