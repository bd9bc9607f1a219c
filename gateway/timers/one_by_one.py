"""Many due rows, each in a transaction of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from desk.database import Database
from desk.errors import StoreError
from desk.session import Session

log = logging.getLogger(__name__)

T = TypeVar("T")


def one_by_one(
    db: Database, due: Iterable[T], act: Callable[[Session, T], int], what: str, *, at_most: int | None = None
) -> int:
    """What `act` says it has done, summed; no further than `at_most`.

    One that fails is logged with `what`, stays as it was and comes up again at the next look; those behind it are done.
    Raises StoreError: the store's trouble is everybody's.
    """
    done = 0
    for one in due:
        if at_most is not None and done >= at_most:
            break
        try:
            with db.write() as session:
                acted = act(session, one)
        except StoreError:
            raise
        except Exception:
            log.exception("%s: %s", what, one)
            continue
        done += acted  # only what is committed counts
    return done
