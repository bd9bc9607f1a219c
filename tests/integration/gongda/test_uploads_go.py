from __future__ import annotations

import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from desk import jobs
from gongda.errors import BadSetting
from gongda.knowledge.jobs import INGEST, perform
from gongda.knowledge.works import works
from gongda.settings import ROOT
from tests.unit.gongda.desks import NOW, clock, database, settings

DAY = timedelta(days=1)


@pytest.fixture
def world(tmp_path):
    shutil.copy(ROOT / "support.toml", tmp_path)
    wanted = settings(tmp_path)
    wanted.uploads.mkdir(parents=True)
    return wanted, database(tmp_path)


def folder(root: Path, name: str, *, age: timedelta = timedelta(0)) -> Path:
    made = root / name
    made.mkdir()
    (made / "水印.md").write_text("# 图纸水印怎么加\n\n打开【图纸】，点【水印】，再点【保存】。\n", encoding="utf-8")
    long_ago = (NOW - age).timestamp()
    os.utime(made, (long_ago, long_ago))
    return made


def asked(db, path: Path):
    with db.write() as session:
        return jobs.request(session, INGEST, {"folder": str(path)}, by="agent:1", now=NOW)


def done(world):
    wanted, db = world
    with db.write() as session:
        job = jobs.lease(session, [INGEST], now=NOW)
    return perform(db, clock(), job.id, works(wanted, db, clock()))


def left(world) -> list[str]:
    return sorted(path.name for path in world[0].uploads.iterdir())


def test_what_was_imported_goes(world):
    asked(world[1], folder(world[0].uploads, "ab12"))

    assert done(world)["changes"] == 1
    assert left(world) == []


def test_what_could_not_be_imported_goes_too(world):
    asked(world[1], folder(world[0].uploads, "ab12"))
    (world[0].root / world[0].support).write_text("[nonsense]\n")

    with pytest.raises(BadSetting):
        done(world)
    assert left(world) == []


@pytest.mark.parametrize("place", ["..", ".", "../elsewhere"])
def test_nothing_but_what_is_below_the_uploads_is_deleted(world, place):
    folder(world[0].uploads.parent, "elsewhere")
    folder(world[0].uploads, "ab12")
    asked(world[1], world[0].uploads / place)

    done(world)

    assert left(world) == ["ab12"]
    assert (world[0].uploads.parent / "elsewhere" / "水印.md").exists()


def test_a_link_does_not_lead_out_of_the_uploads(world, tmp_path):
    outside = folder(tmp_path, "outside", age=2 * DAY)
    (world[0].uploads / "link").symlink_to(outside)
    asked(world[1], world[0].uploads / "link")

    done(world)

    assert (outside / "水印.md").exists()


def test_each_import_sweeps_what_is_left_of_others(world):
    uploads = world[0].uploads
    asked(world[1], folder(uploads, "this"))
    asked(world[1], folder(uploads, "waits", age=3 * DAY))
    folder(uploads, "forgotten", age=DAY + timedelta(minutes=1))
    folder(uploads, "recent", age=DAY - timedelta(minutes=1))

    done(world)

    assert left(world) == ["recent", "waits"]


def test_an_import_that_waited_for_days_is_still_done(world):
    asked(world[1], folder(world[0].uploads, "late", age=3 * DAY))

    assert done(world)["changes"] == 1
    assert left(world) == []
