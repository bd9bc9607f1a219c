"""What files may be sent, and how much. The defaults are the product's; `[attachments]` in support.toml overrides."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024
KINDS = ("picture", "text", "pdf", "office", "zip", "voice")


@dataclass(frozen=True)
class AttachmentLimits:
    """Sizes in bytes, times in seconds. `kinds` are those of KINDS that customers may send."""

    largest: int = 10 * MIB  # of one file
    per_message: int = 5  # files of one message of an agent, or of one ticket form
    per_day: int = 40  # files of one conversation in 24 hours
    bytes_per_day: int = 200 * MIB  # of one conversation in 24 hours
    kinds: tuple[str, ...] = KINDS
    keep_days: int = 180  # 0: for ever
    pixels: int = 40_000_000  # of one picture; 160 MB while it is open
    pages: int = 2_000  # of a PDF
    unpacked: int = 200 * MIB  # of docx, xlsx and zip, as they declare it
    ratio: int = 100  # unpacked to packed
    members: int = 5_000  # of docx, xlsx and zip
    seconds: float = 20.0  # to look at one file
    memory: int = 1024 * MIB  # of the process that looks at it
    ocr_command: tuple[str, ...] = ()  # a program and its arguments; the picture's path at {path} or last

    @property
    def megabytes(self) -> int:
        """`largest`, as people are told it."""
        return self.largest // MIB
