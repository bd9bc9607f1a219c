from __future__ import annotations

import threading
import time
from datetime import datetime, timezone
from pathlib import Path

from desk import contacts
from desk.database import Database
from desk.errors import StoreBusy

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc)


def test_of_many_writers_none_is_overtaken_until_it_gives_up(tmp_path: Path, sqlite_template: Path) -> None:
    path = tmp_path / "desk.db"
    path.write_bytes(sqlite_template.read_bytes())
    db = Database(f"sqlite:///{path}", busy_timeout=3.0).open()
    gave_up: list[str] = []

    def write(name: str) -> None:
        try:
            with db.write() as session:
                contacts.for_identity(session, "web", name, now=NOW)
                time.sleep(0.004)
        except StoreBusy as error:
            gave_up.append(str(error))

    def write_on(number: int) -> None:
        for again in range(4):
            write(f"{number}-{again}")

    threads = [threading.Thread(target=write_on, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert gave_up == []
    db.close()
