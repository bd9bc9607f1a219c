from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

Process = Callable[..., Message]


@pytest.fixture
def storage(tmp_path: Path) -> LocalModelStorage:
    return LocalModelStorage.create(tmp_path)


@pytest.fixture
def make(storage: LocalModelStorage) -> Callable[..., Any]:
    """Creates a component the way Rasa's graph does."""

    def made(cls: Any, **config: Any) -> Any:
        defaults: dict[str, Any] = cls.get_default_config()
        context = ExecutionContext(GraphSchema({}))
        return cls.create({**defaults, **config}, storage, Resource("component"), context)

    return made


@pytest.fixture
def process(make: Callable[..., Any]) -> Process:
    """One message through one component; further keywords are what the message carries."""

    def processed(component: Any, text: str, **data: Any) -> Message:
        message = Message({TEXT: text, **data})
        component.process([message])
        return message

    return processed
