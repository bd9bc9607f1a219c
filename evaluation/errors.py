"""Errors of the measurements.

EvaluationError
├── BadInput     a file is not what a measurement needs; one Chinese sentence, with the line where there is one
└── Unfit        a peer cannot be built on these entries; says why, in Chinese
"""


class EvaluationError(Exception):
    """A measurement could not be made."""


class BadInput(EvaluationError):
    """What was handed in cannot be measured; the message names file, line and remedy."""


class Unfit(EvaluationError):
    """There is nothing to tell apart, or too much for the memory of an ordinary machine."""
