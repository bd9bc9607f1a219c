"""What somebody has written about an incident: kept as typed, checked when it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from desk.incidents import Incident, Wanted
from desk.tickets import Ticket
from gateway.console.errors import Invalid
from gateway.console.forms import Form
from gateway.console.labels import Labels
from gateway.console.services import ConsoleServices, labels_of
from zhtext.secrets import mask_secrets

# Characters; a card with more of them is read by nobody.
LIMITS: Mapping[str, int] = {
    "title": 60, "module": 20, "code": 40, "words": 1_000, "message": 500, "workaround": 500, "resolution": 500,
    "reason": 200, "tickets": 500,
}  # fmt: skip


@dataclass(frozen=True)
class Draft:
    """The fields of the form, as typed."""

    title: str = ""
    category: str = "other"
    module: str = ""
    code: str = ""
    words: str = ""  # one sentence a line
    message: str = ""
    workaround: str = ""

    @classmethod
    def of(cls, incident: Incident) -> Draft:
        """What is stored."""
        return cls(
            incident.title,
            incident.category,
            incident.module,
            incident.code,
            "\n".join(incident.words),
            incident.message,
            incident.workaround,
        )

    @classmethod
    def about(cls, ticket: Ticket) -> Draft:
        """A beginning, from a ticket that reports it."""
        slots = ticket.slots
        return cls(
            title=mask_secrets(ticket.summary).text[: LIMITS["title"]],
            category=ticket.category,
            module=slots.get("module", ""),
            code=slots.get("error_code", ""),
            words=mask_secrets(slots.get("phenomenon") or ticket.summary).text,
        )

    @classmethod
    def typed(cls, form: Form) -> Draft:
        """What was submitted; nothing is checked yet."""
        names = ("title", "category", "module", "code", "words", "message", "workaround")
        return cls(**{name: form.raw(name) for name in names})

    def checked(self, services: ConsoleServices, present: str | None, *, message: bool = False) -> Wanted:
        """What the desk takes; `message`: customers are going to read it. Raises Invalid."""
        labels = labels_of(services)
        if self.category not in labels.options("category", present):
            raise Invalid("unknown_value", field=_name(labels, "category"))
        return Wanted(
            title=short(labels, "title", self.title, needed=True),
            category=self.category,
            module=short(labels, "module", self.module),
            code=short(labels, "code", self.code),
            words=tuple(line for line in short(labels, "words", self.words).splitlines() if line.strip()),
            message=short(labels, "message", self.message, needed=message),
            workaround=short(labels, "workaround", self.workaround),
        )


def short(labels: Labels, field: str, value: str, *, needed: bool = False) -> str:
    """A field without the white space around it. Raises Invalid when it is too long, or empty and needed."""
    text = value.strip()
    if needed and not text:
        raise Invalid("empty", field=_name(labels, field))
    if len(text) > LIMITS[field]:
        raise Invalid("too_long", field=_name(labels, field), limit=LIMITS[field], length=len(text))
    return text


def _name(labels: Labels, field: str) -> str:
    return labels.name("incident_field", field)
