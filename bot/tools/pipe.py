"""Standard output is for answers alone: what Rasa, TensorFlow and warnings print goes to standard error."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any, TextIO

from bot.tools.errors import ToolError

Say = Callable[[Any], None]


def answering(work: Callable[[Say], int]) -> int:
    """Run `work` with a function that answers one JSON line; the exit status.

    An error of ours is answered as `{"error": sentence}`; any other is a traceback on standard error.
    """
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    logging.disable(logging.WARNING)

    def say(data: Any) -> None:
        answers.write(json.dumps(data) + "\n")
        answers.flush()

    try:
        return work(say)
    except ToolError as error:
        say({"error": str(error)})
        return error.exit_code
    except Exception:
        traceback.print_exc(file=sys.stderr)
        return 1
    finally:
        _close(answers)


def _close(answers: TextIO) -> None:
    with contextlib.suppress(BrokenPipeError):  # whoever asked has gone
        answers.close()
