"""Telling the team: robots, e-mail and signed webhooks, through the outbox."""
