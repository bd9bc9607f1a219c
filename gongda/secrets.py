"""Secrets of the embedded default: made on first run, kept in files only their owner can read.

Each can be given as `GONGDA_<NAME>` instead, for deployments that keep secrets elsewhere.
"""

from __future__ import annotations

import os
import secrets as random
from pathlib import Path

NAMES = ("actions_token", "session_secret", "api_key", "admin_password")
_BYTES = 24


class Secrets:
    """Reads `var/secrets/`, making what is missing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, name: str) -> str:
        """The environment's value, or the file's; made with mode 600 when there is neither."""
        given = os.environ.get(f"GONGDA_{name.upper()}")
        return given or self._kept(name)

    def path(self, name: str) -> Path:
        """Where a secret is kept."""
        return self._folder / name

    def _kept(self, name: str) -> str:
        path = self.path(name)
        if not path.exists():
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._make(path)
        return path.read_text(encoding="utf-8").strip()

    def _make(self, path: Path) -> None:
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return  # another process was faster; its value counts
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(random.token_urlsafe(_BYTES))
