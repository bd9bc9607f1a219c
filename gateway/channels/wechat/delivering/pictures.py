"""A picture as WeChat takes it: JPEG, PNG or GIF, and not too large.

The present documentation of 新增临时素材 says 10 MB for a picture; its older editions, which many accounts still see,
say 2 MB. A picture over 2 MB becomes a smaller JPEG here, which is right under both.
"""

from __future__ import annotations

import io
import warnings

from PIL import Image

from gateway.channels.wechat.calls.api import Upload
from gateway.channels.wechat.errors import MediaRefused

LARGEST = 2 * 1024 * 1024  # bytes
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif"}
_TRIES = ((None, 88), (2560, 82), (1600, 75), (1080, 65))  # longest side in pixels, quality
_PAPER = "white"  # behind what is see-through, which JPEG cannot hold


def fitted(data: bytes, media_type: str) -> Upload:
    """The picture, smaller or of another kind where it has to be. Raises MediaRefused. Takes up to a second."""
    if media_type in _ENDINGS and 0 < len(data) <= LARGEST:
        return _upload(data, media_type)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "GIF", "WEBP", "BMP")) as opened:
                opened.load()
                for longest, quality in _TRIES:
                    smaller = _as_jpeg(opened, longest, quality)
                    if len(smaller) <= LARGEST:
                        return _upload(smaller, "image/jpeg")
    except Exception as error:  # Pillow raises nearly anything for bytes that are no picture
        raise MediaRefused(f"the file is no picture that WeChat takes ({type(error).__name__})") from error
    raise MediaRefused(f"the picture has more than {LARGEST} bytes however small it is made")


def _as_jpeg(opened: Image.Image, longest: int | None, quality: int) -> bytes:
    picture = opened.convert("RGBA")
    if longest is not None:
        picture.thumbnail((longest, longest))
    paper = Image.new("RGB", picture.size, _PAPER)
    paper.paste(picture, mask=picture.getchannel("A"))
    made = io.BytesIO()
    paper.save(made, "JPEG", quality=quality)
    return made.getvalue()


def _upload(data: bytes, media_type: str) -> Upload:
    """Its name says nothing of where it comes from."""
    return Upload(f"picture.{_ENDINGS[media_type]}", data, media_type)
