"""Pictures: opened by their content, within limits, and written anew without anything but their pixels.

What cameras and phones note besides (place, time, device, comments, colour profiles) does not survive, and neither does
whatever else somebody has put into the file. Of an animation the first picture stays.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps

from gateway.attachments.errors import Damaged, TooBig
from gateway.attachments.limits import AttachmentLimits

# What is opened as what, and what it is kept as. Only the plugin of that format ever sees the bytes.
_KEPT_AS = {
    "PNG": ("PNG", "image/png"),
    "JPEG": ("JPEG", "image/jpeg"),
    "WEBP": ("WEBP", "image/webp"),
    "GIF": ("PNG", "image/png"),
    "BMP": ("PNG", "image/png"),
}
_QUALITY = 90  # of JPEG and WebP; small print on screenshots stays legible
_LONGEST_SIDE = 16_383  # pixels, the most that WebP can hold; longer ones become PNG
_BITMAP_HEADERS = (b"\x0c\0\0\0", b"\x28\0\0\0", b"\x6c\0\0\0", b"\x7c\0\0\0")
_GREY, _COLOUR, _SEE_THROUGH = "L", "RGB", "RGBA"


@dataclass(frozen=True)
class Picture:
    """A picture as it is kept."""

    data: bytes
    media_type: str
    width: int
    height: int


def picture_format(data: bytes) -> str | None:
    """Pillow's name of what these bytes begin as; None for no picture that we take."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "GIF"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    return "BMP" if _is_bitmap(data) else None


def _is_bitmap(data: bytes) -> bool:
    """BM alone begins many a text: the reserved words and the size of the header that follows are looked at as well."""
    return data[:2] == b"BM" and data[6:10] == b"\0\0\0\0" and data[14:18] in _BITMAP_HEADERS


def rewritten(data: bytes, name: str, limits: AttachmentLimits) -> Picture:
    """The picture in `data`, of Pillow's format `name`. Raises TooBig before it is decoded, Damaged."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # our own limit is below the one that Pillow warns of
            with Image.open(io.BytesIO(data), formats=(name,)) as opened:
                _check_size(opened, limits)
                return _saved(_upright(opened), name)
    except (TooBig, MemoryError):
        raise
    except Image.DecompressionBombError as error:
        raise TooBig("too_many_pixels", pixels=limits.pixels // 1_000_000) from error
    except Exception as error:  # Pillow raises nearly anything for hostile bytes
        raise Damaged("picture_damaged") from error


def _check_size(opened: Image.Image, limits: AttachmentLimits) -> None:
    width, height = opened.size
    if width < 1 or height < 1:
        raise Damaged("picture_damaged")
    if width * height > limits.pixels:
        raise TooBig("too_many_pixels", pixels=limits.pixels // 1_000_000)


def _upright(opened: Image.Image) -> Image.Image:
    """Decoded, turned as the camera was held, and in one of three plain modes."""
    opened.load()
    see_through = opened.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in opened.info
    turned = ImageOps.exif_transpose(opened)
    if see_through:
        return turned.convert(_SEE_THROUGH)
    if turned.mode in ("1", "L"):
        return turned.convert(_GREY)
    if turned.mode.startswith("I") or turned.mode == "F":
        return _eight_bits(turned)
    return turned.convert(_COLOUR)


def _eight_bits(deep: Image.Image) -> Image.Image:
    """Sixteen bits of grey as eight; Pillow's own conversion would cut off whatever is brighter than 255."""
    return deep.convert("I").point(lambda value: value / 256).convert(_GREY)


def _saved(picture: Image.Image, name: str) -> Picture:
    kind, media_type = _KEPT_AS[name]
    if max(picture.size) > _LONGEST_SIDE and kind == "WEBP":
        kind, media_type = _KEPT_AS["PNG"]
    picture.info = {}  # what is in there would be written again
    written = io.BytesIO()
    if kind == "PNG":
        picture.save(written, kind)
    else:
        picture.save(written, kind, quality=_QUALITY)
    return Picture(written.getvalue(), media_type, *picture.size)
