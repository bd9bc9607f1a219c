"""`rasa test core` on whole conversations in the customers' words, with the model that would be served."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rasa.core.test
import yaml
from rasa.core.agent import Agent
from rasa.core.processor import MessageProcessor
from rasa.core.test import WrongPredictionException

ROOT = Path(__file__).parents[2]
STORIES = sorted((Path(__file__).parent / "stories").glob("test_*.yml"))
MINUTES = 15

# The model of `gongda up` if these very sources have one, else one trained like it, beside pytest's own cache.
TRAIN = """
import sys
from pathlib import Path
from gongda.settings import Settings
from gongda.training import model_path, train_engine
there = model_path(Settings())
print(there if there.exists() else train_engine(Settings(data=Path(sys.argv[1]))).path)
"""


class IntentsOnly(MessageProcessor):
    """Without entities: ours overlap, which a story cannot write down; no rule looks at them, and they have tests."""

    async def parse_message(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {**await super().parse_message(*args, **kwargs), "entities": []}


@pytest.fixture(scope="session")
def model(pytestconfig: pytest.Config) -> Path:
    python = ROOT / ".venv" / "bin" / "python"
    if not python.exists():
        pytest.skip("needs .venv: make setup")
    cache = pytestconfig.cache
    assert cache is not None
    command = [str(python), "-c", TRAIN, str(cache.mkdir("engine"))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60 * MINUTES, check=False)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


@pytest.fixture(scope="session")
def agent(model: Path) -> Agent:
    agent = Agent()
    agent.processor = IntentsOnly(model, agent.tracker_store, agent.lock_store, agent.nlg)
    agent.domain = agent.processor.domain
    return agent


def told() -> Iterator[Any]:
    """Each story as a file of its own, so that a failure names it."""
    for path in STORIES:
        for story in yaml.safe_load(path.read_text(encoding="utf-8"))["stories"]:
            yield pytest.param(story, id=story["story"].replace(" ", "-"))


def run(agent: Agent, story: dict[str, Any], folder: Path) -> list[str]:
    """The actions of the story. Raises WrongPredictionException with what was understood or done instead."""
    path = folder / "test_story.yml"
    path.write_text(yaml.safe_dump({"version": "3.1", "stories": [story]}, allow_unicode=True), encoding="utf-8")
    testing = rasa.core.test.test(str(path), agent, e2e=True, fail_on_prediction_errors=True, disable_plotting=True)
    result = asyncio.run(testing)
    return [each["predicted"] for each in result["actions"] if each["predicted"] != "action_listen"]


@pytest.mark.parametrize("story", told())
def test_a_conversation_goes_as_it_is_told(agent: Agent, story: dict[str, Any], tmp_path: Path) -> None:
    assert run(agent, story, tmp_path) == [step["action"] for step in story["steps"] if "action" in step]


@pytest.mark.parametrize(
    "wrong",
    [
        [{"user": "再见", "intent": "greet"}, {"action": "utter_greet"}],
        [{"user": "再见", "intent": "bye"}, {"action": "utter_greet"}],
    ],
)
def test_a_conversation_that_goes_otherwise_is_noticed(agent: Agent, wrong: Any, tmp_path: Path) -> None:
    with pytest.raises(WrongPredictionException):
        run(agent, {"story": "wrong", "steps": wrong}, tmp_path)


def test_the_stories_tell_more_than_a_dozen_conversations() -> None:
    names = [each.values[0]["story"] for each in told()]

    assert len(names) == len(set(names)) > 12
