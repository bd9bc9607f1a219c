from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.gateway.console.knowledge_world import Knowledge
from tests.integration.gateway.console.world import Staff, World


@pytest.fixture(scope="session")
def staff(tmp_path_factory: pytest.TempPathFactory) -> Staff:
    return Staff.hired(tmp_path_factory.mktemp("staff"))


@pytest.fixture
def world(staff: Staff, tmp_path: Path) -> Iterator[World]:
    made = World(staff, tmp_path)
    yield made
    made.db.close()


@pytest.fixture
def knowledge(world: World) -> Knowledge:
    """What people have done to the world's entries, gaps and publications."""
    return Knowledge(world)
