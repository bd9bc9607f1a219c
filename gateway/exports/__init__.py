"""Lists that leave the console as files: the problem log as CSV, the tickets as a workbook.

Nothing in them is a formula, and what people typed has no passwords in it.
"""

from gateway.exports.problem_log import problem_log
from gateway.exports.sheet import ticket_sheet

__all__ = ["problem_log", "ticket_sheet"]
