"""Errors of the tools; each message is one sentence for an operator, in Chinese.

ToolError
├── BadInput          a file, a line or an option is wrong
└── TrainingFailed    Rasa ended without a model
"""

from __future__ import annotations


class ToolError(Exception):
    """What was asked for could not be done."""

    exit_code = 1


class BadInput(ToolError):
    """Names the file, the line and what is wrong there."""

    exit_code = 2


class TrainingFailed(ToolError):
    """Carries the first error of Rasa's log."""
