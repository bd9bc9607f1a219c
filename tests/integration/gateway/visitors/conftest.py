"""Visitors of the website who may send files and whose site may say who they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.database import Database
from tests.integration.gateway.attachments_world import file_world
from tests.integration.gateway.test_gateway_web import Widget
from tests.integration.gateway.test_gateway_web import opened as opened_widget
from tests.integration.gateway.turn_world import opened


@pytest.fixture
def db(gateway_template: Path, tmp_path: Path) -> Iterator[Database]:
    with opened(gateway_template, tmp_path) as made:
        yield made


@pytest.fixture
def widget(db: Database, tmp_path: Path) -> Iterator[Widget]:
    with opened_widget(file_world(db, tmp_path)) as made:
        yield made
