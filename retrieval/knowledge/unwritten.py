"""The mark of an answer that nobody has written yet: a draft needs some answer, and no customer may read this one."""

from __future__ import annotations

MARK = "〔待编写〕"


def placeholder(hint: str) -> str:
    """An answer that says what is to be written in its place."""
    return f"{MARK}{hint}"
