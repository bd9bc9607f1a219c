"""Bots without a product around them: any pipeline, our intents, one fixed answer for each."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from evaluation.engine_models import QUIET, ROOT, components, fingerprint
from evaluation.labelled import read_training

_PYTHON = ROOT / ".venv-engine" / "bin" / "python"
# The size of a model does not depend on how long it was trained, and neither does the time of an answer.
SPEED_EPOCHS = 2


class BotFailed(Exception):
    """Training a bare bot ended with an error; the message names the log."""


@dataclass(frozen=True)
class Bare:
    """A trained bot, ready to be served."""

    name: str
    model: Path
    endpoints: Path
    python: Path = _PYTHON


def bare_bot(name: str, config: Path, data: Path, folder: Path) -> Bare:
    """Train a bot for speed measurements; one that is there already is used again. Raises BotFailed."""
    home = folder / f"{name}-{fingerprint([config, data, *components(config)])}"
    model = home / "model.tar.gz"
    endpoints = _write(home / "endpoints.yml", {})
    intents = sorted({question.label for question in read_training(data)})
    sources = [_write(home / "domain.yml", _domain(intents)), _write(home / "config.yml", _quick(config))]
    rules = _write(home / "rules.yml", _rules(intents))
    stories = _write(home / "stories.yml", _stories(intents))
    if not model.exists():
        _train(home, sources, [str(data / "intents"), str(rules), str(stories)])
    return Bare(name, model, endpoints)


def _train(home: Path, sources: Sequence[Path], data: Sequence[str]) -> None:
    domain, config = sources
    command = [str(_PYTHON), "-m", "rasa", "train", "--domain", str(domain), "--config", str(config), "--data", *data,
               "--out", str(home), "--fixed-model-name", "model"]  # fmt: skip
    env = {**os.environ, **QUIET, "RASA_CACHE_DIRECTORY": str(home / "cache")}
    with (home / "train.log").open("wb") as log:
        done = subprocess.run(command, cwd=ROOT, env=env, stdout=log, stderr=log, check=False)
    if done.returncode != 0 or not (home / "model.tar.gz").exists():
        raise BotFailed(f"training the bare bot ended with {done.returncode}; see {home / 'train.log'}")


def _domain(intents: Sequence[str]) -> dict[str, Any]:
    own = yaml.safe_load((ROOT / "bot" / "domain" / "intents.yml").read_text(encoding="utf-8"))
    fallbacks = ["nlu_fallback", "out_of_scope"]
    return {
        "version": "3.1",
        "intents": [*intents, *fallbacks],
        "entities": own.get("entities", []),
        "responses": {_utter(intent): [{"text": f"答复 {intent}"}] for intent in (*intents, *fallbacks)},
    }


def _rules(intents: Sequence[str]) -> dict[str, Any]:
    steps = [(intent, [{"intent": intent}, {"action": _utter(intent)}])
             for intent in (*intents, "nlu_fallback", "out_of_scope")]  # fmt: skip
    return {"version": "3.1", "rules": [{"rule": f"say {name}", "steps": step} for name, step in steps]}


def _stories(intents: Sequence[str]) -> dict[str, Any]:
    """A greeting and one question each: TED has something to learn, as in any stock bot. RulePolicy ignores them."""
    stories = [
        {"story": f"greet then {intent}", "steps": [
            {"intent": "greet"}, {"action": _utter("greet")}, {"intent": intent}, {"action": _utter(intent)},
        ]} for intent in intents if intent != "greet"
    ]  # fmt: skip
    return {"version": "3.1", "stories": stories}


def _quick(config: Path) -> dict[str, Any]:
    """The configuration with short training, which changes nothing about the time of an answer."""
    data: dict[str, Any] = yaml.safe_load(config.read_text(encoding="utf-8"))
    for part in (*data["pipeline"], *data["policies"]):
        if "epochs" in part:
            part["epochs"] = SPEED_EPOCHS
        if "max_iter" in part:
            part["max_iter"] = SPEED_EPOCHS
        if part["name"] == "RulePolicy":
            part.pop("core_fallback_action_name", None)  # there is no action server
    return data


def _utter(intent: str) -> str:
    return f"utter_{intent}"


def _write(path: Path, data: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path
