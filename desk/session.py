"""The type of a transaction, for callers that hand one around without knowing SQL."""

from sqlalchemy.orm import Session as Session
