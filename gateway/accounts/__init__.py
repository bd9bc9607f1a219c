"""Companies in and out of sheets: reading what customers' lists look like, the template, and the report.

sheet = read(name, data)          # pure: rows and mistakes with the line of the spreadsheet
report = run(db, sheet, skip_bad=False, rehearse=True, by="cli", now=clock())
"""

from gateway.accounts.errors import Unreadable
from gateway.accounts.importing import Report, run
from gateway.accounts.reading import Mistake, Sheet, read
from gateway.accounts.template import template

__all__ = ["Mistake", "Report", "Sheet", "Unreadable", "read", "run", "template"]
