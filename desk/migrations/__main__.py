"""Write a draft of the next migration: python -m desk.migrations "add skills"."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from sqlalchemy import create_engine

from desk.migrations import config, upgrade


def main() -> None:
    """Compare the tables with a fresh database at the newest version."""
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{Path(folder) / 'draft.db'}")
        with engine.begin() as connection:
            upgrade(connection)
            command.revision(config(connection), message=sys.argv[1], autogenerate=True)


if __name__ == "__main__":
    main()
