"""The tools of the engine's side (`bot.tools.*`): started here in their own Python, answering in JSON lines."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gongda.errors import GongdaError, StepFailed
from gongda.settings import Settings
from gongda.training import EngineModel, engine_env, engine_python


class ToolRefused(GongdaError):
    """A tool's own sentence about its input."""

    exit_code = 2


def understand(settings: Settings, model: EngineModel, texts: Sequence[str]) -> list[dict[str, Any]]:
    """What the model makes of each text, in order. Raises StepFailed."""
    asked = "".join(f"{json.dumps(text)}\n" for text in texts)
    results = run(settings, "understand", ["--model", str(model.path)], asked)
    if len(results) != len(texts):
        raise StepFailed(f"对话引擎只答了 {len(results)} 句（共 {len(texts)} 句），详见 {_log(settings, 'understand')}")
    return results


def run(
    settings: Settings, name: str, arguments: Sequence[str], asked: str = "", accept: Sequence[int] = (0,)
) -> list[dict[str, Any]]:
    """`python -m bot.tools.NAME`: its answers, when it ends with one of the statuses `accept`.

    Raises ToolRefused for wrong input, StepFailed naming the log.
    """
    log = _log(settings, name)
    log.parent.mkdir(parents=True, exist_ok=True)
    env = {**engine_env(settings), "GONGDA_INDEX": str(settings.index)}
    with log.open("wb") as errors:
        done = subprocess.run(  # noqa: S603 - our own program
            [str(engine_python(settings)), "-m", f"bot.tools.{name}", *arguments],
            cwd=settings.root, env=env, input=asked.encode("ascii"), stdout=subprocess.PIPE, stderr=errors,
        )  # fmt: skip
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    crashed = done.returncode != 0 and not answers
    if crashed or done.returncode not in accept or any("error" in answer for answer in answers):
        raise _failure(name, done.returncode, answers, log)
    return answers


def _failure(name: str, status: int, answers: Sequence[dict[str, Any]], log: Path) -> GongdaError:
    told = next((answer["error"] for answer in answers if "error" in answer), None)
    if told and status == ToolRefused.exit_code:
        return ToolRefused(told)
    return StepFailed(f"{told}；详见 {log}" if told else f"bot.tools.{name} 失败（退出码 {status}），详见 {log}")


def _log(settings: Settings, name: str) -> Path:
    return settings.logs / f"tool-{name}.log"
