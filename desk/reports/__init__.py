"""Reports that are made once a day and kept."""

from desk.reports.hours import Night, night_before, workdays
from desk.reports.keeping import Kept, days, get, keep
from desk.reports.night import collect
from desk.reports.rules import MorningRules

__all__ = ["Kept", "MorningRules", "Night", "collect", "days", "get", "keep", "night_before", "workdays"]
