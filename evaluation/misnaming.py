"""Ways in which CURRENT goes bad: empty, half written, leading elsewhere, no file at all."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from evaluation.damage import UNREADABLE
from retrieval.building.store import CURRENT

NAMED = "CURRENT 不对"
NAMED_SHARE = 4


def bad_names(good: str) -> Sequence[bytes]:
    """What may stand in CURRENT and names no build of the folder; `good` lies there."""
    beside = (f"../{good}", f"./{good}", f"{good}/", f"{good}/.", f"/{good}", "..", ".", "/", "../..")
    alike = (f".{good}", f"{good}\0", f"{good}\n{good}", f"\ufeff{good}", f"\u202e{good}", good[:-1], good + "x")
    other = ("nobody", CURRENT, "C:\\index", "~", "$HOME", "%s", "con", "名字", "{}", "null", "x" * 300, "x" * 100_000)
    texts = ("", "\n", "   ", "\t\n\n", *beside, *alike, good.replace("-", "—"), *other)
    return (*(text.encode() for text in texts), b"\xff\xfe", b"\x80" * 40, good.encode("utf-16"))


def name_badly(root: Path, good: str, chance: random.Random) -> str:
    """CURRENT empty, naming nothing, leading elsewhere, a folder, a link to itself, or not there."""
    path = root / CURRENT
    path.unlink(missing_ok=True)
    which = chance.randrange(20)
    if which == 0:
        return "CURRENT: not there"
    if which == 1:
        path.mkdir()
        return "CURRENT: a folder"
    if which == 2:
        path.symlink_to(path.name)
        return "CURRENT: a link to itself"
    if which == 3:
        path.symlink_to(UNREADABLE)
        return "CURRENT: gives EIO"
    content = chance.choice(bad_names(good))
    path.write_bytes(content)
    return f"CURRENT: {content[:40]!r}"
