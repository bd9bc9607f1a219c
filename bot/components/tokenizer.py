"""Words by jieba with the dictionary of the trade."""

from __future__ import annotations

from typing import Any, Dict, List

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from zhtext.segment import spans, tokenizer


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class ChineseTokenizer(Tokenizer):
    """Tokens of the normalised text; loads jieba's dictionary while the model loads, not at the first message."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        # Rasa's base class asks for these; intents are never split into words.
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ChineseTokenizer:
        tokenizer().initialize()
        return cls(config)

    @staticmethod
    def required_packages() -> List[str]:
        return ["jieba"]

    def tokenize(self, message: Message, attribute: str) -> List[Token]:
        return [Token(word, start) for word, start, _ in spans(message.get(attribute))]
