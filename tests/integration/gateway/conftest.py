from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.clock import FixedClock
from tests.integration.gateway.turn_world import NOW, World, migrated, opened


@pytest.fixture(scope="session")
def gateway_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("gateway") / "template.db"
    migrated(path)
    return path


@pytest.fixture
def turns_world(gateway_template: Path, tmp_path: Path) -> Iterator[World]:
    """The gateway, its engine and its knowledge base."""
    with opened(gateway_template, tmp_path) as db:
        yield World(db, FixedClock(NOW))
