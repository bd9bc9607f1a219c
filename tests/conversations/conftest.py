"""One scratch stack for all dialogues; each dialogue gets a desk and a clock of its own on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gongda.replay import ScratchStack, scratch_stack
from gongda.settings import load_settings


@pytest.fixture(scope="session")
def scratch() -> Iterator[ScratchStack]:
    with scratch_stack(load_settings()) as stack:
        yield stack
