"""Errors of knowledge ingest.

IngestError
├── BadSource            a file of entries cannot be read; names file and entry
└── NothingToPublish     there is not one good entry
"""


class IngestError(Exception):
    """Knowledge could not be taken in."""


class BadSource(IngestError):
    """One or more mistakes in the files; `problems` lists them all, in Chinese, for the editor."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("；".join(problems[:5]) + ("；……" if len(problems) > 5 else ""))
        self.problems = problems


class NothingToPublish(IngestError):
    """The folder holds no entries."""
