"""One fused classifier: character n-grams and words, linear, with an out-of-scope decision.

Serving is a gather and a sum over a NumPy matrix: no scikit-learn, no TensorFlow on the message path.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components import stored
from bot.fitting import Examples, fit
from bot.linear import LinearIntents, from_arrays, to_arrays
from zhtext.normalize import normalize

OUT_OF_SCOPE = "out_of_scope"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(GraphComponent):
    """Sets `intent` and `intent_ranking`, and `out_of_scope` with its score and decision.

    Out of scope is a decision, not a class: a gate whose threshold rejects `rejection_budget` of the training
    questions, each judged by a model that has not seen it.
    """

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        return {
            "rejection_budget": 0.05,  # share of in-scope questions that may be declined
            "out_of_scope": "nlu_data/out_of_scope",  # *.txt, a foreign text a line; for the gate only, may be absent
            "C": 1.0,  # inverse regularisation of the linear model
            "ranking_length": 5,  # how many intents `intent_ranking` lists
        }

    def __init__(
        self,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: Optional[LinearIntents] = None,
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
    ) -> LinearIntentClassifier:
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        examples = [m for m in training_data.intent_examples if m.get(TEXT)]
        self._model = fit(
            Examples(
                texts=tuple(m.get(TEXT) for m in examples),
                labels=tuple(m.get(INTENT) for m in examples),
                foreign=_foreign(self._config["out_of_scope"]),
            ),
            budget=self._config["rejection_budget"],
            strength=self._config["C"],
        )
        data, arrays = to_arrays(self._model)
        with self._model_storage.write_to(self._resource) as folder:
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
    ) -> LinearIntentClassifier:
        with model_storage.read_from(resource) as folder:
            found = stored.load(folder)
        return cls(config, model_storage, resource, from_arrays(*found) if found else None)

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            self._classify(message)
        return messages

    def _classify(self, message: Message) -> None:
        if self._model is None or message.get(TEXT) is None:
            return
        if not message.get(TEXT):  # a picture sign alone: nothing to read is nothing we answer
            message.set(INTENT, {"name": OUT_OF_SCOPE, "confidence": 1.0}, add_to_output=True)
            message.set("out_of_scope", {"score": 1.0, "decision": True}, add_to_output=True)
            return
        guess = self._model.classify(message.get(TEXT))
        ranking = [{"name": name, "confidence": p} for name, p in guess.ranking[: self._config["ranking_length"]]]
        out = {"score": guess.out_of_scope, "decision": guess.rejected}
        top = {"name": OUT_OF_SCOPE, "confidence": guess.out_of_scope} if guess.rejected else ranking[0]
        message.set(INTENT, top, add_to_output=True)
        message.set("intent_ranking", ranking, add_to_output=True)
        message.set("out_of_scope", out, add_to_output=True)


def _foreign(folder: Optional[str]) -> Tuple[str, ...]:
    """The texts that belong to no intent, normalised like everything else."""
    if not folder:
        return ()
    lines = [line for path in sorted(Path(folder).glob("*.txt")) for line in path.read_text("utf-8").splitlines()]
    return tuple(normalize(line) for line in lines if line.strip())
