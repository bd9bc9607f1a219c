"""Errors of retrieval.

RetrievalError
├── BadEntry             a line of entries.jsonl is not an entry
├── NothingToBuild       no entry, or none that could ever be found
├── EncoderMissing       no sentence encoder at that name or path
└── BuildRefused         a build that will not be served
    ├── MissingBuild     no such directory, no manifest, or no CURRENT
    ├── DamagedBuild     a file is missing, changed or unreadable
    └── MismatchedBuild  another format version or another encoder
"""


class RetrievalError(Exception):
    """Anything retrieval can say no to."""


class BadEntry(RetrievalError):
    """A line is not an entry; the message names the line and the key."""


class NothingToBuild(RetrievalError):
    """There is nothing an index could be made of."""


class EncoderMissing(RetrievalError):
    """The encoder's files or its library are not there."""


class BuildRefused(RetrievalError):
    """A build is not served; the last good one stays."""


class MissingBuild(BuildRefused):
    """There is no such build."""


class DamagedBuild(BuildRefused):
    """A file of the build is not what its manifest says."""


class MismatchedBuild(BuildRefused):
    """The build is sound but made for another program version or another encoder."""
