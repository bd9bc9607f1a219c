"""The service desk: contacts, conversations, tickets, agents and the outbox. The only home of SQL.

Every function takes a Session and never commits: the caller owns the transaction, so that
several calls join one.

    db = Database("sqlite:///var/desk.db").open()
    with db.write() as session:
        conversation = conversations.open_for(session, "web", visitor, now=clock())
        inbound = messages.record_inbound(session, conversation.id, external_id, text, now=clock())

Only functions that hash passwords (`agents.create`, `agents.login`, …) take the Database instead.
Results are frozen dataclasses, never rows. Times are aware, stored in UTC.
"""
