from __future__ import annotations

import threading
import time
from datetime import datetime, timezone
from pathlib import Path

from desk import contacts
from desk.database import Database
from desk.errors import StoreBusy
from tests.e2e.waiting import until

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc)


def test_of_many_writers_none_is_overtaken_until_it_gives_up(tmp_path: Path, sqlite_template: Path) -> None:
    path = tmp_path / "desk.db"
    path.write_bytes(sqlite_template.read_bytes())
    db = Database(f"sqlite:///{path}", busy_timeout=60.0).open()
    came: list[int] = []
    gave_up: list[str] = []

    def write(number: int, again: int) -> None:
        try:
            with db.write() as session:
                came.append(number)
                contacts.for_identity(session, "web", f"{number}-{again}", now=NOW)
                time.sleep(0.004)
        except StoreBusy as error:
            gave_up.append(str(error))

    def write_on(number: int) -> None:
        for again in range(4):
            write(number, again)

    threads = [threading.Thread(target=write_on, args=(number,)) for number in range(40)]
    with db.write():
        for number, thread in enumerate(threads, 1):
            thread.start()
            until(lambda waiting=number: len(db._next._waiting) == waiting, 20, f"{number} wait", every=0.001)
    for thread in threads:
        thread.join()
    assert gave_up == []
    assert came[:40] == list(range(40))  # nobody comes for the second time before all have come once
    assert sorted(came) == sorted(list(range(40)) * 4)
    db.close()
