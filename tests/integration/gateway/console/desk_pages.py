"""The addresses of the ticket pages that came with the service desk, and who may use them; see test_console_access."""

from __future__ import annotations

EVERYONE, TEAM, LEADERS = {"agent", "lead", "editor", "admin"}, {"agent", "lead", "admin"}, {"lead", "admin"}
TICKET = "/console/tickets/{number}"

# Method, path, form, and who may do it.
DESK_PAGES = [
    ("GET", "/console/news", {}, TEAM),
    ("GET", "/console/settings", {}, LEADERS),
    ("POST", "/console/locale", {"locale": "zh-TW"}, EVERYONE),
]
# The same with a ticket that is nobody's, one's own, a colleague's.
DESK_TICKETS = [
    ("GET", f"{TICKET}/suggestions", {}, TEAM, TEAM, TEAM),
    ("GET", f"{TICKET}/canned", {}, TEAM, TEAM, TEAM),
    ("POST", f"{TICKET}/tier", {"tier": "L2", "reason": "要看源码"}, LEADERS, TEAM, LEADERS),
    ("POST", f"{TICKET}/schedule", {"at": "2026-11-24T10:00"}, LEADERS, TEAM, LEADERS),
    ("POST", f"{TICKET}/promises", {"promise": "发补丁", "at": "2026-11-24T10:00"}, LEADERS, TEAM, LEADERS),
    ("POST", f"{TICKET}/consent", {"hours": "2"}, LEADERS, TEAM, LEADERS),
    ("POST", f"{TICKET}/plan", {"plan": "先重现"}, LEADERS, TEAM, LEADERS),
    ("POST", f"{TICKET}/incident", {}, TEAM, TEAM, LEADERS),
]
# What needs more than a ticket, or answers a script: tested beside what it does.
DESK_MORE = [
    ("POST", f"{TICKET}/promises/{{promise_id}}"),
    ("POST", f"{TICKET}/links"),
    ("POST", f"{TICKET}/unlink"),
    ("POST", f"{TICKET}/look"),
    ("POST", f"{TICKET}/canned"),
    ("GET", "/console/files/{key}"),
    ("POST", "/console/files/{number}"),
]
STREAMS = [("GET", "/console/events"), ("GET", f"{TICKET}/events")]
DESK = [*((row[0], row[1]) for row in [*DESK_PAGES, *DESK_TICKETS]), *DESK_MORE, *STREAMS]
