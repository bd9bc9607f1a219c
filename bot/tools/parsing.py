"""A trained Rasa model as a function from texts to parse results, without a server."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# One thread, so that CPU time means the same for every pipeline; read when the libraries are imported.
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_INTER_OP_PARALLELISM_THREADS": "1",
    "TF_INTRA_OP_PARALLELISM_THREADS": "1",
}
QUIET = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "",
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONWARNINGS": "ignore",
}


@dataclass(frozen=True)
class Parsed:
    """What the pipeline says of a text, and the CPU time of the whole process that it took, in milliseconds."""

    data: dict[str, Any]
    cpu_ms: float


class Parser:
    """The model at `path`; importing Rasa and loading take 5-15 s."""

    def __init__(self, path: Path) -> None:
        for name, value in {**QUIET, **ONE_THREAD}.items():
            os.environ.setdefault(name, value)
        from rasa.core.agent import Agent
        from rasa.utils.log_utils import configure_structlog

        configure_structlog(logging.ERROR)  # left alone it prints every message and its parse, and takes time for it
        self._agent = Agent.load(str(path))

    def parse(self, texts: Sequence[str]) -> list[Parsed]:
        """One result for each text, in order; one message at a time, as in service."""
        return asyncio.run(self._parse(texts))

    async def _parse(self, texts: Sequence[str]) -> list[Parsed]:
        parsed = []
        for text in texts:
            began = time.process_time()
            data = await self._agent.parse_message(text)
            parsed.append(Parsed(data, (time.process_time() - began) * 1000))
        return parsed
