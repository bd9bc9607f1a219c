"""Files that were kept for as long as the operator wants: their content goes, the line that there was one stays."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

from desk import attachments as desk_attachments
from gateway.attachments.files import Files
from gateway.timers.timed_desk import TimedDesk

log = logging.getLogger(__name__)

_AT_ONCE = 500
# Seconds since somebody has last put the bytes: what has just come may not have its row yet.
UNUSED_FOR = 3600.0


def attachments(desk: TimedDesk) -> int:
    """Erase what is over its time, then remove bytes that nothing refers to any more; how many of both."""
    keep_days = desk.rules.attachments.keep_days
    erased = _erase(desk, timedelta(days=keep_days)) if keep_days else 0
    if not desk.files.usable:
        return erased
    return erased + _sweep(desk, desk.files) + desk.files.sweep_aside(older_than=UNUSED_FOR)


def _erase(desk: TimedDesk, kept_for: timedelta) -> int:
    before, erased = desk.clock() - kept_for, 0
    with desk.db.read() as session:
        if not desk_attachments.older(session, before):  # looking locks nobody out
            return 0
    while True:
        with desk.db.write() as session:
            gone = desk_attachments.erase_older(session, before, limit=_AT_ONCE)
        erased += gone
        if gone < _AT_ONCE:
            return erased


def _sweep(desk: TimedDesk, files: Files) -> int:
    """What erasing, and requests that came to nothing, have left. The disk's own trouble is looked at again later."""
    removed = 0
    for several in _batches(files.digests()):
        with desk.db.read() as session:
            needed = desk_attachments.in_use(session, several)
        for digest in several:
            if digest in needed:
                continue
            try:
                removed += files.remove(digest, unused_for=UNUSED_FOR)
            except OSError as error:
                log.error("a file that nobody needs could not be removed: %s", error)
    return removed


def _batches(digests: Iterator[str]) -> Iterator[list[str]]:
    while several := list(islice(digests, _AT_ONCE)):
        yield several
