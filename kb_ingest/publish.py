"""From entries to the build that answers: build, switch, forget the oldest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from retrieval import store
from retrieval.build import build
from retrieval.encoder import Encoder
from retrieval.entry import Entry
from retrieval.manifest import BuildInfo


def publish(entries: Sequence[Entry], encoder: Encoder, root: Path, now: Callable[[], datetime]) -> BuildInfo:
    """Build a version in its own directory, then make it CURRENT. A failed build changes nothing."""
    info = build(entries, encoder, root, now=now())
    store.activate(root, info.build_id)
    store.prune(root)
    return info
