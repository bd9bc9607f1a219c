"""Run by Alembic for each command; the connection comes from `desk.migrations.config`."""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from desk.tables import METADATA
from desk.tables.base import PlainText, UtcDateTime


def render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Column types as the database knows them: a migration must not change when our own types do."""
    if kind != "type":
        return False
    if isinstance(item, sa.BigInteger):
        return "BIG"
    if isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return "sa.Text()" if isinstance(item, PlainText) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    compare_type=True,
    render_item=render,
    # SQLite can do schema changes in transactions; ours begin explicitly, so it really does.
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
