"""Incidents: one trouble that many report.

proposed (by the timer or by hand) ──> confirmed (customers get the card) ──> closed (everybody is told)
 └───────────────┴──> dismissed (nothing of it; its like is not proposed again for a day)
"""

from desk.incidents.cards import shown
from desk.incidents.keeping import Wanted, close, confirm, dismiss, edit, merge, propose
from desk.incidents.linking import link_ticket, unlink
from desk.incidents.matching import matching
from desk.incidents.model import GOING_ON, Incident, Linked, State
from desk.incidents.proposing import Found, due, propose_due
from desk.incidents.reading import get, listing, tickets_of
from desk.incidents.reporting import Report, about, of_question, of_ticket, tells_trouble
from desk.incidents.rules import IncidentRules
from desk.incidents.telling import Claim, Untold, claim, untold

__all__ = [
    "GOING_ON",
    "Claim",
    "Found",
    "Incident",
    "IncidentRules",
    "Linked",
    "Report",
    "State",
    "Untold",
    "Wanted",
    "about",
    "claim",
    "close",
    "confirm",
    "dismiss",
    "due",
    "edit",
    "get",
    "link_ticket",
    "listing",
    "matching",
    "merge",
    "of_question",
    "of_ticket",
    "propose",
    "propose_due",
    "shown",
    "tells_trouble",
    "tickets_of",
    "unlink",
    "untold",
]
