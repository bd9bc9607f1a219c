"""那手机端呢? becomes the whole question it stands for, before anything else reads it."""

from __future__ import annotations

from typing import Any, Dict, List

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from zhtext.followup import completed
from zhtext.normalize import normalize


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class FollowUps(GraphComponent):
    """`text` and `follow_up` become the completed question. The last question comes with the turn's metadata;
    while a form is being filled, short messages answer the form and stay as they are."""

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FollowUps:
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data  # an example follows up nothing

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            turn = message.get("metadata") or {}
            last = turn.get("last_question")
            if last and message.get(TEXT) and not turn.get("form") and not turn.get("choice"):
                whole = completed(message.get(TEXT), normalize(last))
                if whole is not None:
                    message.set(TEXT, whole, add_to_output=True)
                    message.set("follow_up", whole, add_to_output=True)
        return messages
