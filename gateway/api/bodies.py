"""What the vendor's systems send."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field, model_validator

from gateway.requests import RequestBody

Priority = Literal["P1", "P2", "P3", "P4"]
Step = Literal["in_progress", "waiting", "on_site", "resolved", "closed", "reopened"]


class Reporter(RequestBody):
    """Who reports: `id` is the vendor's own id of the person."""

    id: str = Field(min_length=1, max_length=100)
    name: str | None = Field(default=None, max_length=100)
    phone: str | None = Field(default=None, max_length=30)


class NewTicket(RequestBody):
    """Priority and category are judged from the summary when left out."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "contact": {"id": "u-1001", "name": "王工", "phone": "13800000000"},
                    "summary": "6.2 版导入报 ERR-1042，整个项目部都导不了",
                    "slots": {"version": "6.2"},
                }
            ]
        }
    )

    contact: Reporter
    summary: str = Field(min_length=1, max_length=2_000)
    category: str | None = Field(default=None, max_length=40)
    priority: Priority | None = None
    slots: dict[str, str] = Field(default_factory=dict)


class Note(RequestBody):
    """An internal note; the customer never sees it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "已在 CRM 建立需求 R-208"}]})

    text: str = Field(min_length=1, max_length=2_000)


class Change(RequestBody):
    """What is left out stays. `resolved` needs a solution, which the customer is told; `reopened` takes a ticket that
    is resolved or closed back to its agent or the queue, for a reason."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"priority": "P2"}, {"status": "resolved", "solution": "升级到 6.2.3 后正常"}]}
    )

    priority: Priority | None = None
    category: str | None = Field(default=None, min_length=1, max_length=40)
    status: Step | None = None
    solution: str | None = Field(default=None, min_length=1, max_length=500)
    reason: str | None = Field(default=None, min_length=1, max_length=200)

    @model_validator(mode="after")
    def _complete(self) -> Change:
        if self.priority is None and self.category is None and self.status is None:
            raise ValueError("nothing to change: name priority, category or status")
        if (self.status == "resolved") != (self.solution is not None):
            raise ValueError("solution belongs to status resolved, and resolved needs one")
        return self
