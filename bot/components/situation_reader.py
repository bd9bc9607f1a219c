"""Severity, category, emotion and the wish for a human, on every message."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components import stored
from bot.situation import Situations, from_arrays, to_arrays
from bot.situation_fitting import fit_situations, read_labelled, wishes


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SituationReader(GraphComponent):
    """Sets `situation`: priority, category, negative, complaint, wants_human, and their scores.

    Learns from `labelled` (see nlu_data/README.md), and the wish for a human from the intents as well.
    Without labelled messages it says nothing, and the actions fall back to the patterns of `zhtext`.
    """

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        return {"labelled": "nlu_data/situations"}  # *.jsonl

    def __init__(
        self,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: Optional[Situations] = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SituationReader:
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        labelled = read_labelled(Path(self._config["labelled"]))
        with self._model_storage.write_to(self._resource) as folder:
            if labelled:
                said = [m for m in training_data.intent_examples if m.get(TEXT)]
                spoken = wishes([m.get(TEXT) for m in said], [m.get(INTENT) for m in said])
                self._model = fit_situations([*labelled, *spoken])
                data, arrays = to_arrays(self._model)
                stored.save(folder, data, arrays)
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SituationReader:
        with model_storage.read_from(resource) as folder:
            found = stored.load(folder)
        return cls(config, model_storage, resource, from_arrays(*found) if found else None)

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            if self._model is not None and message.get(TEXT):
                message.set("situation", self._model.read(message.get(TEXT)).to_json(), add_to_output=True)
        return messages
