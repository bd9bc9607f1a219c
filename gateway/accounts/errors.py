"""What goes wrong with a sheet of companies; every message is Chinese, for the one who has the sheet open.

Exception
├── Unreadable            the file as a whole: no sheet of ours, damaged, too large
└── WrongCell             one cell does not say what its column promises
"""

from __future__ import annotations


class Unreadable(Exception):
    """Nothing of the file was read; says why and what to do."""


class WrongCell(ValueError):
    """Names the column and the remedy."""
