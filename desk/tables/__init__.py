"""The tables, by topic. `METADATA` is what the migrations must produce."""

from desk.tables.agents import AgentRow, AgentSessionRow, AgentSkillRow, DutyRow
from desk.tables.base import METADATA, Base
from desk.tables.channels import AnnouncementRow, AttachmentRow, PushWindowRow
from desk.tables.conversations import ConversationRow, FeedbackRow, MessageRow, TurnRow, UnansweredRow
from desk.tables.customers import AccountRow, ContactRow, IdentityRow, LicenceRow, SiteRow
from desk.tables.knowledge import EntryRow, EntryVersionRow, GapRow, NoticeRow, PinRow, PublicationRow
from desk.tables.service import (
    AskRow,
    CalendarDayRow,
    CannedRow,
    IncidentCardRow,
    IncidentRow,
    IncidentTicketRow,
    ReportRow,
)
from desk.tables.sla import SlaClockRow, SlaMarkRow, SlaRow
from desk.tables.tickets import (
    PromiseRow,
    TicketDayRow,
    TicketEventRow,
    TicketKeyRow,
    TicketLinkRow,
    TicketRow,
    ViewerRow,
)
from desk.tables.work import AuditRow, CursorRow, JobRow, MarkRow, OutboxRow

__all__ = [
    "METADATA",
    "AccountRow",
    "AgentRow",
    "AgentSessionRow",
    "AgentSkillRow",
    "AnnouncementRow",
    "AskRow",
    "AttachmentRow",
    "AuditRow",
    "Base",
    "CalendarDayRow",
    "CannedRow",
    "ContactRow",
    "ConversationRow",
    "CursorRow",
    "DutyRow",
    "EntryRow",
    "EntryVersionRow",
    "FeedbackRow",
    "GapRow",
    "IdentityRow",
    "IncidentCardRow",
    "IncidentRow",
    "IncidentTicketRow",
    "JobRow",
    "LicenceRow",
    "MarkRow",
    "MessageRow",
    "NoticeRow",
    "OutboxRow",
    "PinRow",
    "PromiseRow",
    "PublicationRow",
    "PushWindowRow",
    "ReportRow",
    "SiteRow",
    "SlaClockRow",
    "SlaMarkRow",
    "SlaRow",
    "TicketDayRow",
    "TicketEventRow",
    "TicketKeyRow",
    "TicketLinkRow",
    "TicketRow",
    "TurnRow",
    "UnansweredRow",
    "ViewerRow",
]
