"""Errors of replaying; the rest of the tree is in gongda/errors.py.

GongdaError
└── BadScript            a line of the file is no script, or there is no such file
"""

from __future__ import annotations

from gongda.errors import GongdaError


class BadScript(GongdaError):
    """Names the line and what is wrong with it."""

    exit_code = 2
