"""Screenshots and protocols, for those who ask for them with GONGDA_SHOTS=<folder>."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from playwright.sync_api import Page

from gongda.settings import ROOT

README_IMAGE = ROOT / "docs" / "images" / "conversation.png"


class Shots:
    """Takes nothing unless a folder was named."""

    def __init__(self) -> None:
        wanted = os.environ.get("GONGDA_SHOTS")
        self.folder = Path(wanted) if wanted else None

    def take(self, page: Page, name: str) -> None:
        """The page as it stands."""
        if self.folder is not None:
            self._save(page, self.folder / f"{name}.png")

    def take_for_readme(self, page: Page) -> None:
        """The picture that the README shows."""
        if self.folder is not None:
            self._save(page, README_IMAGE)

    def _save(self, page: Page, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=path, animations="disabled")


@dataclass(frozen=True)
class Seen:
    """What a customer saw while something was broken."""

    fault: str
    said: str
    saw: tuple[str, ...]
    after_seconds: float


class Protocol:
    """Collects what customers saw; written to faults.json."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._seen: list[Seen] = []

    def note(self, fault: str, said: str, saw: tuple[str, ...] | list[str], after: float) -> None:
        seen = Seen(fault, said, tuple(saw), round(after, 2))
        self._seen.append(seen)
        print(f"\n[{fault}] {said!r} -> {' / '.join(seen.saw)!r} after {seen.after_seconds:g} s")

    def write(self) -> None:
        if self._folder is None or not self._seen:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        told = json.dumps([asdict(seen) for seen in self._seen], ensure_ascii=False, indent=2)
        (self._folder / "faults.json").write_text(told + "\n", encoding="utf-8")
