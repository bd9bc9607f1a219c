"""Errors of the measurements.

EvaluationError
├── BadInput     a file is not what a measurement needs; one Chinese sentence, with the line where there is one
├── MissingPeer  a peer is not installed; says the command
└── Unfit        a peer cannot be built on these entries; says why, in Chinese
"""


class EvaluationError(Exception):
    """A measurement could not be made."""


class BadInput(EvaluationError):
    """What was handed in cannot be measured; the message names file, line and remedy."""


class MissingPeer(EvaluationError):
    """The peer to compare with is not part of an ordinary installation."""

    def __init__(self, name: str) -> None:
        super().__init__(f"没有安装用来比较的 {name}：先运行 .venv/bin/pip install -e '.[peers]'")


class Unfit(EvaluationError):
    """There is nothing to tell apart, or too much for the memory of an ordinary machine."""
