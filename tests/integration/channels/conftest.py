from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.clock import FixedClock
from tests.integration.channels.stage import Stage
from tests.integration.gateway.turn_world import NOW, World, migrated, opened


@pytest.fixture(scope="session")
def channels_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("channels") / "template.db"
    migrated(path)
    return path


@pytest.fixture
def stage(channels_template: Path, tmp_path: Path) -> Iterator[Stage]:
    """A gateway that waits for its channel."""
    with opened(channels_template, tmp_path) as db:
        yield Stage(World(db, FixedClock(NOW)), tmp_path)
