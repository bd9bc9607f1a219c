"""A place for speech recognition of one's own.

WeChat writes speech down for accounts that have asked for it (`Recognition`), and has announced to stop doing so. Who
runs a recogniser without network can put it here; the recording is kept with the conversation either way, and a
recording that nobody has written down is answered with the request to type.
"""

from __future__ import annotations

from typing import Protocol


class Speech(Protocol):
    """Recordings to words."""

    async def heard(self, recording: bytes, media_type: str) -> str:
        """What is said, in the words of the speaker; empty when that cannot be told. Never raises."""
        ...


class NoSpeech:
    """Nothing is recognised: as shipped."""

    async def heard(self, recording: bytes, media_type: str) -> str:
        return ""
