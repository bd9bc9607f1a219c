"""Errors of the command line; each message is one sentence for an operator, in Chinese.

GongdaError
├── BadSetting           an environment variable or a line of support.toml is wrong
├── Unprepared           something has to be done first (set up, train, build)
├── PortTaken            somebody else listens there
├── NoSpace              the disk is (nearly) full
├── WrongUse             the arguments do not go together, or a line of a file is wrong
└── StepFailed           a child process (training, engine) ended with an error
"""


class GongdaError(Exception):
    """What the operator asked for could not be done."""

    exit_code = 1


class BadSetting(GongdaError):
    exit_code = 2


class Unprepared(GongdaError):
    """Says which command to run first."""


class PortTaken(GongdaError):
    """Names the port and the setting that moves it."""


class NoSpace(GongdaError):
    """Says how much there is and how much is needed."""


class WrongUse(GongdaError):
    """The arguments do not go together, or a line of the file is wrong."""

    exit_code = 2


class StepFailed(GongdaError):
    """Names the step and its log."""
