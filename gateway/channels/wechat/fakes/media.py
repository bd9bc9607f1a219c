"""Temporary material (临时素材): what is sent or uploaded is there for three days.

https://developers.weixin.qq.com/doc/offiaccount/Asset_Management/New_temporary_materials.html: pictures to 10 MB as
PNG, JPEG or GIF, voices to 2 MB as AMR or MP3, videos to 10 MB as MP4, thumbs to 64 KB as JPG; kept for three days.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from desk.clock import Clock
from gateway.channels.wechat.fakes.codes import BAD_FILE_SIZE, BAD_FILE_TYPE, BAD_MEDIA_TYPE, UNKNOWN_MEDIA, Refused

KEPT = timedelta(days=3)
_LIMITS = {"image": 10 << 20, "voice": 2 << 20, "video": 10 << 20, "thumb": 64 << 10}  # bytes
_SIGNS: dict[str, tuple[tuple[bytes, str], ...]] = {
    "image": ((b"\x89PNG", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif")),
    "voice": ((b"#!AMR", "audio/amr"), (b"ID3", "audio/mpeg"), (b"\xff\xfb", "audio/mpeg")),
    "video": ((b"\x00\x00\x00", "video/mp4"),),
    "thumb": ((b"\xff\xd8\xff", "image/jpeg"),),
}


@dataclass(frozen=True)
class Material:
    """One file at WeChat's."""

    media_id: str
    kind: str
    data: bytes
    media_type: str
    since: datetime


@dataclass
class FakeMedia:
    """By media id."""

    clock: Clock
    _kept: dict[str, Material] = field(default_factory=dict)

    def upload(self, kind: str, data: bytes) -> Material:
        """What `media/upload` does. Raises Refused."""
        if kind not in _LIMITS:
            raise Refused(BAD_MEDIA_TYPE)
        if not data or len(data) > _LIMITS[kind]:
            raise Refused(BAD_FILE_SIZE)
        media_type = next((name for sign, name in _SIGNS[kind] if data.startswith(sign)), None)
        if media_type is None:
            raise Refused(BAD_FILE_TYPE)
        return self.keep(kind, data, media_type)

    def keep(self, kind: str, data: bytes, media_type: str) -> Material:
        """What a follower sends is kept as it is."""
        media_id = f"media_{kind}_{len(self._kept) + 1:06d}"
        self._kept[media_id] = Material(media_id, kind, data, media_type, self.clock())
        return self._kept[media_id]

    def get(self, media_id: str) -> Material:
        """Raises Refused when there is none, or none any more."""
        found = self._kept.get(media_id)
        if found is None or self.clock() - found.since >= KEPT:
            raise Refused(UNKNOWN_MEDIA)
        return found
