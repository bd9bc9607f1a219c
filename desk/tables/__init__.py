"""The tables, by topic. `METADATA` is what the migrations must produce."""

from desk.tables.agents import AgentRow, AgentSessionRow
from desk.tables.base import METADATA, Base
from desk.tables.conversations import ConversationRow, FeedbackRow, MessageRow, TurnRow, UnansweredRow
from desk.tables.customers import AccountRow, ContactRow, IdentityRow, SiteRow
from desk.tables.knowledge import EntryRow, EntryVersionRow, GapRow, NoticeRow, PinRow, PublicationRow
from desk.tables.tickets import TicketDayRow, TicketEventRow, TicketKeyRow, TicketRow
from desk.tables.work import AuditRow, JobRow, OutboxRow

__all__ = [
    "METADATA",
    "AccountRow",
    "AgentRow",
    "AgentSessionRow",
    "AuditRow",
    "Base",
    "ContactRow",
    "ConversationRow",
    "EntryRow",
    "EntryVersionRow",
    "FeedbackRow",
    "GapRow",
    "IdentityRow",
    "JobRow",
    "MessageRow",
    "NoticeRow",
    "OutboxRow",
    "PinRow",
    "PublicationRow",
    "SiteRow",
    "TicketDayRow",
    "TicketEventRow",
    "TicketKeyRow",
    "TicketRow",
    "TurnRow",
    "UnansweredRow",
]
