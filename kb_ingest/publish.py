"""From entries to the build that answers: build, switch, forget the oldest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from retrieval import store
from retrieval.build import build
from retrieval.encoder import Encoder
from retrieval.entry import Entry
from retrieval.manifest import BuildInfo


def publish(
    entries: Sequence[Entry],
    encoder: Encoder,
    root: Path,
    now: Callable[[], datetime],
    asked: Mapping[str, str] | None = None,
) -> BuildInfo:
    """Build a version in its own directory, then make it CURRENT. A failed build changes nothing.

    `asked` holds real questions and the id of the entry that answers each; the thresholds are fitted on them.
    """
    info = build(entries, encoder, root, now=now(), asked=asked)
    store.activate(root, info.build_id)
    store.prune(root)
    return info
