"""The text folder -> pairs that should lie close together, with some pages held out.

Pages are held out as a whole and in both scripts: sections of one page resemble each other, and
so do the two editions of one section.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zhtext.normalize import normalize

# One page in fifty is for validation.
HELD_OUT_OF = 50
BODY_CHARS = 400
_GENERIC_AFTER = 20  # a heading on more pages than this says nothing without its title


class TextMissing(Exception):
    """The folder with the training text is not there or not complete."""


@dataclass(frozen=True)
class Section:
    """A piece of a page, normalised. `key` joins the Simplified and the Traditional edition."""

    title: str
    heading: str
    body: str
    key: str
    traditional: bool
    held_out: bool

    @property
    def query(self) -> str:
        return self.title if self.heading == self.title else f"{self.title} {self.heading}"


@dataclass
class Text:
    """Everything that training reads."""

    sections: list[Section] = field(default_factory=list)
    headings: list[tuple[str, str]] = field(default_factory=list)  # mainland, Taiwan
    same: list[tuple[str, str]] = field(default_factory=list)
    different: list[tuple[str, str]] = field(default_factory=list)
    dialogue: list[tuple[str, str]] = field(default_factory=list)


def read(folder: Path, share: float = 1.0) -> Text:
    """All pairs of the folder, or a share of its sections. Raises TextMissing with the remedy."""
    files = sorted(folder.glob("sections_*.jsonl.gz"))
    if not files:
        raise TextMissing(
            f"{folder} holds no sections_*.jsonl.gz. Training needs the folder with openly licensed text that the "
            "model card describes; it is not part of this repository. Pass its path with --text, or use the model "
            "that is already there."
        )
    text = Text(sections=list(_sections(files, share)))
    unseen = {normal for section in text.sections if section.held_out for normal in (section.heading, section.title)}
    for row in _rows(folder / "parallel_headings.jsonl.gz"):
        pair = normalize(row["cn"]), normalize(row["tw"])
        if not unseen & set(pair) and pair[0] != pair[1]:
            text.headings.append(pair)
    for row in _rows(folder / "paraphrase_pawsx.jsonl.gz"):
        if row["split"] == "train":
            (text.same if row["label"] == 1 else text.different).append((normalize(row["a"]), normalize(row["b"])))
    for row in _rows(folder / "dialogue_pairs.jsonl.gz"):
        text.dialogue.append((normalize(row["q"]), normalize(row["a"])))
    return text


def generic_headings(sections: list[Section]) -> set[str]:
    """Headings such as 备注 and 参数 that stand on many pages."""
    pages: dict[str, set[str]] = {}
    for section in sections:
        pages.setdefault(section.heading, set()).add(section.title)
    return {heading for heading, titles in pages.items() if len(titles) > _GENERIC_AFTER}


def _sections(files: list[Path], share: float) -> Iterator[Section]:
    simplified = _simplified_titles(files)
    for path in files:
        traditional = path.name.endswith("zh-TW.jsonl.gz")
        for number, row in enumerate(_rows(path)):
            page = simplified.get((row["set"], row["title"]), row["title"])
            held_out = zlib.crc32(f"{row['set']} {page}".encode()) % HELD_OUT_OF == 0
            if not held_out and zlib.crc32(f"{path.name} {number}".encode()) % 1000 >= share * 1000:
                continue
            yield Section(normalize(row["title"]), normalize(row["heading"]), normalize(row["body"][:BODY_CHARS]),
                          row.get("key", ""), traditional, held_out)  # fmt: skip


def _simplified_titles(files: list[Path]) -> dict[tuple[str, str], str]:
    """Title of a Traditional page -> title of its Simplified edition, by the sections they share."""
    titles: dict[str, str] = {}
    pages: dict[tuple[str, str], str] = {}
    for path in files:  # zh-CN sorts before zh-TW of the same set
        for row in _rows(path):
            key = row.get("key", "")
            if not key:
                continue
            if row["lang"] == "zh-CN":
                titles[key] = row["title"]
            elif key in titles:
                pages.setdefault((row["set"], row["title"]), titles[key])
    return pages


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    if not path.is_file():
        raise TextMissing(f"{path} is missing: the text folder is not complete")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
