"""Cells that a spreadsheet shows as they were written."""

from __future__ import annotations

import re

from gateway.masking import for_agents

# OWASP, CSV Injection: what begins a formula, in the widths that spreadsheets take for the same sign.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f\u200b-\u200f\ufeff\ufffe\uffff]")
_LINES = re.compile(r"[ \t]*(?:\r\n?|\n|\x85|\u2028|\u2029)[ \t\r\n]*")


def clean(text: str) -> str:
    """Without secrets and without characters that no sheet can hold."""
    return _CONTROL.sub("", for_agents(text)).strip()


def csv_cell(text: str) -> str:
    """One line of text that no spreadsheet takes for a formula: an apostrophe comes before what would begin one.

    Line ends become blanks, because some programs cut a quoted cell at them, and what follows would begin a cell.
    """
    line = _LINES.sub(" ", _CONTROL.sub("", for_agents(text)))
    return f"'{line}" if _FORMULA.match(text) or _FORMULA.match(line) else line
