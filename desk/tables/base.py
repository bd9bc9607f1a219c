"""What all tables share: naming of constraints and the column types both databases understand alike."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Annotated, Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator

# Named constraints can be altered by later migrations on both databases.
METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time: stored in UTC, comes back in UTC. A naive one is a mistake and refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a stored time needs an offset, {value.isoformat()} has none")
        return value.astimezone(timezone.utc)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        # SQLite drops the offset; what it holds is UTC, see above.
        return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)


def storable(text: str) -> str:
    """What is kept of a text: all but U+0000, which PostgreSQL cannot hold; U+FFFD stands in its place."""
    return text.replace("\x00", "\ufffd")


class PlainText(TypeDecorator[str]):
    """Text of any length, the same in both databases."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(value)


BIG = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only an INTEGER key
Id = Annotated[int, mapped_column(BIG, primary_key=True)]


class Base(DeclarativeBase):
    """Root of all tables."""

    metadata = METADATA
    type_annotation_map = {  # noqa: RUF012 - declared by SQLAlchemy
        datetime: UtcDateTime(),
        str: PlainText(),
        int: BIG,
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
    }
