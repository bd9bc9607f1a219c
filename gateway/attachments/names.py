"""What a file is called when somebody downloads it: readable, harmless, and ending as its content does."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

LONGEST = 120  # characters; file systems allow 255 bytes, and a Chinese character has three
_UNNAMED = "file"
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')
_SPACES = re.compile(r"\s+")
# What a file of a type may end in; the first is what it gets when it ends otherwise. A text called a.bat would run.
ENDINGS: dict[str, tuple[str, ...]] = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/webp": (".webp",),
    "text/plain": (".txt", ".log", ".csv", ".md", ".json", ".ini", ".conf", ".cfg", ".sql", ".yml", ".yaml", ".out"),
    "application/pdf": (".pdf",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "application/zip": (".zip",),
    "audio/amr": (".amr",),
    "audio/mpeg": (".mp3",),
    "audio/ogg": (".spx", ".ogg"),
    "application/octet-stream": (".bin",),
}


def safe_name(name: str, media_type: str) -> str:
    """`name` without folders, control characters and changes of direction, no longer than LONGEST, with an ending
    that fits `media_type`."""
    plain = unicodedata.normalize("NFC", name.replace("\\", "/")).rpartition("/")[2]
    kept = "".join(char if unicodedata.category(char)[0] != "C" else "" for char in plain)
    kept = _SPACES.sub(" ", _FORBIDDEN.sub("_", kept)).strip(" .")
    path = PurePosixPath(kept or _UNNAMED)
    endings = ENDINGS.get(media_type, (".bin",))
    ending = path.suffix if path.suffix.lower() in endings else endings[0]
    stem = path.stem if path.suffix.lower() in endings or _replaced(path.suffix) else path.name
    return (stem.strip(" .") or _UNNAMED)[: LONGEST - len(ending)] + ending


def _replaced(suffix: str) -> bool:
    """A picture that was changed into another type loses its old ending; whatever else looks like one stays."""
    return suffix.lower() in {one for several in ENDINGS.values() for one in several} | {".gif", ".bmp"}
