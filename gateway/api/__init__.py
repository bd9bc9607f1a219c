"""The REST API for a vendor's own systems, described in OpenAPI at /api/openapi.json and in docs/api.md."""

from gateway.api.tickets import tickets_router
from gateway.api.views import TicketView, ticket_view

__all__ = ["TicketView", "ticket_view", "tickets_router"]
