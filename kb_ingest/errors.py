"""Errors of knowledge ingest.

IngestError
├── BadSource            a file of entries cannot be read; names file and entry
├── NothingToPublish     there is not one good entry
├── AlreadyPublishing    another publication or roll-back is under way
├── NoSuchBuild          the build to go back to is not kept
└── Refused              a document is not taken in; the message is the reason, in Chinese, for the editor
    ├── OverLimit        too large, too many parts, pages, rows or characters, packed too tightly, too slow
    ├── Unsuitable       not a format we read, not what its name says, encrypted or damaged
    ├── Undecodable      text in no encoding we can tell; names the byte where it fails
    └── NoText           nothing to read in it: empty, scanned, or its fonts do not say which characters they draw
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


class AlreadyPublishing(IngestError):
    """One at a time; try again when it has ended."""


class NoSuchBuild(IngestError):
    """There is no such build to serve; the message names those that are kept."""


class Refused(IngestError):
    """A document stays out; the others go on. The message says what is wrong, the limit and the remedy."""


class OverLimit(Refused):
    """A limit of `documents.limits.Limits` is exceeded."""


class Unsuitable(Refused):
    """The bytes are not what the name promises, or nothing that can be opened."""


class Undecodable(Refused):
    """The bytes are no text in any encoding that can be told apart; nothing is replaced or left out."""


class NoText(Refused):
    """It opens, and there is no text in it that could be trusted."""
