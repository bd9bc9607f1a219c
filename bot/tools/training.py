"""`python -m bot.tools.training --config F --data F --out DIR`: one NLU model, in a process of its own.

Answers `{"model", "seconds", "cpu_seconds", "peak_rss_mb"}`; the times are of the training, without importing Rasa.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bot.tools.errors import TrainingFailed
from bot.tools.parsing import ONE_THREAD, QUIET
from bot.tools.pipe import Say, answering

_ERROR = re.compile(r"[\w.]*(?:Error|Exception|Invalid\w*|\w+NotFound\w*): \S")


@dataclass(frozen=True)
class Trained:
    """A model file and what making it cost."""

    model: Path
    seconds: float
    cpu_seconds: float
    peak_rss_mb: float


def train(config: Path, data: Path, folder: Path) -> Trained:
    """Train in a child process, whose memory is its own. Raises TrainingFailed."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "bot.tools.training", "--config", str(config), "--data", str(data)]
    # A cache of its own: a component taken from an earlier run would cost nothing.
    env = {**os.environ, **QUIET, **ONE_THREAD, "RASA_CACHE_DIRECTORY": str(folder / "cache")}
    with (folder / "train.log").open("wb") as log:
        done = subprocess.run(  # noqa: S603 - our own program
            [*command, "--out", str(folder)], env=env, stdout=subprocess.PIPE, stderr=log
        )
    if done.returncode != 0:
        said = (folder / "train.log").read_text(encoding="utf-8", errors="replace")
        sys.stderr.write(said)
        raise TrainingFailed(f"用 {config.name} 训练失败：{_reason(said)}")
    answer = json.loads(done.stdout)
    return Trained(Path(answer["model"]), answer["seconds"], answer["cpu_seconds"], answer["peak_rss_mb"])


def peak_rss_mb() -> float:
    """The most memory this process has had, in MiB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def rss_mb() -> float:
    """The memory of this process now, in MiB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, 1)


def _reason(log: str) -> str:
    """The first error of a log: Rasa's own, which follow it, only name the component."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    return next((line for line in lines if _ERROR.match(line)), lines[-1] if lines else "没有日志")


def _work(config: Path, data: Path, folder: Path, say: Say) -> int:
    from rasa.model_training import train_nlu

    wall, cpu = time.monotonic(), time.process_time()
    model = train_nlu(str(config), str(data), str(folder), fixed_model_name="model")
    if model is None:
        raise TrainingFailed(f"Rasa 没有从 {data.name} 训练出模型")
    seconds, cpu_seconds = round(time.monotonic() - wall, 2), round(time.process_time() - cpu, 2)
    say({"model": model, "seconds": seconds, "cpu_seconds": cpu_seconds, "peak_rss_mb": peak_rss_mb()})
    return 0


def main() -> None:
    """The command line."""
    options = argparse.ArgumentParser(prog="python -m bot.tools.training", description=__doc__)
    for name in ("--config", "--data", "--out"):
        options.add_argument(name, type=Path, required=True)
    given = options.parse_args()
    sys.exit(answering(lambda say: _work(given.config, given.data, given.out, say)))


if __name__ == "__main__":
    main()
