"""JSON logs with phone numbers and secrets masked before they are written."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import datetime, timezone

_MASKS = (
    (re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)"), r"\1****\2"),  # mainland mobile
    (re.compile(r"(token|password|secret|key)=[^&\s\"']+", re.IGNORECASE), r"\1=***"),
    (re.compile(r"(?<!\d)\d{6}(?:19|20)\d{2}\d{6}\d?[\dXx](?!\d)"), "***"),  # identity number
)


def masked(text: str) -> str:
    """`text` as it may stand in a log."""
    for pattern, replacement in _MASKS:
        text = pattern.sub(replacement, text)
    return text


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "process": self._process,
            "logger": record.name,
            "message": masked(record.getMessage()),
        }
        if record.exc_info:
            line["exception"] = masked(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def configure_logs(process: str) -> None:
    """Send everything of this process to standard error as JSON; the supervisor keeps the files."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(process))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    # One line for each request of the event stream or of Rasa's action calls says nothing.
    for noisy in ("uvicorn.access", "httpx2", "httpcore2", "httpx", "rasa_sdk", "apscheduler"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
