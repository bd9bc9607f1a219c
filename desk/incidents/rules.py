"""What makes an incident, as the operator decides it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

# Of the categories of the desk, those that tell of trouble; how-to, billing and wishes never make an incident.
PROBLEMS = frozenset(
    {"crash", "lockup", "login", "permission", "import_export", "report", "performance", "network", "data_loss"}
)


@dataclass(frozen=True)
class IncidentRules:
    """Similar reports within `window` propose an incident: from `contacts` different people, or, where they are urgent
    (P1, P2), from `companies` different companies. `likeness` is how much of the words two reports must share: the
    Jaccard index of their character bigrams, 0 to 1."""

    window: timedelta = timedelta(minutes=30)
    contacts: int = 3
    companies: int = 2
    likeness: float = 0.5
    silence: timedelta = timedelta(hours=24)  # after a dismissal, for what is like it

    def __post_init__(self) -> None:
        if self.contacts < 2 or self.companies < 2:
            raise ValueError("an incident needs at least 2 contacts and 2 companies; one of them is a ticket")
        if not 0 < self.likeness <= 1:
            raise ValueError(f"likeness is more than 0 and at most 1, not {self.likeness:g}")
