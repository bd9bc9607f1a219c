"""Rasa models of several pipelines on the same data: trained once each, in a process of their own, and kept."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
# One thread each, so that CPU time means the same for all; no GPU, no telemetry, no network.
QUIET = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_INTER_OP_PARALLELISM_THREADS": "1",
    "TF_INTRA_OP_PARALLELISM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "",
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONWARNINGS": "ignore",
}
_NICE = 10


class TrainingFailed(Exception):
    """Rasa's training ended with an error; the message names the log."""


@dataclass(frozen=True)
class Trained:
    """A model file and what making it cost. CPU seconds and memory include Rasa's own start."""

    model: str
    cpu_seconds: float
    wall_seconds: float
    peak_rss_mb: float
    trained_at: str


def train(config: Path, data: Path, folder: Path) -> Trained:
    """Rasa's `train nlu`; a model of the very same config, data and components is used again. Raises TrainingFailed."""
    name = f"{config.stem}-{fingerprint([config, data, *components(config)])}"
    note = folder / f"{name}.json"
    if note.exists() and (folder / f"{name}.tar.gz").exists():
        return Trained(**json.loads(note.read_text(encoding="utf-8")))
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "rasa", "train", "nlu", "--config", str(config), "--nlu", str(data),
               "--out", str(folder), "--fixed-model-name", name]  # fmt: skip
    began = time.monotonic()
    with (folder / f"{name}.log").open("wb") as log:
        # A cache of its own: a component taken from an earlier run would cost nothing.
        env = {**os.environ, **QUIET, "RASA_CACHE_DIRECTORY": str(folder / f"{name}.cache")}
        child = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log, preexec_fn=_be_nice)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0 or not (folder / f"{name}.tar.gz").exists():
        raise TrainingFailed(f"training {config} ended with {child.returncode}; see {folder / name}.log")
    done = Trained(
        model=str(folder / f"{name}.tar.gz"),
        cpu_seconds=round(used.ru_utime + used.ru_stime, 1),
        wall_seconds=round(time.monotonic() - began, 1),
        peak_rss_mb=round(used.ru_maxrss / 1024, 1),
        trained_at=time.strftime("%Y-%m-%dT%H:%M:%S"),
    )
    note.write_text(json.dumps(asdict(done), indent=1) + "\n", encoding="utf-8")
    return done


class Served:
    """A model in a child process. Use as a context manager; the child ends with it."""

    def __init__(self, model: str) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "evaluation.engine_child", model],
            cwd=ROOT, env={**os.environ, **QUIET}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, encoding="utf-8", preexec_fn=_be_nice,
        )  # fmt: skip
        self.started = self._answer()
        self.memory: dict[str, float] = {}

    def __enter__(self) -> Served:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.communicate()  # closes its input

    def parse(self, texts: Sequence[str]) -> list[dict[str, Any]]:
        """One result for each text, in order."""
        assert self._child.stdin is not None  # noqa: S101 - we asked for a pipe
        self._child.stdin.write(json.dumps({"texts": list(texts)}, ensure_ascii=False) + "\n")
        self._child.stdin.flush()
        answer = self._answer()
        self.memory = {"rss_mb": answer["rss_mb"], "peak_rss_mb": answer["peak_rss_mb"]}
        parsed: list[dict[str, Any]] = answer["parsed"]
        return parsed

    def _answer(self) -> dict[str, Any]:
        assert self._child.stdout is not None  # noqa: S101
        line = self._child.stdout.readline()
        if not line:
            raise TrainingFailed(f"the process of a model ended with {self._child.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer


def components(config: Path) -> list[Path]:
    """Our own code, where a pipeline uses it."""
    return [ROOT / "bot", ROOT / "zhtext"] if "name: bot." in config.read_text(encoding="utf-8") else []


def fingerprint(paths: Iterable[Path]) -> str:
    """Twelve hex digits of all that decides what a model becomes."""
    digest = hashlib.sha256()
    for path in paths:
        files = [path] if path.is_file() else sorted(f for f in path.rglob("*") if f.suffix in _SOURCES and f.is_file())
        for file in files:
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


_SOURCES = {".yml", ".py", ".tsv", ".txt"}


def _be_nice() -> None:
    os.setpriority(os.PRIO_PROCESS, 0, _NICE)
