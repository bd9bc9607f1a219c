"""Train what changed: the engine's model from config.yml, bot/ and nlu_data/."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from gongda.errors import StepFailed, Unprepared
from gongda.fingerprint import fingerprint
from gongda.settings import Settings
from zhtext import tables

KEEP = 3  # models kept; an older one is a rename away from serving again


@dataclass(frozen=True)
class EngineModel:
    """The model for the present sources; `fresh` is False when it was there already."""

    path: Path
    fresh: bool


def engine_python(settings: Settings) -> Path:
    """The 3.10 environment's Python. Raises Unprepared."""
    python = settings.root / ".venv-engine" / "bin" / "python"
    if not python.exists():
        raise Unprepared("没有找到 .venv-engine，请先运行 make setup")
    return python


def model_path(settings: Settings) -> Path:
    """Where the model for the present sources is, or will be."""
    root = settings.root
    sources = [root / "config.yml", root / "bot", root / "zhtext", settings.own / "dictionary", *_data(settings)]
    mark = fingerprint(sources, (".yml", ".py", ".tsv", ".txt", ".jsonl"), root)
    return settings.models / f"engine-{mark}.tar.gz"


def train_engine(settings: Settings, *, force: bool = False) -> EngineModel:
    """Train unless the model for these very sources exists. Raises StepFailed naming the log."""
    path = model_path(settings)
    if path.exists() and not force:
        return EngineModel(path, fresh=False)
    settings.models.mkdir(parents=True, exist_ok=True)
    settings.logs.mkdir(parents=True, exist_ok=True)
    log = settings.logs / "train.log"
    with log.open("wb") as output:
        done = subprocess.run(
            _command(settings, path), cwd=settings.root, env=engine_env(settings), stdout=output, stderr=output
        )
    if done.returncode != 0 or not path.exists():
        raise StepFailed(f"训练对话引擎失败（退出码 {done.returncode}），详见 {log}")
    _forget_old(settings.models)
    return EngineModel(path, fresh=True)


def engine_env(settings: Settings) -> dict[str, str]:
    """The environment of every process of the engine: our product's words, no telemetry, no GPU probing, quiet
    TensorFlow."""
    return {
        **os.environ,
        tables.PRODUCT: str(settings.own),
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
    }


def _command(settings: Settings, path: Path) -> list[str]:
    """`--force`: Rasa's own cache does not see changes of the code behind our components and would restore old weights;
    whether to train at all is decided by `model_path`."""
    name = path.name.removesuffix(".tar.gz")
    return [
        str(engine_python(settings)), "-m", "rasa", "train", "--force", "--config", "config.yml",
        "--domain", "bot/domain", "--data", *map(str, _data(settings)),
        "--out", str(path.parent), "--fixed-model-name", name,
    ]  # fmt: skip


def _data(settings: Settings) -> list[Path]:
    """What the engine learns from: the dialogue, and the questions of the vendor's own product."""
    own = settings.own / "nlu"
    return [settings.root / "nlu_data", *([own] if own.is_dir() else [])]


def _forget_old(models: Path) -> None:
    kept = sorted(models.glob("engine-*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in kept[KEEP:]:
        old.unlink()
