"""Error codes and slots as entities; the book of codes is re-read when the index changes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Dict, List, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from zhtext.codes import CodeBook, FoundCode
from zhtext.slots import SLOTS, Found, find_slots, verbatim

INDEX = "GONGDA_INDEX"  # environment variable: the folder of index builds


class LiveCodeBook:
    """The codes of the current index build, without retraining: `codes.json` is looked at on every message.

    One `stat` of a small file costs some microseconds; a missing or half-written file leaves the last good book.
    """

    def __init__(self, index: Path) -> None:
        self._index = index
        self._seen: Optional[str] = None
        self._book = CodeBook(())

    def book(self) -> CodeBook:
        try:
            current = (self._index / "CURRENT").read_text(encoding="utf-8").strip()
            if current != self._seen:
                self._book, self._seen = CodeBook(_codes(self._index / current / "codes.json")), current
        except (OSError, ValueError):
            pass  # the index is not built yet or is being replaced; actions report its state
        return self._book


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class CodeAndSlotExtractor(GraphComponent):
    """Entities `error_code` and the slots of `zhtext.slots`; `codes` lists what retrieval should look up."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        return {"index": "var/index"}  # where `gongda kb build` puts its builds

    def __init__(self, config: Dict[str, Any]) -> None:
        # The builds of whoever started this engine: a scratch stack and another data directory have their own.
        self._codes = LiveCodeBook(Path(os.environ.get(INDEX) or config["index"]))

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CodeAndSlotExtractor:
        return cls(config)

    def process(self, messages: List[Message]) -> List[Message]:
        book = self._codes.book()
        for message in messages:
            text = message.get(TEXT) or ""
            written = message.get("original") or text
            codes = book.find(text)
            slots = [_slot_entity(slot, written) for slot in find_slots(text, SLOTS)]
            found = [_code_entity(code) for code in codes] + slots
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
            message.set("codes", [_code(code) for code in codes], add_to_output=True)
        return messages


def _codes(file: Path) -> List[str]:
    """The keys of codes.json: code -> ids of its entries. Raises OSError, ValueError."""
    table = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(table, dict):
        raise ValueError(f"{file} holds no table of codes")
    return list(table)


def _code(code: FoundCode) -> Dict[str, Any]:
    return {"text": code.text, "canonical": code.canonical, "codes": list(code.codes)}


def _code_entity(code: FoundCode) -> Dict[str, Any]:
    return {"entity": "error_code", "value": code.canonical, "start": code.start, "end": code.end, **_ORIGIN}


def _slot_entity(slot: Found, written: str) -> Dict[str, Any]:
    """Offsets are those of the normalised text; what is quoted is quoted in the writer's own script."""
    value = verbatim(written, slot.value) if slot.name in _QUOTED else slot.value
    return {"entity": slot.name, "value": value, "start": slot.start, "end": slot.end, **_ORIGIN}


_QUOTED = frozenset({"phenomenon", "when", "frequency"})
_ORIGIN = {"extractor": "CodeAndSlotExtractor", "confidence_entity": 1.0}
